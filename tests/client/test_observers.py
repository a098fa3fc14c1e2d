"""Observers: told of what happens, unable to change it; and the log."""

from __future__ import annotations

import logging
from typing import Any

import httpx
import pytest

from restkit import (
    AttemptEnded,
    AttemptStarted,
    CallEnded,
    CallStarted,
    Client,
    ClientClosed,
    ConfigError,
    ConnectError,
    NotFound,
    Op,
    TruncatedBody,
)
from tests.client.worlds import World
from tests.loopback import Loopback

Events = list[Any]


def test_a_call_is_told_in_four_events(world: World, server: Loopback) -> None:
    """The call, within it the attempt; each with its facts."""
    events: Events = []
    client = world.client(base_url=server.url, observers=[events.append])

    world(client.execute(Op("GET", "echo?token=canary", "echo", returns=None)))

    assert [CallStarted, AttemptStarted, AttemptEnded, CallEnded] == [type(each) for each in events]
    assert {("GET", f"{server.url}/echo?token=[redacted]", "echo")} == {
        (each.method, each.url, each.route) for each in events
    }
    assert [(200, None, 1), (200, None, 1)] == [(each.status, each.error, each.attempts) for each in events[2:]]


def test_an_error_is_told(world: World) -> None:
    """As it came up from below."""
    events: Events = []

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with pytest.raises(ConnectError):
        world(world.mocked(refuse, observers=[events.append]).get("/x"))

    assert [(AttemptEnded, None, httpx.ConnectError, 1), (CallEnded, None, httpx.ConnectError, 1)] == [
        (type(each), each.status, type(each.error), each.attempts) for each in events[2:]
    ]


def test_an_error_status_is_an_answer_to_observers(world: World) -> None:
    """Whether it is raised is the caller's affair."""
    events: Events = []

    with pytest.raises(NotFound):
        world(world.mocked(lambda _: httpx.Response(404), observers=[events.append]).get("/x"))

    assert (404, None) == (events[-1].status, events[-1].error)


def test_a_streamed_call_is_over_with_its_body(world: World, server: Loopback) -> None:
    """Not when its head has come."""
    events: Events = []
    client = world.client(base_url=server.url, observers=[events.append])

    with world.open(client.stream(Op("GET", "chunked"))) as response:
        before = len(events)
        _ = list(world.items(response.aiter_bytes() if world.awaits else response.iter_bytes()))

    assert (2, 4) == (before, len(events))


def test_a_body_that_breaks_off_is_told(world: World, server: Loopback) -> None:
    """With the error that ended it."""
    events: Events = []
    client = world.client(base_url=server.url, observers=[events.append])

    with pytest.raises(TruncatedBody), world.open(client.stream(Op("GET", "truncated"))) as response:
        _ = list(world.items(response.aiter_bytes() if world.awaits else response.iter_bytes()))

    assert [True] * 2 == [isinstance(each.error, TruncatedBody) for each in events[2:]]


def test_an_observer_that_fails_stops_nothing(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """It is logged, the others are told, and the call goes on."""
    events: Events = []

    def fail(_: object) -> None:
        raise ZeroDivisionError

    client = world.mocked(lambda _: httpx.Response(200), observers=[fail, events.append])

    answer = world(client.get("/x"))

    assert (200, 4, {"an observer failed, and the call went on"}) == (
        answer.status_code,
        len(events),
        {each.message for each in caplog.records if each.levelno == logging.ERROR},
    )


def test_an_asynchronous_observer_is_refused() -> None:
    """Nobody would await it, in either world."""

    async def observe(_: object) -> None:
        """Wait for nothing."""

    with pytest.raises(ConfigError, match="observers holds an asynchronous function"):
        Client(observers=[observe])


def test_an_observer_that_turns_out_to_be_asynchronous(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """It is logged as one that fails, and nothing is left that nobody has awaited."""

    async def post(_: object) -> None:
        """Wait for nothing."""

    client = world.mocked(lambda _: httpx.Response(200), observers=[lambda _: post(None)])
    world(client.get("/x"))

    assert {"observers holds an asynchronous function; pass plain functions"} == {
        str(each.exc_info[1]) for each in caplog.records if each.exc_info
    }


def test_a_refused_call_is_not_told(world: World) -> None:
    """It never began."""
    events: Events = []
    client = world.mocked(lambda _: httpx.Response(200), observers=[events.append])
    world.close(client)

    with pytest.raises(ClientClosed):
        world(client.get("/x"))

    assert [] == events


def test_each_attempt_is_logged(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """At INFO, to the logger `restkit`, without secrets."""
    caplog.set_level(logging.INFO, "restkit")

    world(world.mocked(lambda _: httpx.Response(200)).get("/users?token=canary"))

    assert [("restkit", "GET https://api.test/users?token=[redacted] 200")] == [
        (each.name, each.message) for each in caplog.records if each.name == "restkit"
    ]


def test_nothing_is_logged_unless_asked_for(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """The line is not even made."""
    caplog.set_level(logging.WARNING, "restkit")

    world(world.mocked(lambda _: httpx.Response(200)).get("/users"))

    assert [] == caplog.records
