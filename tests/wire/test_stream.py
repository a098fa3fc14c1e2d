"""A connection's stream, where two threads meet on it, and its opening."""

from __future__ import annotations

import gc
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpcore
import pytest
from typing_extensions import override

from restkit import ClientClosed
from restkit.flow import Clock, Limit, Promise
from restkit.flow.deadline import MomentPassed
from restkit.wire.backend import BoundBackend, arrive, connected, leave
from restkit.wire.bound import Bound, bound
from restkit.wire.line import Line
from restkit.wire.stream import BoundStream
from tests.loopback import PATIENCE
from tests.wire.conftest import Ticking


class Inner(httpcore.NetworkStream):
    """httpcore's side of a stream: a socket, or what a test puts in its place."""

    def __init__(self, line: Any) -> None:
        self.line, self.closed = line, False

    @override
    def get_extra_info(self, info: str) -> Any:
        """The socket."""
        return self.line if info == "socket" else None

    @override
    def close(self) -> None:
        """Note it."""
        self.closed = True


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

    @override
    def dup(self) -> socket.socket:
        """No second hold."""
        raise OSError("too many open files")


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
        _ = step(BoundStream(Inner(line)), endless(stop))


def test_an_end_that_is_ours_is_no_end() -> None:
    """A body that ends with its connection would seem whole."""
    streams: list[BoundStream] = []

    with Odd(lambda: [each.close() for each in streams], b"") as line:
        streams.append(BoundStream(Inner(line)))
        with pytest.raises(httpcore.ReadError, match="closed by another thread"):
            _ = streams[0].read(10, 5)


def test_a_stream_that_was_closed_waits_for_nothing(pair: tuple[socket.socket, socket.socket]) -> None:
    """A thread that comes a little late would wait on a number that is no longer its own."""
    stream = BoundStream(Inner(pair[0]))
    stream.close()

    with pytest.raises(httpcore.ReadError, match="closed by another thread"):
        _ = stream.read(10, None)


def test_an_end_that_is_the_servers(pair: tuple[socket.socket, socket.socket]) -> None:
    """No bytes."""
    pair[1].close()

    assert b"" == BoundStream(Inner(pair[0])).read(10, 5)


def test_a_write_to_nobody(pair: tuple[socket.socket, socket.socket]) -> None:
    """The error that httpcore knows to overlook: there may be an answer."""
    pair[1].close()

    with pytest.raises(httpcore.WriteError):
        BoundStream(Inner(pair[0])).write(b"x", 5)


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


def test_a_handshake_without_descriptors(trust: ssl.SSLContext) -> None:
    """It does not begin, and the connection is closed."""
    with Odd(lambda: None) as line:
        inner = Inner(line)
        with pytest.raises(httpcore.ConnectError, match="too many open files"):
            _ = BoundStream(inner).start_tls(trust, None, endless())

    assert inner.closed


def test_a_handshake_that_was_called_off_before(
    pair: tuple[socket.socket, socket.socket], trust: ssl.SSLContext, stop: Promise[None]
) -> None:
    """It does not begin either."""
    inner = Inner(pair[0])
    _ = stop.keep()

    with pytest.raises(ClientClosed):
        _ = BoundStream(inner).start_tls(trust, None, endless(stop))

    assert inner.closed


class Slow:
    """A connection that comes when the test says so."""

    def __init__(self) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.made = Inner(None)
        self.thread: threading.Thread | None = None

    def __call__(self) -> httpcore.NetworkStream:
        """Connect."""
        self.thread = threading.current_thread()
        self.begun.set()
        assert self.go_on.wait(PATIENCE)
        return self.made

    def arrives(self) -> bool:
        """Let it come, after all; whether it was closed then."""
        self.go_on.set()
        assert self.thread is not None
        self.thread.join(PATIENCE)
        return self.made.closed


def test_connecting_is_called_off(stop: Promise[None]) -> None:
    """A name that is looked up, an address that does not answer; what comes later is closed."""
    slow = Slow()
    keeper = threading.Thread(target=lambda: slow.begun.wait(PATIENCE) and stop.keep())
    keeper.start()

    with pytest.raises(ClientClosed):
        _ = connected(slow, endless(stop))
    keeper.join(PATIENCE)

    assert slow.arrives()


def test_connecting_outlasts_no_moment() -> None:
    """Likewise."""
    slow, clock = Slow(), Clock()

    with pytest.raises(MomentPassed):
        _ = connected(slow, bound(5.0, Limit(clock.now() + 0.01, clock, None)))
    assert slow.begun.wait(PATIENCE)

    assert slow.arrives()


def test_connecting_is_interrupted() -> None:
    """By Ctrl-C, which travels on."""

    class Interrupting(Promise[None]):
        """A promise that is waited for when the user loses patience."""

        __slots__ = ()

        @override
        def enlist(self, wake: Callable[[], bool]) -> bool:
            """Lose it."""
            raise KeyboardInterrupt

    slow = Slow()

    with pytest.raises(KeyboardInterrupt):
        _ = connected(slow, endless(Interrupting()))
    assert slow.begun.wait(PATIENCE)

    assert slow.arrives()


def test_what_came_just_as_nobody_waited_any_more_is_closed() -> None:
    """A connection; an error needs no closing."""
    made, arrivals = Inner(None), [Promise[Any](), Promise[Any]()]
    arrive(lambda: made, arrivals[0])
    arrive(refused, arrivals[1])

    for arrival in arrivals:
        leave(arrival)

    assert made.closed


def refused() -> httpcore.NetworkStream:
    """Connect in vain."""
    raise httpcore.ConnectError("refused")


def timed_out() -> httpcore.NetworkStream:
    """Connect too slowly."""
    raise httpcore.ConnectTimeout("timed out")


def test_a_connection_is_made_without_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system has no more of them, or the interpreter is about to end."""

    def start(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)
    made = Inner(None)

    assert made is connected(lambda: made, endless())


@pytest.mark.parametrize(
    ("connect", "timeout", "error"),
    [
        pytest.param(refused, endless(), httpcore.ConnectError, id="refused"),
        pytest.param(timed_out, endless(), httpcore.ConnectTimeout, id="a step that took too long"),
        pytest.param(timed_out, bound(None, Limit(1.5, Ticking(), None)), MomentPassed, id="a call that did"),
    ],
)
def test_a_connection_that_fails(
    connect: Callable[[], httpcore.NetworkStream], timeout: Bound, error: type[Exception]
) -> None:
    """The error says which it was."""
    with pytest.raises(Exception, match=r"refused|timed out|moment") as caught:
        _ = connected(connect, timeout)

    assert error is type(caught.value)


def test_a_connection_that_fails_leaves_no_cycle() -> None:
    """Its error goes when nobody holds it any more."""
    _ = gc.collect()
    gc.disable()
    try:
        with pytest.raises(httpcore.ConnectError):
            _ = connected(refused, endless())
        caught = [each for each in gc.get_objects() if isinstance(each, httpcore.ConnectError)]
    finally:
        gc.enable()

    assert len(caught) <= 1


def test_a_timeout_that_is_none() -> None:
    """It is infinite within, and none outside."""
    clock = Clock()

    assert (None, 5.0) == (endless().seconds(), bound(5.0, Limit(None, clock, None)).seconds())


def test_the_shorter_of_timeout_and_what_is_left() -> None:
    """Asked anew each time."""
    timeout = bound(5.0, Limit(8.5, Ticking(), None))

    assert [5.0, 5.0, 5.0, 4.5, 3.5] == [timeout.seconds() for _ in range(5)]


def test_plain_timeouts_connect_plainly() -> None:
    """Without a thread."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        before = threading.active_count()
        stream = BoundBackend().connect_tcp("127.0.0.1", listening.getsockname()[1], 5, None, [])

        assert before == threading.active_count()
        stream.close()
