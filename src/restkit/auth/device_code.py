"""Device code: somebody signs in with a browser elsewhere, by a code that the program shows (RFC 8628)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

import httpx
from attrs import field, frozen
from typing_extensions import Unpack

from restkit.credentials.secret import Value
from restkit.credentials.token import Token
from restkit.errors import AuthError
from restkit.flow import Ask, Flow, Sleep
from restkit.tokens.answer import fail, lifetime, members, refuse_error, text
from restkit.tokens.endpoint import post
from restkit.tokens.identity import checked_id
from restkit.tokens.options import GrantOptions
from restkit.tokens.signed_in import SignedIn
from restkit.tokens.signing_key import SigningKey

GRANT = "urn:ietf:params:oauth:grant-type:device_code"
LIFE, LONGEST_LIFE = 600.0, 1800.0
"""Seconds that a code is good for if nobody says, and that it is waited for at most."""
INTERVAL, LONGEST_INTERVAL, SLOWER = 5.0, 60.0, 5.0
"""Seconds between two questions: if nobody says, at most, and how many more when we are too fast (section 3.5)."""
BROKEN = 500
PENDING, TOO_FAST = "authorization_pending", "slow_down"


@frozen(kw_only=True)
class Device:
    """What to show: have the user go to `url` with another device, and enter `user_code` there."""

    user_code: str
    url: str
    complete_url: str | None
    """The same with the code in it, as a link or as a QR code."""
    seconds: float
    """How long the code is good for."""
    code: str = field(repr=False)
    interval: float


Show: TypeAlias = "Callable[[Device], Awaitable[None] | None]"
"""Shows the code to the user."""


class DeviceCode(SignedIn):
    """Tokens of somebody who signs in elsewhere, refreshed from then on: call `sign_in`, which is a flow.

    Parameters: `device_url` and `token_url`, or `issuer` in the options; `client_id`; `client_secret`, None for a
    public client; the rest is `GrantOptions`. Raises ConfigError.
    """

    def __init__(
        self,
        device_url: str | httpx.URL | None = None,
        token_url: str | httpx.URL | None = None,
        client_id: str = "",
        client_secret: Value | SigningKey | None = None,
        **options: Unpack[GrantOptions],
    ) -> None:
        endpoints = {"device_authorization_endpoint": device_url}
        super().__init__(token_url, checked_id(client_id), client_secret, endpoints=endpoints, **options)

    def sign_in(self, show: Show) -> Flow[Token]:
        """Have `show` tell the user what to do, and wait until it is done; the token is used from then on.

        Raises AuthError if the user refuses, or the code is over before anybody has entered it.
        """
        device = yield from self.begin()
        _ = yield from Ask[object].of(show, device)
        return (yield from self.finish(device))

    def begin(self) -> Flow[Device]:
        """A code to show, of which `finish` waits until it was entered (sections 3.1 and 3.2)."""
        url = yield from self.server.find("device_authorization_endpoint")
        request = post(url, self.wishes.fields)
        response = yield from self.endpoint.ask(request, repeats=True, layers=self.layers)
        refuse_error(response)
        return device_of(response)

    def finish(self, device: Device) -> Flow[Token]:
        """Ask again and again, not too fast, until there is a token, which is used from then on. Raises AuthError."""
        token = yield from self._granted(device)
        yield from self.keeper.hold(token)
        return token

    def _granted(self, device: Device) -> Flow[Token]:
        clock, interval = self.endpoint.clock, device.interval
        until = clock.now() + device.seconds
        while clock.now() + interval < until:
            yield from Sleep(interval)
            try:
                return (yield from self.ask_token(GRANT, [("device_code", device.code)], repeats=False))
            except AuthError as error:
                interval = next_interval(error, interval)
        raise AuthError("the code is over before anybody has signed in", code="expired_token")


def next_interval(error: AuthError, interval: float) -> float:
    """Seconds until the next question. Raises the error if there is no point in another one."""
    if error.code == PENDING:
        return interval
    if error.code == TOO_FAST:
        return min(LONGEST_INTERVAL, interval + SLOWER)
    if error.status is None or error.status >= BROKEN:  # there was no answer, or none that counts
        return min(LONGEST_INTERVAL, interval * 2)
    raise error


def device_of(response: httpx.Response) -> Device:
    """What a server says, read with care. Raises AuthError."""
    said = members(response)
    complete = said.get("verification_uri_complete")
    return Device(
        user_code=text(response, said, "user_code"),
        url=web(response, text(response, said, "verification_uri")),
        complete_url=web(response, text(response, said, "verification_uri_complete")) if complete else None,
        seconds=min(LONGEST_LIFE, lifetime(response, said.get("expires_in")) or LIFE),
        code=text(response, said, "device_code"),
        interval=min(LONGEST_INTERVAL, lifetime(response, said.get("interval")) or INTERVAL),
    )


def web(response: httpx.Response, url: str) -> str:
    """A URL for a browser. Raises AuthError for one of another kind, which might be a command."""
    if not url.startswith(("https://", "http://")):
        fail(response, "sends the user to something that is no web page")
    return url
