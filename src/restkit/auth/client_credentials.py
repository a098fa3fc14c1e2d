"""Client credentials: a program that stands for itself (RFC 6749, section 4.4)."""

from __future__ import annotations

from typing import ClassVar

import httpx
from typing_extensions import Unpack, override

from restkit.credentials.secret import Value
from restkit.credentials.token import Token
from restkit.flow import Flow
from restkit.tokens.grant import Grant
from restkit.tokens.identity import checked_id
from restkit.tokens.options import GrantOptions
from restkit.tokens.signing_key import SigningKey


class ClientCredentials(Grant):
    """Tokens for a client's id and secret: text, an `EnvVar`, a function, or a `SigningKey` (`private_key_jwt`).

    Parameters: `token_url`, or `issuer` in its place; the rest is `GrantOptions`, of which a `store` needs no `key`: it
    knows the token by the endpoint, the client and what is asked for. Raises ConfigError.
    """

    is_for_itself: ClassVar[bool] = True

    def __init__(
        self,
        token_url: str | httpx.URL | None = None,
        client_id: str = "",
        client_secret: Value | SigningKey | None = None,
        **options: Unpack[GrantOptions],
    ) -> None:
        super().__init__(token_url, checked_id(client_id), client_secret, **options)

    @override
    def fetch(self, old: Token | None) -> Flow[Token]:
        return (yield from self.ask_token("client_credentials", self.wishes.fields, repeats=True))
