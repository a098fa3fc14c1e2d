"""At every place where a call may have to wait: its timeout, its moment, and somebody who calls it off."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator

import httpx
import pytest

from restkit import ClientClosed
from restkit.flow.clock import Clock
from restkit.flow.deadline import KEY as LIMIT
from restkit.flow.deadline import Limit, MomentPassed
from tests.loopback import PATIENCE
from tests.wire.direct.conftest import HOST, SOON, Play, Road, Watched, get
from tests.wire.direct.places import CONNECTING, EVERY, READING, WRITING, Place, in_line

TOO_LATE = {
    in_line: ("pool", httpx.PoolTimeout),
    **dict.fromkeys(CONNECTING, ("connect", httpx.ConnectTimeout)),
    **dict.fromkeys(WRITING, ("write", httpx.WriteTimeout)),
    **dict.fromkeys(READING, ("read", httpx.ReadTimeout)),
}
"""The step at which a place is, and what is raised there."""
every = pytest.mark.parametrize("place", EVERY, ids=lambda place: place.__name__)


@pytest.fixture
def hole() -> Iterator[str]:
    """Where whoever connects waits for ever."""
    with socket.socket() as listening:
        listening.bind((HOST, 0))
        listening.listen(0)
        there = listening.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.settimeout(0)
            assert each.connect_ex(there) in (0, errno.EINPROGRESS)
        yield f"http://{HOST}:{there[1]}"
        for each in waiting:
            each.close()


@every
def test_it_takes_too_long(road: Road, play: Play, hole: str, place: Place) -> None:
    """The timeout of that step, and the connection's place is free again."""
    call, (step, too_late) = place(road, play, hole), TOO_LATE[place]
    timeouts = {"pool": PATIENCE, "connect": PATIENCE, "write": PATIENCE, "read": PATIENCE, step: SOON}

    with pytest.raises(too_late):
        _ = road.whole(call.transport, call.request(timeout=timeouts))
    _ = call.let_go()

    assert b"/well" == road.body(call.transport, get(call.well, "/well", extensions={"timeout": {"pool": PATIENCE}}))


@every
def test_its_moment_passes(road: Road, play: Play, hole: str, place: Place) -> None:
    """Whatever the timeouts are."""
    call, clock = place(road, play, hole), Clock()

    with pytest.raises(MomentPassed):
        _ = road.whole(call.transport, call.request(**{LIMIT: Limit(clock.now() + SOON, clock, None)}))
    _ = call.let_go()

    assert b"/well" == road.body(call.transport, get(call.well, "/well", extensions={"timeout": {"pool": PATIENCE}}))


@every
def test_its_moment_has_passed(road: Road, play: Play, hole: str, place: Place) -> None:
    """Before it began."""
    call, clock = place(road, play, hole), Clock()

    with pytest.raises(MomentPassed):
        _ = road.whole(call.transport, call.request(**{LIMIT: Limit(clock.now(), clock, None)}))
    _ = call.let_go()

    assert b"/well" == road.body(call.transport, get(call.well, "/well", extensions={"timeout": {"pool": PATIENCE}}))


@every
def test_it_is_called_off(road: Road, play: Play, hole: str, place: Place) -> None:
    """By another thread, though nothing limits its time."""
    call, stop = place(road, play, hole), Watched()
    future = road.start(call.transport, call.request(**{LIMIT: Limit(None, Clock(), stop)}))
    stop.wait_for(1)
    _ = call.has_come()
    _ = stop.keep()
    error = future.exception(PATIENCE)
    _ = call.let_go()

    assert ClientClosed is type(error)
    assert b"/well" == road.body(call.transport, get(call.well, "/well", extensions={"timeout": {"pool": PATIENCE}}))


@every
def test_it_was_called_off(road: Road, play: Play, hole: str, place: Place) -> None:
    """Before it began."""
    call, stop = place(road, play, hole), Watched()
    _ = stop.keep()

    with pytest.raises(ClientClosed):
        _ = road.whole(call.transport, call.request(**{LIMIT: Limit(None, Clock(), stop)}))
    _ = call.let_go()

    assert b"/well" == road.body(call.transport, get(call.well, "/well", extensions={"timeout": {"pool": PATIENCE}}))


@pytest.mark.parametrize("place", [*WRITING, *READING], ids=lambda place: place.__name__)
def test_its_transport_is_closed(road: Road, play: Play, hole: str, place: Place) -> None:
    """What is on a connection ends with it."""
    call = place(road, play, hole)
    future = road.start(call.transport, call.request())
    assert call.has_come()
    road.close(call.transport)
    error = future.exception(PATIENCE)

    assert isinstance(error, httpx.NetworkError)
    assert b"/well" == road.body(call.transport, get(call.well, "/well", extensions={"timeout": {"pool": PATIENCE}}))
