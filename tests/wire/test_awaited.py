"""A connection's awaiting stream: limits, fairness, and what closing it does to whoever waits."""

from __future__ import annotations

import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import httpcore
import httpx
import pytest

from restkit import ClientClosed
from restkit.flow import Clock, Limit, Promise
from restkit.flow.deadline import MomentPassed
from restkit.wire import Stock
from restkit.wire.awaited import GREED, AwaitedStream
from restkit.wire.bound import Bound, bound
from restkit.wire.facts import Tally
from restkit.wire.incoming import Incoming
from tests.loopback import Loopback
from tests.wire.conftest import Speak, Ticking, asked

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    """Two ends of a line, of which the first does not block."""
    one, other = socket.socketpair()
    one.settimeout(0)
    yield one, other
    one.close()
    other.close()


@pytest.fixture
def stop() -> Promise[None]:
    """What calls a step off."""
    return Promise()


def endless(stop: Promise[None] | None = None) -> Bound:
    """A timeout that only `stop` ends."""
    return bound(None, Limit(None, Clock(), stop))


@asynccontextmanager
async def beside(function: Callable[[], Any]) -> AsyncIterator[dict[str, BaseException]]:
    """Await something in a task; its error is found under "error"."""
    found: dict[str, BaseException] = {}

    async def run() -> None:
        """Await it."""
        try:
            await function()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            found["error"] = error

    async with anyio.create_task_group() as group:
        group.start_soon(run)
        await anyio.wait_all_tasks_blocked()
        yield found


async def test_bytes_in_both_directions(pair: Pair) -> None:
    """And the end."""
    stream = AwaitedStream(pair[0])
    await stream.write(b"")
    await stream.write(b"there", 5)
    pair[1].sendall(b"and back")

    assert (b"there", b"and back") == (pair[1].recv(10), await stream.read(10, 5))
    pair[1].close()
    assert b"" == await stream.read(10, 5)


async def test_it_waits_for_bytes(pair: Pair) -> None:
    """That come later, with and without a limit."""
    stream = AwaitedStream(pair[0])
    for timeout in (None, 5.0, endless(Promise())):
        async with anyio.create_task_group() as group:
            group.start_soon(send_later, pair[1])
            assert b"later" == await stream.read(10, timeout)


async def send_later(line: socket.socket) -> None:
    """Send once everybody waits."""
    await anyio.wait_all_tasks_blocked()
    line.sendall(b"later")


async def test_a_line_that_is_full(pair: Pair) -> None:
    """It waits until there is room."""
    stream, size = AwaitedStream(pair[0]), 4_000_000
    received = 0

    async with anyio.create_task_group() as group:
        group.start_soon(stream.write, b"x" * size, 5)
        while received < size:
            received += len(await anyio.to_thread.run_sync(pair[1].recv, 65536))

    assert size == received


async def test_a_write_timeout(pair: Pair) -> None:
    """Nobody takes anything; what was taken before is known."""
    timeout = bound(0.02)

    with pytest.raises(httpcore.WriteTimeout):
        await AwaitedStream(pair[0]).write(b"x" * 4_000_000, timeout)

    assert 0 < timeout.tally.facts().bytes_sent < 4_000_000


async def test_a_read_timeout(pair: Pair) -> None:
    """Nothing comes."""
    with pytest.raises(httpcore.ReadTimeout):
        _ = await AwaitedStream(pair[0]).read(10, 0.02)


async def test_a_write_to_nobody(pair: Pair) -> None:
    """The error that httpcore knows to overlook; nothing was sent."""
    pair[1].close()
    timeout = bound(5.0)

    with pytest.raises(httpcore.WriteError):
        await AwaitedStream(pair[0]).write(b"x", timeout)

    assert 0 == timeout.tally.facts().bytes_sent


async def test_a_moment_that_has_passed(pair: Pair) -> None:
    """Nothing is sent."""
    with pytest.raises(MomentPassed):
        await AwaitedStream(pair[0]).write(b"x", bound(None, Limit(0.5, Ticking(), None)))

    pair[0].close()
    assert b"" == pair[1].recv(10)


async def test_a_moment_that_comes(pair: Pair) -> None:
    """While it waits."""
    clock = Clock()

    with pytest.raises(MomentPassed):
        _ = await AwaitedStream(pair[0]).read(10, bound(5.0, Limit(clock.now() + 0.02, clock, None)))


async def test_called_off_before(pair: Pair, stop: Promise[None]) -> None:
    """Nothing is sent."""
    _ = stop.keep()

    with pytest.raises(ClientClosed):
        await AwaitedStream(pair[0]).write(b"x", endless(stop))

    pair[0].close()
    assert b"" == pair[1].recv(10)


async def test_called_off_meanwhile(pair: Pair, stop: Promise[None]) -> None:
    """By another thread."""
    stream = AwaitedStream(pair[0])

    async with beside(lambda: stream.read(10, endless(stop))) as found:
        await anyio.to_thread.run_sync(stop.keep)

    assert ClientClosed is type(found["error"])


class Late(Promise[None]):
    """A promise that is kept just before somebody enlists."""

    __slots__ = ()

    def enlist(self, wake: Callable[[], bool]) -> bool:
        """Too late."""
        _ = self.keep()
        return super().enlist(wake)


async def test_called_off_as_it_begins_to_wait(pair: Pair) -> None:
    """It does not wait."""
    with pytest.raises(ClientClosed):
        _ = await AwaitedStream(pair[0]).read(10, endless(Late()))


async def test_closed_while_a_task_waits(pair: Pair) -> None:
    """It is roused, and closes the line on its way out."""
    stream = AwaitedStream(pair[0])

    async with beside(lambda: stream.read(10)) as found:
        await stream.aclose()

    assert (httpcore.ReadError, -1) == (type(found["error"]), pair[0].fileno())


async def test_closed_while_two_tasks_wait(pair: Pair) -> None:
    """One reads, the other writes: both are roused, and the last one closes the line."""
    stream = AwaitedStream(pair[0])

    async with beside(lambda: stream.read(10)) as reads, beside(lambda: stream.write(b"x" * 4_000_000)) as writes:
        await stream.aclose()

    assert (httpcore.ReadError, httpcore.WriteError) == (type(reads["error"]), type(writes["error"]))
    assert -1 == pair[0].fileno()


async def test_cancelled_while_it_waits(pair: Pair) -> None:
    """The line is still the pool's to close."""
    stream = AwaitedStream(pair[0])

    with anyio.move_on_after(0.01):
        _ = await stream.read(10)
    before = pair[0].fileno()
    await stream.aclose()

    assert (True, -1) == (before >= 0, pair[0].fileno())


async def test_closed_before(pair: Pair) -> None:
    """It waits for nothing."""
    stream = AwaitedStream(pair[0])
    await stream.aclose()

    with pytest.raises(httpcore.ReadError, match="closed meanwhile"):
        _ = await stream.read(10)


async def test_others_have_their_turn(pair: Pair) -> None:
    """Though there is always something to read."""
    stream, turns = AwaitedStream(pair[0]), list[int]()
    pair[1].sendall(b"x" * 20 * GREED)

    async with anyio.create_task_group() as group:
        group.start_soon(record, turns)
        for _ in range(20 * GREED):
            _ = await stream.read(1)
        group.cancel_scope.cancel()

    assert len(turns) > 1


async def record(turns: list[int]) -> None:
    """Note each turn."""
    while True:
        turns.append(1)
        await anyio.lowlevel.checkpoint()


async def test_tls_in_both_directions(secure: Loopback, trust: ssl.SSLContext) -> None:
    """Large bodies, sent and received, over one connection."""
    stock, body = Stock(trust), b"x" * 3_000_000
    for _ in range(2):
        response = await stock.handle_async_request(asked(f"{secure.url}/echo", method="POST", content=body))
        answer = await response.aread()
        await response.aclose()
        assert body in answer

    assert 1 == secure.connections
    await stock.aclose()


class Wants:
    """A socket over TLS that wants to write before it reads, as on a change of keys."""

    family = socket.AF_UNIX

    def __init__(self, line: socket.socket) -> None:
        self.line, self.wants = line, [ssl.SSLWantWriteError(), ssl.SSLWantReadError()]

    def recv(self, size: int) -> bytes:
        """Later."""
        if self.wants:
            raise self.wants.pop(0)
        return self.line.recv(size)

    def fileno(self) -> int:
        """The line's own."""
        return self.line.fileno()

    def close(self) -> None:
        """Not ours."""


async def test_a_read_that_has_to_write(pair: Pair) -> None:
    """It waits for what it wants."""
    line: Any = Wants(pair[0])
    pair[1].sendall(b"after all")

    assert b"after all" == await AwaitedStream(line).read(10, 5)


async def test_a_transport_that_is_closed_ends_what_is_under_way(server: Loopback) -> None:
    """A task that waits for an answer has an error."""
    stock = Stock()

    async with beside(lambda: stock.handle_async_request(httpx.Request("GET", f"{server.url}/slow"))) as found:
        await anyio.to_thread.run_sync(server.wait_for, 1)
        await stock.aclose()

    assert httpx.ReadError is type(found["error"])


async def test_a_body_that_drips(speak: Speak, clock: Ticking) -> None:
    """Each byte would start a read timeout again; the moment stays where it is."""
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"
    url = speak(lambda connection: clock.drip(connection, head, b"x"))
    stock = Stock()
    response = await stock.handle_async_request(asked(url, None, 50, clock))

    with pytest.raises(MomentPassed, match="deadline=None"):
        _ = await response.aread()
    await response.aclose()
    await stock.aclose()


async def test_a_connection_that_is_handed_over(speak: Speak) -> None:
    """After an upgrade it speaks for itself."""

    def upgrade(connection: socket.socket) -> None:
        """Agree, and echo."""
        _ = connection.recv(65536)
        connection.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\n\r\n")
        connection.sendall(connection.recv(5))

    stock = Stock()
    request = httpx.Request("GET", speak(upgrade), headers={"Connection": "upgrade", "Upgrade": "echo"})
    response = await stock.handle_async_request(request)
    stream = response.extensions["network_stream"]
    await stream.write(b"hello", timeout=5)

    assert (101, b"hello") == (response.status_code, await stream.read(5, timeout=5))
    await response.aclose()
    await stock.aclose()


async def test_a_body_that_needs_no_closing() -> None:
    """As a mock may answer."""

    class Parts:
        """What can be iterated, and no more."""

        def __aiter__(self) -> AsyncIterator[bytes]:
            return parts()

    body = Incoming(Parts(), Tally())
    await body.aclose()

    assert [b"one", b"two"] == [part async for part in body]


async def parts() -> AsyncIterator[bytes]:
    """Two of them."""
    yield b"one"
    yield b"two"


async def test_cancelled_at_any_point(server: Loopback) -> None:
    """The line is closed, and the next call is well."""
    stock = Stock()
    for steps in range(20):
        async with anyio.create_task_group() as group:
            group.start_soon(stock.handle_async_request, asked(f"{server.url}/slow"))
            for _ in range(steps):
                await anyio.lowlevel.checkpoint()
            group.cancel_scope.cancel()
    response = await stock.handle_async_request(asked(f"{server.url}/echo"))
    _ = await response.aread()
    await response.aclose()
    await stock.aclose()
    server.release()

    await anyio.to_thread.run_sync(server.wait_until_left)
    assert 200 == response.status_code
