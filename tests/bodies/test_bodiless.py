"""A request without a body, as hooks and transports see it."""

from __future__ import annotations

import pickle
from typing import Any

import httpx

from restkit.bodies import bodiless
from tests.client.worlds import World


def test_its_content_is_empty(world: World) -> None:
    """Nobody has to read it first."""
    seen: list[bytes] = []

    def look(request: httpx.Request) -> None:
        seen.append(request.content)

    world(world.mocked(lambda _: httpx.Response(200), before=[look]).get("/x"))

    assert [b""] == seen


def test_it_may_be_read(world: World) -> None:
    """It is what it was."""
    request = bodiless.Request("GET", "https://api.test", stream=httpx.ByteStream(b""))
    found: Any = world(request.aread() if world.awaits else request.read())

    assert b"" == found


def test_it_is_shown_as_any_request() -> None:
    """Nobody has to know of its kind."""
    request = bodiless.Request("GET", "https://api.test", stream=httpx.ByteStream(b""))

    assert repr(httpx.Request("GET", "https://api.test")) == repr(request)


def test_it_can_be_pickled() -> None:
    """With its content."""
    request = bodiless.Request("GET", "https://api.test", stream=httpx.ByteStream(b""))

    assert b"" == pickle.loads(pickle.dumps(request)).content  # noqa: S301 - our own
