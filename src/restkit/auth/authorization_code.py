"""Authorization code: somebody signs in with a browser, and the program gets tokens (RFC 6749, 7636, 8252, 9207)."""

from __future__ import annotations

from collections.abc import Callable

import httpx
from typing_extensions import Unpack

from restkit.credentials.clear import is_loopback
from restkit.credentials.secret import Value
from restkit.credentials.token import Token
from restkit.errors import AuthError, ConfigError
from restkit.flow import Ask, Flow, Open, Wait
from restkit.policies.checked import number
from restkit.tokens.authorization import Authorization, begun, code_from, refuse_ours
from restkit.tokens.identity import checked_id
from restkit.tokens.options import GrantOptions
from restkit.tokens.pkce import METHOD
from restkit.tokens.signed_in import SignedIn
from restkit.tokens.signing_key import SigningKey

LOOPBACK = "http://127.0.0.1/callback"
LONGEST = 300.0
"""Seconds that somebody may take to sign in, while the program listens."""
Browse = Callable[[str], object]
"""Opens a URL in a browser; False if it could not."""


class AuthorizationCode(SignedIn):
    """Tokens of somebody who signs in with a browser, refreshed from then on.

    A program on somebody's machine calls `sign_in`; a web application sends them to the URL of `begin`, and has them
    come back to `finish`. Both are flows: `client.execute(auth.sign_in())`, or `auth.run(...)` without a client.

    Parameters: `authorize_url` and `token_url`, or `issuer` in the options; `client_id`; `client_secret`, None for a
    public client; `redirect_url`, exactly as the server knows it, by default one on this machine with any free port;
    the rest is `GrantOptions`. PKCE is always used, by S256. Raises ConfigError.
    """

    def __init__(
        self,
        authorize_url: str | httpx.URL | None = None,
        token_url: str | httpx.URL | None = None,
        client_id: str = "",
        client_secret: Value | SigningKey | None = None,
        *,
        redirect_url: str = LOOPBACK,
        **options: Unpack[GrantOptions],
    ) -> None:
        endpoints = {"authorization_endpoint": authorize_url}
        super().__init__(token_url, checked_id(client_id), client_secret, endpoints=endpoints, **options)
        refuse_ours(authorize_url or "", self.wishes.fields)
        self._client_id = client_id
        self._redirect = checked_redirect(redirect_url)

    def begin(self, redirect_url: str | None = None) -> Flow[Authorization]:
        """Begin an authorization: send the user to its `url`, and keep it until they are back.

        `redirect_url` is where they come back to, if that is another place than usual. Raises AuthError for a
        server that does not do PKCE by S256.
        """
        metadata = yield from self.server.metadata()
        if metadata is not None and metadata.challenges is not None and METHOD not in metadata.challenges:
            raise AuthError("the authorization server does not do PKCE by S256")
        url = yield from self.server.find("authorization_endpoint")
        back = self._redirect if redirect_url is None else checked_redirect(redirect_url)
        return begun(url, self._client_id, back, self.wishes.fields)

    def finish(self, callback_url: str, begun: Authorization) -> Flow[Token]:
        """Redeem the code that the user has come back with, to that URL; the token is used from then on.

        Raises AuthError for a code that belongs to another request or server, and if there is none.
        """
        metadata = yield from self.server.metadata()
        needs = metadata is not None and metadata.names_issuer
        code = code_from(callback_url, begun, self.server.issuer, needs_issuer=needs)
        fields = [("code", code), ("redirect_uri", begun.redirect_url), ("code_verifier", begun.verifier)]
        token = yield from self.ask_token("authorization_code", [*fields, *self.wishes.resources], repeats=False)
        yield from self.keeper.hold(token)
        return token

    def sign_in(self, browse: Browse | None = None, *, seconds: float = LONGEST) -> Flow[Token]:
        """Open a browser, listen on this machine for it to come back, once, and redeem the code.

        `browse` opens a URL; by default Python's `webbrowser` does. Raises AuthError if nobody has come back within so
        many `seconds`, 300 at most.
        """
        from restkit.wire.listener import Listener

        longest = number("seconds", seconds, "pass a number of seconds, 300 at most", most=LONGEST)
        listener = yield from Open(Listener(*place_on(self._redirect)))
        authorization = yield from self.begin(listener.url)
        yield from shown(browse or web_browser, authorization.url)
        try:
            target = yield from Wait(listener.hit, self.endpoint.clock.now() + longest)
        except TimeoutError:
            raise AuthError(f"nobody has come back from the browser within {longest:g} s") from None
        yield from Ask(listener.close, listener.aclose)
        return (yield from self.finish(target, authorization))


def checked_redirect(given: object) -> str:
    """Where users come back to: https, or this machine. Raises ConfigError."""
    url = httpx.URL(given) if isinstance(given, str) else httpx.URL()
    if url.scheme not in {"http", "https"} or not url.host or url.fragment or url.userinfo:
        raise ConfigError("redirect_url", "is no http or https URL", "write it as the server knows it")
    if url.scheme == "http" and not is_loopback(url.host):
        raise ConfigError("redirect_url", "is plain http, and codes could be read on the way", "use https")
    return str(given)


def place_on(redirect_url: str) -> tuple[str, int]:
    """The path and port to listen on; port 0 for any. Raises ConfigError for a URL that leads elsewhere."""
    url = httpx.URL(redirect_url)
    if (url.scheme, url.host) != ("http", "127.0.0.1") or url.query:
        raise ConfigError("redirect_url", "is not on http://127.0.0.1", f"use {LOOPBACK}, with a port or without")
    return url.path, url.port or 0


def shown(browse: Browse, url: str) -> Flow[None]:
    """Open a URL in a browser: in a thread where waiting for that would stop a loop. Raises AuthError if it fails."""

    async def awaiting() -> object:
        import anyio

        return await anyio.to_thread.run_sync(browse, url)

    if (yield from Ask(lambda: browse(url), awaiting)) is False:
        raise AuthError("no browser could be opened: pass browse=, or have the user sign in elsewhere by DeviceCode")


def web_browser(url: str) -> bool:
    """Open a URL in the user's browser."""
    import webbrowser

    return webbrowser.open(url)
