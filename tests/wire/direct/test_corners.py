"""What hardly ever happens on a socket, and never when a test wants it: stepped by hand."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import pytest
from typing_extensions import override

from restkit import ClientClosed
from restkit.flow.promise import Promise
from restkit.flow.world import World
from restkit.wire.direct.asked import SLICE, Asked
from restkit.wire.direct.connection import Connection
from restkit.wire.direct.exchange import CONTINUE_AFTER, Exchange
from restkit.wire.direct.origin import Origin
from restkit.wire.direct.pace import Pace
from restkit.wire.direct.pool import Pool
from restkit.wire.direct.protocol_channel import ProtocolChannel
from restkit.wire.direct.ready import Checkpoint, Ready
from restkit.wire.direct.socket_channel import SocketChannel
from restkit.wire.direct.turn import Turn
from restkit.wire.http1 import Head, Writer
from tests.campaign.wire_script import Ask, Await, Reset, Say, Stall, answer, raw
from tests.campaign.wire_script import Head as ReadHead
from tests.loopback import PATIENCE, Loopback
from tests.wire.direct.conftest import HOST, Play, Road, Watched, get, url
from tests.wire.direct.test_line import under

ORIGIN = Origin("http", HOST, 80, HOST)
OUTSIDE = World()
YES, NO = True, False
"""Whether it is worth trying again."""


class Slow:
    """A channel that takes everything, and hands out what it was given, a piece at a time, None for nothing yet."""

    remote = None
    unsent = 0
    reads_ahead = False
    has_news = False

    def __init__(self, *pieces: bytes | None) -> None:
        self.pieces, self.sent = list(pieces), b""

    def send(self, data: bytes | memoryview) -> int:
        """Take it."""
        self.sent += bytes(data)
        return len(data)

    def receive(self) -> bytes | None:
        """The next piece."""
        return self.pieces.pop(0) if self.pieces else None


def exchange(channel: Any, request: httpx.Request, **extensions: Any) -> Exchange:
    """An exchange over a channel."""
    return Exchange(Connection(ORIGIN, channel, Pool(httpx.Limits())), Asked(request, Writer()), Pace(extensions))


def test_no_leave_comes() -> None:
    """After a while the body is sent all the same."""
    channel = Slow()
    request = httpx.Request("PUT", "http://api.test/", content=b"once", headers={"Expect": "100-continue"})
    steps = exchange(channel, request).answered()

    waits: Any = next(steps)
    before = channel.sent.endswith(b"\r\n\r\n")
    then: Any = steps.send(NO)

    assert (CONTINUE_AFTER, True, True) == (waits.patience, before, channel.sent.endswith(b"once"))
    assert ("read", None) == (then.step, then.patience)


def test_a_hint_is_no_leave() -> None:
    """103 says nothing of the body; 100 does (RFC 9110 15.2.1)."""
    channel = Slow(b"HTTP/1.1 103 Early Hints\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n")
    request = httpx.Request("PUT", "http://api.test/", content=b"once", headers={"Expect": "100-continue"})
    steps = exchange(channel, request).answered()
    _ = next(steps)

    hinted: Any = steps.send(YES)
    before = channel.sent.endswith(b"once")
    _ = steps.send(YES)

    assert (CONTINUE_AFTER, False, True) == (hinted.patience, before, channel.sent.endswith(b"once"))


def test_a_large_body_that_is_taken_at_once() -> None:
    """Between its slices others have their turn, and an answer that came is noticed."""
    channel = Slow()
    steps = exchange(channel, httpx.Request("PUT", "http://api.test/", content=bytes(3 * SLICE))).answered()
    asked = [next(steps), *(steps.send(None) for _ in range(2))]

    assert [Checkpoint] * 2 + [Ready] == [type(each) for each in asked]
    assert len(channel.sent) > 3 * SLICE


class Full(Slow):
    """One that takes nothing at first."""

    times = 2

    @override
    def send(self, data: bytes | memoryview) -> int:
        """Take nothing, twice, and then everything."""
        if self.times:
            self.times -= 1
            return 0
        return super().send(data)


def test_a_channel_that_takes_nothing_at_first() -> None:
    """It is waited for, and nothing was seen by then."""
    channel = Full()
    one = exchange(channel, httpx.Request("GET", "http://api.test/"))
    steps = one.answered()

    waits: Any = next(steps)
    unseen = one.was_unseen
    then: Any = steps.send(YES)

    assert ("write", "read", True, False) == (waits.step, then.step, unseen, one.was_unseen)
    assert channel.sent.startswith(b"GET / HTTP/1.1\r\n")


class Listed(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body whose iterators need no closing."""

    @override
    def __iter__(self) -> Iterator[bytes]:
        return iter([b"x" * 65536] * 128)

    @override
    def __aiter__(self) -> AsyncIterator[bytes]:
        self._left = iter(self)
        return self

    async def __anext__(self) -> bytes:
        """The next part."""
        for part in self._left:
            return part
        raise StopAsyncIteration


def test_a_body_that_need_not_be_closed(road: Road, play: Play) -> None:
    """Though its request is broken off."""
    server, transport = play((ReadHead(), Say(answer(b"enough")), Stall())), road.one()
    headers = {"Host": HOST, "Transfer-Encoding": "chunked"}

    body = road.body(transport, httpx.Request("PUT", url(server), stream=Listed(), headers=headers))

    assert (b"enough", b"/own") == (body, road.body(transport, get(server, "/own")))


def test_a_channel_that_is_woken_for_nothing() -> None:
    """It is waited for again: TLS may have talked to itself."""
    channel = Slow(None, None, answer(b"", length=4), None, None, b"body")
    steps = exchange(channel, httpx.Request("GET", "http://api.test/")).answered()
    waits = 0
    try:
        effect: Any = next(steps)
        while True:
            waits += isinstance(effect, Ready)
            effect = steps.send(YES)
    except StopIteration as end:
        head: Head = end.value

    assert (200, 3) == (head.status, waits)


def test_a_body_that_is_woken_for_nothing() -> None:
    """Likewise."""
    channel = Slow(answer(b"", length=4), None, None, b"body")
    one = exchange(channel, httpx.Request("GET", "http://api.test/"))
    steps = one.answered()
    _ = next(steps)
    with pytest.raises(StopIteration):
        _ = steps.send(YES)
    more = one.more()
    waits = [next(more), more.send(YES), more.send(YES)]
    with pytest.raises(StopIteration):
        _ = more.send(YES)

    assert (3, (b"body", True)) == (len(waits), one.gathered())


def test_patience_is_bounded_by_the_timeout() -> None:
    """And the other way round."""
    near, far = socket.socketpair()
    near.settimeout(0)
    channel = SocketChannel(near)

    came = Ready(channel, "read", Pace({"timeout": {"read": PATIENCE}}), 0.001).block(OUTSIDE)
    late = Ready(channel, "read", Pace({"timeout": {"read": 0.001}}), PATIENCE).block(OUTSIDE)
    channel.close()
    far.close()

    assert (False, False) == (came, late)


class Wanting(socket.socket):
    """A socket whose TLS wants something else first."""

    wants: type[Exception]

    @override
    def recv(self, *_: Any) -> bytes:
        """Refuse."""
        raise self.wants

    @override
    def send(self, *_: Any) -> int:
        """Refuse."""
        raise self.wants

    def do_handshake(self) -> None:
        """Refuse."""
        raise self.wants


ACTS: dict[str, Callable[[SocketChannel], object]] = {
    "receive": SocketChannel.receive,
    "send": lambda channel: channel.send(b"x"),
    "shake_hands": SocketChannel.shake_hands,
}


@pytest.mark.parametrize("act", ACTS.values(), ids=list(ACTS))
@pytest.mark.parametrize(("wants", "writing"), [(ssl.SSLWantWriteError, True), (ssl.SSLWantReadError, False)])
def test_what_tls_waits_for(act: Callable[[SocketChannel], object], wants: type[Exception], *, writing: bool) -> None:
    """Whatever we want: here one can write at once, and nothing can be read."""
    near, far = socket.socketpair()
    line = Wanting(fileno=near.detach())
    line.wants = wants
    line.settimeout(0)
    channel = SocketChannel(line)

    nothing = act(channel)
    ready = channel.block(0.0, writing=act is ACTS["send"])
    channel.close()
    far.close()

    assert (True, writing) == (not nothing, ready)


def test_called_off_on_a_kept_connection(road: Road, play: Play) -> None:
    """Before anything is written; the connection is not used again."""
    server, transport, stop = play(), road.one(), Watched()
    _ = road.whole(transport, get(server))
    _ = stop.keep()

    with pytest.raises(ClientClosed):
        _ = road.whole(transport, get(server, "/never", extensions=under(stop=stop)))

    assert (b"/own", 0) == (road.body(transport, get(server, "/own")), server.seen.times("/never"))


def test_called_off_when_it_was_over(road: Road, play: Play) -> None:
    """A connection that may be cut at any moment is not kept."""
    server, transport, stop = play((Ask(), Say(answer(length=1)), Await(), Say(b"a"))), road.one(), Watched()
    response = road.send(transport, get(server, extensions=under(stop=stop)))
    _ = stop.keep()

    with pytest.raises(ClientClosed):
        _ = road.read(response)
    server.told.set()

    assert b"/own" == road.body(transport, get(server, "/own"))


def test_a_request_that_is_taken_in_two(road: Road, play: Play) -> None:
    """The system takes a part of it at first."""
    server = play()
    transport = road.transport(socket_options=[(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)])

    bodies = [road.body(transport, httpx.Request("PUT", url(server, "/a"), content=b"x" * 60_000)) for _ in range(3)]

    assert ([b"/a"] * 3, True, 1) == (bodies, server.seen.size > 180_000, server.seen.connections)


def test_reset_while_a_timeout_runs(road: Road, play: Play) -> None:
    """It is not the timeout."""
    server = play((ReadHead(), Reset()))

    with pytest.raises(httpx.ReadError):
        _ = road.whole(road.transport(), get(server, extensions={"timeout": {"read": PATIENCE}}))


def test_timeouts_of_many_steps(road: Road, play: Play) -> None:
    """One after the other, each shorter or longer than the last."""
    server, transport = play(), road.transport()

    timeouts = [PATIENCE, 5.0, PATIENCE, None]
    bodies = [road.body(transport, get(server, extensions={"timeout": {"read": each}})) for each in timeouts]

    assert ([b"/"] * 4, 1) == (bodies, server.seen.connections)


def test_an_encoded_answer(road: Road, server: Loopback) -> None:
    """It is decoded, though it came with its head."""
    response = road.whole(road.transport(), httpx.Request("GET", f"{server.url}/zipped"))

    assert {"zipped": True} == response.json()


async def channel_of_asyncio() -> tuple[ProtocolChannel, socket.socket]:
    """A channel, and its other end."""
    near, far = socket.socketpair()
    near.settimeout(0)
    loop = asyncio.get_running_loop()
    channel = ProtocolChannel(loop, near, secure=False)
    _ = await loop.create_connection(lambda: channel, sock=near)
    return channel, far


def test_a_channel_of_asyncio() -> None:
    """It does not wait where it need not; and a timer that nobody waits for does nothing."""

    async def main() -> tuple[bool, bool, bool]:
        """Use it on a loop."""
        channel, far = await channel_of_asyncio()
        can_write = await channel.wait(None, writing=True)
        too_long = not await channel.wait(0.001, writing=False)
        waits = asyncio.ensure_future(channel.wait(0.2, writing=False))
        far.sendall(b"x")
        came = await waits
        _ = channel.receive()
        _ = await channel.wait(0.25, writing=False)
        channel.close()
        far.close()
        return can_write, too_long, came

    assert (True, True, True) == asyncio.run(main())


def test_a_turn_on_a_loop_that_is_closed() -> None:
    """Who hands a place over is told that nobody is there, and still has it."""
    promise: Promise[Any] = Promise()
    loop = asyncio.new_event_loop()
    waits = loop.create_task(Turn(promise, Pace({})).wait(OUTSIDE))  # type: ignore[arg-type] # it is a coroutine
    loop.call_soon(loop.stop)
    loop.run_forever()
    loop.close()
    told: list[bool] = []

    thread = threading.Thread(target=lambda: told.append(promise.keep("a place")))
    thread.start()
    thread.join()
    waits._log_destroy_pending = False  # noqa: SLF001 - asyncio's own way to say that this is meant

    assert [False] == told


def test_a_whole_answer() -> None:
    """It reads as httpx's own."""
    from restkit.wire.direct import Whole

    made = [Whole(200, [(b"Content-Length", b"5")], b"hello", {}) for _ in range(4)]
    before = [b"".join(made[0].iter_bytes()), b"".join(made[1].iter_raw())]
    sizes = [made[2].num_bytes_downloaded, made[2].size, made[2].is_closed]
    read = [
        made[2].read(),
        made[2].read(),
        b"|".join(made[2].iter_bytes(2)),
        made[2].content,
        b"".join(made[2].iter_bytes()),
    ]

    assert [b"hello", b"hello"] == before
    assert [0, 5, False] == sizes
    assert [b"hello", b"hello", b"he|ll|o", b"hello", b"hello"] == read
    assert (5, True, "hello") == (made[2].num_bytes_downloaded, made[2].is_closed, made[2].text)


async def test_a_whole_answer_awaited() -> None:
    """Likewise."""
    from restkit.wire.direct import Whole

    one, other, third = (Whole(200, [(b"Content-Length", b"5")], b"hello", {}) for _ in range(3))
    read = [await one.aread(), await one.aread(), b"|".join([each async for each in one.aiter_bytes(2)])]
    other.stream = httpx.ByteStream(b"another")

    assert [b"hello", b"hello", b"he|ll|o"] == read
    assert (b"another", b"hello") == (await other.aread(), b"".join([each async for each in third.aiter_bytes()]))


def test_a_whole_answer_that_was_closed() -> None:
    """It cannot be read, as httpx's own."""
    from restkit.wire.direct import Whole

    made = Whole(200, [], b"hello", {})
    made.close()

    with pytest.raises(httpx.StreamClosed):
        _ = made.read()


def test_an_end_that_came_with_the_head(road: Road, play: Play) -> None:
    """Of a body without a length."""
    server = play((Ask(), Say(raw() + b"x"), Reset()))

    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        _ = road.body(road.transport(), get(server))
