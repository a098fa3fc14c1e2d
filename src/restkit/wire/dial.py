"""Connecting to one of several addresses: the first that answers.

Theory of operation. `Turns` decides which address is tried when; here that is done. All attempts are sockets that do
not block, at one selector. A call that is called off while its thread waits is roused over a line to itself. Whoever
wins, fails or is interrupted: every other socket is closed.
"""

from __future__ import annotations

import contextlib
import errno
import os
import selectors
import socket
from collections.abc import Callable, Generator, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Self

import httpx

from restkit.flow.promise import Promise
from restkit.wire.bound import CLOCK
from restkit.wire.budget import Budget
from restkit.wire.eyeballs import Turns, is_ipv6
from restkit.wire.line import Line
from restkit.wire.no_connection import no_connection

if TYPE_CHECKING:
    import httpcore

SocketOption = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]
Begin = Callable[[str], socket.socket]
"""Begins to connect to an address. Raises OSError."""
PENDING: frozenset[int] = frozenset({0, errno.EINPROGRESS, getattr(errno, "WSAEWOULDBLOCK", 0)})
"""How connecting begins; all else is a failure."""


def begin(
    address: str, port: int, local: str | None, options: Iterable[httpcore.SOCKET_OPTION] | None
) -> socket.socket:
    """A socket that connects. Raises OSError."""
    line = socket.socket(socket.AF_INET6 if is_ipv6(address) else socket.AF_INET, socket.SOCK_STREAM)
    try:
        line.settimeout(0)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        set_option: Callable[..., None] = line.setsockopt
        for option in options or ():
            set_option(*option)
        if local is not None:
            line.bind((local, 0))
        check(line.connect_ex((address, port)), PENDING)
    except BaseException:
        line.close()
        raise
    return line


def begin_unix(path: str) -> socket.socket:
    """A Unix socket that connects. Raises OSError."""
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        line.settimeout(0)
        check(line.connect_ex(path), PENDING)
    except BaseException:
        line.close()
        raise
    return line


def check(status: int, fine: Iterable[int] = (0,)) -> None:
    """Raise the OSError for a status, unless it is fine."""
    if status not in fine:
        raise OSError(status, os.strerror(status))


def arrived(line: socket.socket) -> None:
    """Find out how connecting ended. Raises OSError."""
    check(line.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))


def dial(addresses: Sequence[str], begin: Begin, budget: Budget) -> socket.socket:
    """Connect to one of the addresses, blocking. Raises httpx.ConnectError, or what the budget raises."""
    try:
        with Attempts(Turns(addresses), begin) as attempts, roused(attempts.selector, budget.stop):
            while attempts.winner is None:
                attempts.go_on(budget)
            return attempts.winner
    except OSError as error:  # there is no descriptor left for the selector itself
        raise no_connection(str(error), error) from error


class Attempts:
    """Sockets under way to a host's addresses, at one selector. Use it in a `with`, which leaves the winner alone."""

    selector: selectors.BaseSelector
    winner: socket.socket | None

    def __init__(self, turns: Turns, begin: Begin) -> None:
        self._turns, self._begin = turns, begin
        self._under_way: dict[socket.socket, str] = {}
        self._errors: list[OSError] = []
        self.selector = selectors.DefaultSelector()
        self.winner = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        drop(self._under_way)
        if self.winner is not None and kind is not None:
            self.winner.close()
        self.selector.close()

    def go_on(self, budget: Budget) -> None:
        """Begin with whoever's turn it is, and wait until something happens. Raises when nothing can any more."""
        address = self._turns.take(CLOCK.now())
        if address is not None:
            self._start(address)
        pause, left = self._turns.pause(CLOCK.now()), budget.left()
        if not self._under_way and pause is None:
            raise failure(self._errors)
        for key, _ in self.selector.select(shorter(pause, left)):
            if isinstance(key.fileobj, socket.socket) and key.fileobj in self._under_way:
                self._finish(key.fileobj)

    def _start(self, address: str) -> None:
        try:
            line = self._begin(address)
        except OSError as error:
            self._fail(address, error)
        else:
            self._under_way[line] = address
            _ = self.selector.register(line, selectors.EVENT_WRITE)

    def _finish(self, line: socket.socket) -> None:
        _ = self.selector.unregister(line)
        address = self._under_way.pop(line)
        try:
            arrived(line)
        except OSError as error:
            line.close()
            self._fail(address, error)
        else:
            if self.winner is not None:  # two at once
                line.close()
            self.winner = self.winner or line

    def _fail(self, address: str, error: OSError) -> None:
        self._errors.append(error.with_traceback(None))  # it would hold this object, and this object holds it
        self._turns.failed(address)


@contextlib.contextmanager
def roused(selector: selectors.BaseSelector, stop: Promise[Any] | None) -> Generator[None]:
    """Have the selector come back as soon as the call is called off."""
    if stop is None:
        yield
        return
    near, far = socket.socketpair()
    line = Line(far, far.close)
    try:
        _ = selector.register(near, selectors.EVENT_READ)
        if not stop.enlist(line.cut):
            _ = line.cut()
        yield
    finally:
        stop.forget(line.cut)
        line.close()
        near.close()


def drop(lines: Iterable[socket.socket]) -> None:
    """Close sockets that nobody needs."""
    for each in lines:
        each.close()


def failure(errors: Sequence[OSError]) -> httpx.TransportError:
    """The error for a host none of whose addresses answers: caused by the first, telling of each."""
    return no_connection("; ".join(dict.fromkeys(str(each) for each in errors)), errors[0])


def shorter(one: float | None, other: float | None) -> float | None:
    """The shorter of two times, of which None is without end."""
    return min((each for each in (one, other) if each is not None), default=None)
