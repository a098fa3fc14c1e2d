"""A connection's blocking stream, where two threads meet on it."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpcore
import pytest
from typing_extensions import override

from restkit import ClientClosed
from restkit.flow import Clock, Limit, Promise
from restkit.wire.backend import BoundBackend
from restkit.wire.bound import Bound, bound
from restkit.wire.line import Line
from restkit.wire.stream import BoundStream
from tests.loopback import PATIENCE
from tests.wire.conftest import Ticking


class Odd(socket.socket):
    """A socket on which something happens while a thread waits."""

    def __init__(self, happens: Callable[[], object], then: bytes = b"data") -> None:
        super().__init__()
        self.happens, self.then = happens, then

    @override
    def recv(self, *_: Any) -> bytes:
        """Meanwhile."""
        _ = self.happens()
        return self.then

    @override
    def send(self, data: Any, *_: Any) -> int:
        """Meanwhile."""
        _ = self.happens()
        return len(data)


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Two ends of a line."""
    one, other = socket.socketpair()
    yield one, other
    one.close()
    other.close()


@pytest.fixture
def stop() -> Promise[None]:
    """What calls a step off."""
    return Promise()


def endless(stop: Promise[Any] | None = None) -> Bound:
    """A timeout that only `stop` ends."""
    return bound(None, Limit(None, Clock(), stop))


@pytest.mark.parametrize(
    "step", [lambda stream, timeout: stream.read(10, timeout), lambda stream, timeout: stream.write(b"x", timeout)]
)
def test_a_step_that_ends_well_too_late_counts_for_nothing(
    step: Callable[[BoundStream, Bound], object], stop: Promise[None]
) -> None:
    """Its connection would be cut while another call uses it."""
    with Odd(stop.keep) as line, pytest.raises(ClientClosed):
        _ = step(BoundStream(line), endless(stop))


def test_an_end_that_is_ours_is_no_end() -> None:
    """A body that ends with its connection would seem whole."""
    streams: list[BoundStream] = []

    with Odd(lambda: [each.close() for each in streams], b"") as line:
        streams.append(BoundStream(line))
        with pytest.raises(httpcore.ReadError, match="closed meanwhile"):
            _ = streams[0].read(10, 5)


def test_a_stream_that_was_closed_waits_for_nothing(pair: tuple[socket.socket, socket.socket]) -> None:
    """A thread that comes a little late would wait on a number that is no longer its own."""
    stream = BoundStream(pair[0])
    stream.close()

    with pytest.raises(httpcore.ReadError, match="closed meanwhile"):
        _ = stream.read(10, None)


def test_an_end_that_is_the_servers(pair: tuple[socket.socket, socket.socket]) -> None:
    """No bytes."""
    pair[1].close()

    assert b"" == BoundStream(pair[0]).read(10, 5)


def test_a_write_to_nobody(pair: tuple[socket.socket, socket.socket]) -> None:
    """The error that httpcore knows to overlook: there may be an answer."""
    pair[1].close()

    with pytest.raises(httpcore.WriteError):
        BoundStream(pair[0]).write(b"x", 5)


def test_a_cut_line_is_at_its_end(pair: tuple[socket.socket, socket.socket]) -> None:
    """In both directions, and once only."""
    line = Line(pair[0], pair[0].close)

    assert (True, True, b"", b"") == (line.cut(), line.cut(), pair[0].recv(1), pair[1].recv(1))


def test_a_line_that_was_given_back_is_not_cut(pair: tuple[socket.socket, socket.socket]) -> None:
    """It may be another's by now."""
    line = Line(pair[0], lambda: None)
    line.close()

    assert line.cut()
    pair[0].sendall(b"whole")
    assert b"whole" == pair[1].recv(5)


def test_a_line_that_hangs_nowhere_can_be_cut() -> None:
    """The other side was faster."""
    with socket.socket() as alone:
        assert Line(alone, alone.close).cut()


def test_a_handshake_that_was_called_off_before(
    pair: tuple[socket.socket, socket.socket], trust: ssl.SSLContext, stop: Promise[None]
) -> None:
    """It does not begin."""
    _ = stop.keep()

    with pytest.raises(ClientClosed):
        _ = BoundStream(pair[0]).start_tls(trust, "localhost", endless(stop))

    assert (-1, b"") == (pair[0].fileno(), pair[1].recv(1))


def test_a_timeout_that_is_none() -> None:
    """It is infinite within, and none outside."""
    clock = Clock()

    assert (None, 5.0) == (endless().seconds(), bound(5.0, Limit(None, clock, None)).seconds())


def test_the_shorter_of_timeout_and_what_is_left() -> None:
    """Asked anew each time."""
    timeout = bound(5.0, Limit(8.5, Ticking(), None))

    assert [5.0, 5.0, 5.0, 4.5, 3.5] == [timeout.seconds() for _ in range(5)]


def test_literal_addresses_are_not_looked_up() -> None:
    """They need no thread."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        before = threading.active_count()
        stream = BoundBackend().connect_tcp("127.0.0.1", listening.getsockname()[1], 5, None, [])

        assert before == threading.active_count()
        stream.close()


def test_what_is_known_of_a_connection() -> None:
    """Both ends, and whether there is something to read; of anything else nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        stream = BoundBackend().connect_tcp("127.0.0.1", listening.getsockname()[1], 5)
        ask = stream.get_extra_info

        assert (listening.getsockname(), ask("socket").getsockname()) == (ask("server_addr"), ask("client_addr"))
        assert (None, None, False) == (ask("ssl_object"), ask("weather"), ask("is_readable"))
        stream.close()
        assert ask("is_readable")


def test_closed_by_another_thread(pair: tuple[socket.socket, socket.socket]) -> None:
    """Whoever waits for it is roused."""
    stream = BoundStream(pair[0])
    with ThreadPoolExecutor() as threads:
        call = threads.submit(stream.read, 10, None)
        while not call.done():
            stream.close()  # the thread may be late

    assert httpcore.ReadError is type(call.exception(PATIENCE))
