"""How connections are opened, under their call's limit."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from functools import partial

import httpcore
from typing_extensions import override

from restkit.flow.clock import Clock
from restkit.flow.promise import Abandoned, Promise
from restkit.wire.bound import Bound
from restkit.wire.stream import BoundStream

Connect = Callable[[], httpcore.NetworkStream]
Arrival = Promise[httpcore.NetworkStream | Exception]
CLOCK = Clock()
"""A network takes real time, whatever clock a test may measure deadlines by."""


class BoundBackend(httpcore.NetworkBackend):
    """httpcore's own way to connect, with timeouts that may be bound."""

    def __init__(self) -> None:
        self._inner = httpcore.SyncBackend()

    @override
    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> BoundStream:
        seconds = timeout.seconds() if isinstance(timeout, Bound) else timeout
        connect = partial(self._inner.connect_tcp, host, port, seconds, local_address, socket_options)
        return BoundStream(connected(connect, timeout) if isinstance(timeout, Bound) else connect())


def connected(connect: Connect, bound: Bound) -> httpcore.NetworkStream:
    """Connect in a thread that may be left behind: looking up a name, or trying an address, cannot be called off."""
    arrival: Arrival = Promise()
    thread = threading.Thread(target=arrive, args=(connect, arrival), daemon=True, name="restkit-connect")
    try:
        thread.start()
    except RuntimeError:  # there are too many threads, or the interpreter is about to end
        return connect()
    try:
        made = arrival.block(CLOCK, bound.limit.left(), bound.limit.stop)
    except BaseException as error:
        leave(arrival)
        if isinstance(error, TimeoutError | Abandoned):
            raise bound.over() from None
        raise
    thread.join()  # it is at its end: a fork should not find it
    return opened(made, bound)


def arrive(connect: Connect, arrival: Arrival) -> None:
    """Connect for another thread, and clean up if that has left."""
    made = outcome(connect)
    if not arrival.keep(made):
        drop(made)


def outcome(connect: Connect) -> httpcore.NetworkStream | Exception:
    """The connection, or why there is none."""
    try:
        return connect()
    except Exception as error:  # noqa: BLE001 - raised in the thread that waits
        return error


def leave(arrival: Arrival) -> None:
    """Wait no longer. What has come meanwhile is closed here, what comes later where it arrives."""
    if not arrival.abandon():
        drop(arrival.value)


def drop(made: httpcore.NetworkStream | Exception) -> None:
    """Close a connection that nobody waits for any more."""
    if isinstance(made, httpcore.NetworkStream):
        made.close()


def opened(made: httpcore.NetworkStream | Exception, bound: Bound) -> httpcore.NetworkStream:
    """The connection, unless there is none."""
    if isinstance(made, httpcore.NetworkStream):
        return made
    try:
        if isinstance(made, httpcore.ConnectTimeout) and bound.is_over:
            raise bound.over() from made
        raise made
    finally:
        del made  # its traceback holds this frame
