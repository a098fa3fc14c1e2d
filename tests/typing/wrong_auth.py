"""What a type checker must refuse of authentication."""

from __future__ import annotations

import httpx

from restkit import APIKey, Authenticate, Basic, Bearer, Client, EnvVar, Flow, Scheme, Token
from restkit.auth import ClientCredentials, TokenScheme


def wrong_settings() -> None:
    Client(auth="token")  # error
    Client(auth=("user",))  # error
    Client(auth=7)  # error
    Client(allow_insecure="yes")  # error
    Bearer(7)  # error
    Bearer(lambda: 7)  # error
    Basic("user", 7)  # error
    APIKey()  # error
    APIKey("k", place="X-Key")  # error
    EnvVar(7)  # error
    Authenticate("token", "https://api.test")  # error
    ClientCredentials("https://login.test", "id", 7)  # error
    ClientCredentials("https://login.test", "id", "secret", scopes="read")  # error
    Token("t")  # error
    Token(value=7)  # error


class Wrong(Scheme):
    def authenticate(self, request: str) -> None:  # error
        del request

    def renew(self, request: httpx.Request, response: httpx.Response) -> str:  # error
        return request.method + response.text


class Hasty(TokenScheme):
    def fetch(self, old: Token | None) -> Token:  # error
        return old or Token(value="t")


class Late(TokenScheme):
    def fetch(self, old: Token | None) -> Flow[str]:  # error
        yield from ()
        return "t" if old is None else old.value
