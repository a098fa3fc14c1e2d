"""Device code: shown, waited for, neither too fast nor for ever."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from restkit import AuthError, ConfigError
from restkit.auth import Device, DeviceCode
from restkit.testing import VirtualClock
from tests.auth.oauth.authority import ISSUER, TOKEN_URL, Authority, everything, refusal
from tests.client.worlds import World

DEVICE_URL = f"{ISSUER}/device"
GRANT = "urn:ietf:params:oauth:grant-type:device_code"
CODE = "d3v1c3-c4n4ry"


def said(**more: Any) -> httpx.Response:
    """What a server answers to a device (RFC 8628, section 3.2)."""
    usual = {
        "device_code": CODE,
        "user_code": "WDJB-MJHT",
        "verification_uri": f"{ISSUER}/enter",
        "verification_uri_complete": f"{ISSUER}/enter?user_code=WDJB-MJHT",
        "expires_in": 1800,
        "interval": 5,
    }
    known = {name: value for name, value in {**usual, **more}.items() if value is not None}
    return httpx.Response(200, json=known)


def pending() -> httpx.Response:
    """Nobody has entered it yet."""
    return refusal("authorization_pending")


class Screen:
    """Shows what it is given, to a test."""

    def __init__(self) -> None:
        self.shown: list[Device] = []

    def __call__(self, device: Device) -> None:
        """Show."""
        self.shown.append(device)


class Course:
    """A scheme in virtual time, the moments at which it asked, and what it was answered."""

    def __init__(self, authority: Authority, *script: httpx.Response | Exception, **options: Any) -> None:
        self.clock, self.authority, self.screen = VirtualClock(), authority, Screen()
        self.moments: list[float] = []
        authority.script = list(script)
        transport = httpx.MockTransport(self._answer)
        self.auth = DeviceCode(DEVICE_URL, TOKEN_URL, "acme", clock=self.clock, transport=transport, **options)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.moments.append(self.clock.now() - 1000.0)
        return self.authority(request)

    def run(self) -> Any:
        """Sign in, blocking, in a world of its own clock."""
        from restkit.flow import World as Outside
        from restkit.flow import run

        return run(self.auth.sign_in(self.screen), Outside(clock=self.clock))


def test_it_shows_where_to_go(authority: Authority) -> None:
    """With the code, and a link that has it already."""
    course = Course(authority, said())
    course.run()

    device = course.screen.shown[0]
    assert ("WDJB-MJHT", f"{ISSUER}/enter", f"{ISSUER}/enter?user_code=WDJB-MJHT", 1800.0) == (
        device.user_code,
        device.url,
        device.complete_url,
        device.seconds,
    )


def test_a_token_is_had_when_the_user_is_done(world: World, authority: Authority) -> None:
    """And the API is shown that, in both worlds."""
    authority.script, clock = [said(), pending()], VirtualClock()
    auth = DeviceCode(DEVICE_URL, TOKEN_URL, "acme", scope="read", clock=clock)
    client = world.mocked(authority, auth=auth, clock=clock)
    world(client.execute(auth.sign_in(Screen())))
    world(client.get("/items"))

    poll = {"grant_type": GRANT, "device_code": CODE, "client_id": "acme"}
    begin = {"client_id": "acme", "scope": "read"}
    assert ([begin, poll, poll], ["Bearer token-1"]) == (authority.forms, authority.sent)


def test_a_screen_may_be_awaited(world: World, authority: Authority) -> None:
    """Where that can be."""
    authority.script, clock, screen = [said()], VirtualClock(), Screen()

    async def show(device: Device) -> None:
        """Show, some time."""
        screen(device)

    auth = DeviceCode(DEVICE_URL, TOKEN_URL, "acme", clock=clock)
    client = world.mocked(authority, auth=auth, clock=clock)
    world(client.execute(auth.sign_in(show if world.awaits else screen)))

    assert 1 == len(screen.shown)


def test_it_asks_at_the_interval(authority: Authority) -> None:
    """And not sooner."""
    course = Course(authority, said(interval=7), pending(), pending())
    course.run()

    assert [0.0, 7.0, 14.0, 21.0] == course.moments


def test_it_asks_every_five_seconds_if_nobody_says(authority: Authority) -> None:
    """As RFC 8628 has it."""
    course = Course(authority, said(interval=None), pending())
    course.run()

    assert [0.0, 5.0, 10.0] == course.moments


def test_it_slows_down_when_it_is_told(authority: Authority) -> None:
    """By five seconds, for good (section 3.5)."""
    course = Course(authority, said(), refusal("slow_down"), pending())
    course.run()

    assert [0.0, 5.0, 15.0, 25.0] == course.moments


@pytest.mark.parametrize("trouble", [httpx.ReadError("gone"), httpx.Response(502)], ids=["none", "502"])
def test_it_asks_half_as_often_where_nobody_answers(authority: Authority, trouble: Any) -> None:
    """A token endpoint may be out of reach for a while."""
    course = Course(authority, said(), trouble, pending())
    course.run()

    assert [0.0, 5.0, 15.0, 25.0] == course.moments


def test_it_waits_no_longer_than_the_code_is_good_for(authority: Authority) -> None:
    """And says so."""
    course = Course(authority, said(expires_in=12), *[pending()] * 9)
    with pytest.raises(AuthError, match="over before anybody has signed in") as caught:
        course.run()

    assert ("expired_token", [0.0, 5.0, 10.0]) == (caught.value.code, course.moments)


def test_it_waits_half_an_hour_at_most(authority: Authority) -> None:
    """Whatever a server says."""
    course = Course(authority, said(expires_in=10**9, interval=10**9), *[pending()] * 50)
    with pytest.raises(AuthError):
        course.run()

    assert 1740.0 == course.moments[-1]


@pytest.mark.parametrize("code", ["access_denied", "expired_token", "invalid_grant"])
def test_it_stops_where_there_is_no_point(authority: Authority, code: str) -> None:
    """The user may have said no."""
    course = Course(authority, said(), pending(), refusal(code))
    with pytest.raises(AuthError, match=code):
        course.run()

    assert 3 == len(course.moments)


def test_a_refused_beginning_is_an_error(authority: Authority) -> None:
    """The client may not be allowed to."""
    course = Course(authority, refusal("unauthorized_client"))
    with pytest.raises(AuthError, match="unauthorized_client"):
        course.run()

    assert [] == course.screen.shown


HOSTILE: dict[str, dict[str, Any]] = {
    "a command": {"verification_uri": "file:///bin/sh"},
    "a command as a link": {"verification_uri_complete": "javascript:alert(1)"},
    "a code that moves the cursor": {"user_code": "\x1b[2J"},
    "no code to show": {"user_code": None},
    "no code to ask by": {"device_code": None},
    "an odd code": {"user_code": 7},
    "an odd interval": {"interval": "soon"},
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_cannot_be_shown_is_refused(authority: Authority, case: str) -> None:
    """It would reach a terminal, or a browser."""
    course = Course(authority, said(**HOSTILE[case]))
    with pytest.raises(AuthError):
        course.run()

    assert [] == course.screen.shown


def test_a_link_with_the_code_need_not_be(authority: Authority) -> None:
    """Some servers have none."""
    course = Course(authority, said(verification_uri_complete=None))
    course.run()

    assert course.screen.shown[0].complete_url is None


def test_the_code_to_ask_by_is_not_shown(authority: Authority) -> None:
    """Neither in what is shown, nor in an error."""
    course = Course(authority, said(), refusal("access_denied", f"no {CODE}"))
    with pytest.raises(AuthError) as caught:
        course.run()

    assert CODE not in repr(course.screen.shown) + str(caught.value)


def test_the_endpoint_may_be_found(authority: Authority) -> None:
    """By the issuer."""
    authority.metadata, authority.script = everything(), [said()]
    clock = VirtualClock()
    auth = DeviceCode(None, None, "acme", issuer=ISSUER, clock=clock, transport=httpx.MockTransport(authority))
    device = auth.run(auth.begin())

    assert ("WDJB-MJHT", DEVICE_URL) == (device.user_code, authority.urls[-1])


def test_the_endpoint_must_be_known(authority: Authority) -> None:
    """By its name, or by the issuer's metadata."""
    auth = DeviceCode(None, TOKEN_URL, "acme", transport=httpx.MockTransport(authority))
    with pytest.raises(ConfigError) as caught:
        auth.run(auth.begin())

    assert "device_url" == caught.value.field
