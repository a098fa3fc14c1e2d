"""Waiting in line for a connection: first come, first served, and whoever leaves takes nothing along."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from restkit import ClientClosed, WireTransport
from restkit.flow.clock import Clock
from restkit.flow.deadline import KEY as LIMIT
from restkit.flow.deadline import Limit, MomentPassed
from tests.campaign.wire_end import End
from tests.campaign.wire_script import Ask, Await, Close, Say, Script, Stall, answer
from tests.campaign.wire_server import Server
from tests.loopback import PATIENCE
from tests.wire.direct.conftest import SOON, Play, Road, Watched, get

LATE: Script = (Ask(), Say(answer(length=4)), Await(), Say(b"late"))
"""An answer whose body comes when the server is told."""


def under(seconds: float | None = None, stop: Watched | None = None) -> dict[str, Any]:
    """The extensions of a request with a limit."""
    clock = Clock()
    return {LIMIT: Limit(None if seconds is None else clock.now() + seconds, clock, stop)}


def held(road: Road, transport: WireTransport, server: Server) -> Callable[[], bytes]:
    """Have the one connection taken, until that is called."""
    response = road.send(transport, get(server, "/held"))

    def leave() -> bytes:
        server.told.set()
        return road.read(response)

    return leave


class Queue:
    """Callers that came one after the other, and stand in line."""

    def __init__(self, road: Road, transport: WireTransport) -> None:
        self._road, self._transport = road, transport
        self.stops: list[Watched] = []
        self.calls: list[Any] = []

    def join(self, server: Server, target: str = "/") -> None:
        """Have somebody stand in line, who comes in behind everybody else."""
        self.stops.append(Watched())
        extensions = under(stop=self.stops[-1])
        self.calls.append(self._road.start(self._transport, get(server, target, extensions=extensions)))
        self.stops[-1].wait_for(1)

    def bodies(self) -> list[bytes]:
        """What each of them was answered."""
        return [each.result(PATIENCE).content for each in self.calls]


@pytest.fixture
def transport(road: Road) -> WireTransport:
    """A transport that may have one connection."""
    return road.one()


@pytest.fixture
def queue(road: Road, transport: WireTransport) -> Queue:
    """A line in front of that."""
    return Queue(road, transport)


def test_the_connection_is_handed_on(road: Road, play: Play, transport: WireTransport, queue: Queue) -> None:
    """To the next one who wants the same server."""
    server = play(LATE)
    leave = held(road, transport, server)
    queue.join(server, "/next")

    assert (b"late", [b"/next"], 1) == (leave(), queue.bodies(), server.seen.connections)


def test_first_come_first_served(road: Road, play: Play, transport: WireTransport, queue: Queue) -> None:
    """Whichever server they want."""
    order: list[str] = []

    def note(name: str) -> Script:
        def noted(end: End) -> None:
            target = end.request()[1]
            order.append(target)
            end.send(answer(name.encode()))

        return (noted, noted, noted)

    one, other = play((*LATE, *note("one")), note("one"), note("one")), play(note("other"), note("other"))
    leave = held(road, transport, one)
    for number, server in enumerate((other, one, one, other)):
        queue.join(server, f"/{number}")
    _ = leave()

    assert [b"other", b"one", b"one", b"other"] == queue.bodies()
    assert ["/0", "/1", "/2", "/3"] == order


def test_a_connection_that_has_ended_is_not_handed_on(
    road: Road, play: Play, transport: WireTransport, queue: Queue
) -> None:
    """Its place is."""
    server = play((Ask(), Say(answer(length=4)), Await(), Say(b"late"), Close()))
    response = road.send(transport, get(server))
    queue.join(server, "/next")
    server.told.set()
    assert server.until_open(0, PATIENCE)

    assert (b"late", [b"/next"]) == (road.read(response), queue.bodies())


def test_a_connection_that_says_close_is_not_handed_on(
    road: Road, play: Play, transport: WireTransport, queue: Queue
) -> None:
    """Its place is."""
    server = play((Ask(), Say(answer(b"", "Connection: close", length=4)), Await(), Say(b"late"), Stall()))
    leave = held(road, transport, server)
    queue.join(server, "/next")

    assert (b"late", [b"/next"], 2) == (leave(), queue.bodies(), server.seen.connections)


def test_a_response_that_is_left_hands_its_place_on(
    road: Road, play: Play, transport: WireTransport, queue: Queue
) -> None:
    """Though its body was not read."""
    server = play(LATE)
    response = road.send(transport, get(server))
    queue.join(server, "/next")
    road.leave(response)

    assert ([b"/next"], 2) == (queue.bodies(), server.seen.connections)


def test_the_time_in_line(road: Road, play: Play, transport: WireTransport) -> None:
    """It is a timeout of its own, and whoever left takes nothing along."""
    server = play(LATE)
    leave = held(road, transport, server)

    with pytest.raises(httpx.PoolTimeout):
        _ = road.whole(transport, get(server, extensions={"timeout": {"pool": SOON}}))

    assert (b"late", b"/next") == (leave(), road.body(transport, get(server, "/next")))


def test_a_deadline_in_line(road: Road, play: Play, transport: WireTransport) -> None:
    """Its moment passes."""
    server = play(LATE)
    leave = held(road, transport, server)

    with pytest.raises(MomentPassed):
        _ = road.whole(transport, get(server, extensions=under(SOON)))

    assert (b"late", b"/next") == (leave(), road.body(transport, get(server, "/next")))


def test_a_deadline_that_has_passed(road: Road, play: Play, transport: WireTransport) -> None:
    """Nobody stands in line for nothing."""
    server = play(LATE)
    leave = held(road, transport, server)

    with pytest.raises(MomentPassed):
        _ = road.whole(transport, get(server, extensions=under(0.0)))

    assert (b"late", b"/next") == (leave(), road.body(transport, get(server, "/next")))


def test_called_off_in_line(road: Road, play: Play, transport: WireTransport, queue: Queue) -> None:
    """The others move up."""
    server = play(LATE)
    leave = held(road, transport, server)
    for target in ("/0", "/1", "/2"):
        queue.join(server, target)
    _ = queue.stops[1].keep()
    error = queue.calls.pop(1).exception(PATIENCE)

    assert (ClientClosed, b"late", [b"/0", b"/2"]) == (type(error), leave(), queue.bodies())


def test_called_off_before(road: Road, play: Play, transport: WireTransport) -> None:
    """Nobody stands in line who was called off."""
    server, stop = play(LATE), Watched()
    leave = held(road, transport, server)
    _ = stop.keep()

    with pytest.raises(ClientClosed):
        _ = road.whole(transport, get(server, extensions=under(stop=stop)))

    assert b"late" == leave()


def test_a_transport_that_is_closed_serves_its_line(
    road: Road, play: Play, transport: WireTransport, queue: Queue
) -> None:
    """What is taken is cut, so whoever has it gives its place back."""
    server = play(LATE)
    response = road.send(transport, get(server))
    queue.join(server, "/next")
    road.close(transport)

    with pytest.raises(httpx.ReadError, match="closed meanwhile"):
        _ = road.read(response)
    bodies = queue.bodies()
    server.told.set()
    road.close(transport)

    assert ([b"/next"], True) == (bodies, server.until_open(0, PATIENCE))
