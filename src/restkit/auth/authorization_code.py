"""Authorization code: somebody signs in with a browser, and the program gets tokens (RFC 6749, 7636, 8252, 9207)."""

from __future__ import annotations

import inspect
from collections.abc import Callable

import httpx
from typing_extensions import Unpack

from restkit.credentials.secret import Value
from restkit.credentials.token import Token
from restkit.errors import AuthError, ConfigError
from restkit.flow import Ask, Flow, Open, Wait
from restkit.policies.checked import number, text
from restkit.tokens.authorization import Authorization, begun, code_from, refuse_ours
from restkit.tokens.endpoint import checked_url
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

    def finish(self, callback_url: str | httpx.URL, begun: Authorization) -> Flow[Token]:
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

        `browse` opens a URL, and may be asynchronous where that can be awaited; by default Python's `webbrowser` does.
        Raises AuthError if nobody has come back within so many `seconds`, 300 at most, and for a port that is taken.
        """
        from restkit.wire.listener import Listener

        longest = number("seconds", seconds, "pass a number of seconds, 300 at most", most=LONGEST)
        path, port = place_on(self._redirect)
        try:
            listener = yield from Open(Listener(path, port))
        except OSError as error:
            raise AuthError(f"nobody could come back to port {port} of this machine: {error.strerror}") from error
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
    said = text("redirect_url", given)
    _ = checked_url("redirect_url", said)
    return said


def place_on(redirect_url: str) -> tuple[str, int]:
    """The path, as it is sent, and the port to listen on; 0 for any. Raises ConfigError if it leads elsewhere."""
    url = httpx.URL(redirect_url)
    if (url.scheme, url.host) != ("http", "127.0.0.1") or url.query:
        raise ConfigError("redirect_url", "is not on http://127.0.0.1", f"use {LOOPBACK}, with a port or without")
    return url.raw_path.decode("ascii"), url.port or 0


def shown(browse: Browse, url: str) -> Flow[None]:
    """Open a URL in a browser: in a thread where waiting for that would stop a loop. Raises AuthError if it fails."""

    def opened() -> tuple[object]:
        return (browse(url),)  # trio lets no coroutine out of a thread

    async def awaiting() -> object:
        import anyio

        (answer,) = await anyio.to_thread.run_sync(opened)
        return await answer if inspect.isawaitable(answer) else answer

    if (yield from Ask(Ask[object].of(browse, url).blocking, awaiting)) is False:
        raise AuthError("no browser could be opened: pass browse=, or have the user sign in elsewhere by DeviceCode")


def web_browser(url: str) -> bool:
    """Open a URL in the user's browser."""
    import webbrowser

    return webbrowser.open(url)
