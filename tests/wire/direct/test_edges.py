"""What one part of the direct road does at its edge, by itself."""

from __future__ import annotations

import asyncio
import errno
import socket
import subprocess
import sys
from typing import Any

import httpx
import pytest
from anyio.lowlevel import checkpoint
from typing_extensions import override

from restkit import ClientClosed, WireTransport
from restkit.errors import ResourceError
from restkit.flow import Clock, Limit, Promise
from restkit.flow.deadline import KEY
from restkit.flow.world import World
from restkit.wire import Stock
from restkit.wire.direct.adoption import shake_hands
from restkit.wire.direct.asked import Parts
from restkit.wire.direct.origin import Origin
from restkit.wire.direct.pace import Pace
from restkit.wire.direct.pool import Pool
from restkit.wire.direct.protocol_channel import ProtocolChannel
from restkit.wire.direct.socket_channel import SocketChannel
from restkit.wire.direct.turn import Turn
from tests.loopback import Loopback
from tests.wire.direct.conftest import HOST, Play, url

ORIGIN = Origin("https", HOST, 443, HOST)
OUTSIDE = World()


def stopped() -> Promise[None]:
    """What calls a call off, and has done so."""
    stop: Promise[None] = Promise(shared=True)
    _ = stop.keep()
    return stop


def test_no_hands_are_shaken_for_a_call_that_is_over() -> None:
    """It was called off while it connected."""
    near, far = socket.socketpair()
    channel, pace = SocketChannel(near), Pace({KEY: Limit(None, Clock(), stopped())})

    with pytest.raises(ClientClosed):
        shake_hands(channel, ORIGIN, pace)

    channel.close()
    far.close()


def test_parts_that_were_never_begun() -> None:
    """There is nothing to close."""
    asyncio.run(Parts(httpx.ByteStream(b"x"), Pace({})).aclose())


def test_what_comes_back_meanwhile_is_settled_by_who_takes_next() -> None:
    """A finalizer gave a place back on the thread that held the lock."""
    pool = Pool(httpx.Limits(max_connections=1))
    taken = list(pool.take(ORIGIN, Pace({})))
    with pool._lock:  # noqa: SLF001 - as whoever was interrupted holds it
        pool.vacate()
    turn = next(pool.take(ORIGIN, Pace({"timeout": {"pool": 0.0}})))

    assert ([], None) == (taken, turn.block(OUTSIDE))


async def in_line(*, told: bool) -> str:
    """What becomes of a turn that comes, and is called off, before its task runs again."""
    promise: Promise[Any] = Promise()
    stop: Promise[None] = Promise(shared=True)
    pace = Pace({KEY: Limit(None, Clock(), stop)})
    waits: asyncio.Future[Any] = asyncio.ensure_future(Turn(promise, pace).wait(OUTSIDE))  # type: ignore[arg-type]
    await checkpoint()
    _ = promise.keep("a place"), told and stop.keep()
    return str(await waits)


@pytest.mark.parametrize("told", [False, True])
def test_a_turn_that_came_is_taken(told: bool) -> None:  # noqa: FBT001 - a cell of the table
    """Whoever is roused twice has been roused."""
    assert "a place" == asyncio.run(in_line(told=told))


async def timed() -> tuple[bool, bool]:
    """Wait long for what comes, then briefly for what does not."""
    near, far = socket.socketpair()
    near.settimeout(0)
    loop = asyncio.get_running_loop()
    channel = ProtocolChannel(loop, near, secure=False)
    _ = await loop.create_connection(lambda: channel, sock=near)
    waits = asyncio.ensure_future(channel.wait(20.0, writing=False))
    await checkpoint()
    far.sendall(b"x")
    came = await waits
    _ = channel.receive()
    too_long = not await channel.wait(0.001, writing=False)
    channel._tick()  # noqa: SLF001 - as its timer does, though nobody waits any more
    channel.close()
    far.close()
    return came, too_long


def test_a_shorter_time_than_the_last() -> None:
    """The timer is set anew; one that fires when nobody waits does nothing."""
    assert (True, True) == asyncio.run(timed())


def test_a_stock_after_a_fork(server: Loopback) -> None:
    """It begins anew; what was the parent's is nobody's here."""
    stock = Stock()
    with httpx.Client(transport=stock, trust_env=False) as client:
        _ = client.get(server.url)
        stock.after_fork()

        assert (200, 2) == (client.get(server.url).status_code, server.connections)


EXHAUSTED = """
import os, resource, sys
import httpx
from restkit import WireTransport
from restkit.errors import ResourceError

transport, request = WireTransport(), httpx.Request("GET", sys.argv[1])
import restkit.wire.dial, selectors
limit = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (64, limit[1]))
held = []
try:
    while True:
        held.append(os.dup(0))
except OSError:
    pass
try:
    transport.handle_request(request)
except ResourceError as error:
    print("ResourceError", isinstance(error, httpx.TransportError))
for each in held:
    os.close(each)
print(transport.handle_request(request).read().decode())
transport.close()
"""


def test_no_descriptors_are_left(play: Play) -> None:
    """It is an error of its own; once there are some, the next call is well."""
    done = subprocess.run(  # noqa: S603 - this Python
        [sys.executable, "-c", EXHAUSTED, url(play(), "/after")], capture_output=True, text=True, check=False
    )

    assert ("ResourceError True\n/after\n", "") == (done.stdout, done.stderr)


class Poor(asyncio.SelectorEventLoop):
    """A loop that has no room for a further connection."""

    @override
    async def create_connection(self, *_: Any, **__: Any) -> Any:
        """Fail."""
        raise OSError(errno.ENOBUFS, "no buffer space available")


def test_a_loop_has_nothing_left(play: Play) -> None:
    """It is an error of its own; the socket is closed, and its place is free again."""
    server = play()

    async def fails() -> None:
        """Ask twice."""
        transport = WireTransport(limits=httpx.Limits(max_connections=1))
        for _ in range(2):
            with pytest.raises(ResourceError):
                _ = await transport.handle_async_request(httpx.Request("GET", url(server)))
        await transport.aclose()

    with asyncio.Runner(loop_factory=Poor) as runner:
        runner.run(fails())

    assert server.until_open(0)
