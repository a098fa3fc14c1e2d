"""A channel over a socket that does not block: for threads, which poll, and for trio's tasks."""

from __future__ import annotations

import math
import select
import socket
import ssl
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import httpx

from restkit.wire.direct.channel import CLOSED, TORN, Torn
from restkit.wire.facts import Remote
from restkit.wire.line import Line
from restkit.wire.sockets import about, remote_of
from restkit.wire.tls import lost

USUAL, MUCH = 64 * 1024, 256 * 1024
"""Bytes to ask for: much, once the usual was not enough."""


class SocketChannel:
    """A connected socket that does not block, perhaps with TLS."""

    __slots__ = (
        "_ahead",
        "_line",
        "_polls",
        "_reads",
        "_remote",
        "_room",
        "_socket",
        "_wants_write",
        "_was_cut",
        "reads_ahead",
    )
    reads_ahead: bool

    def __init__(self, line: socket.socket) -> None:
        self._socket = line
        self._line = Line(line, line.close)
        self._remote = remote_of(line)
        self._room = USUAL
        self.reads_ahead = isinstance(line, ssl.SSLSocket)  # a record may hold more than was asked for
        self._reads: select.poll | None = None
        self._polls: select.poll | None = None
        self._wants_write: bool | None = None  # what TLS waits for, whatever we want
        self._was_cut = False
        self._ahead: bytes | None = None  # what was read to see whether there is news

    @property
    def remote(self) -> Remote | None:
        """The address and port at the other end."""
        return self._remote

    @property
    def unsent(self) -> int:
        """Nothing ever waits here."""
        return 0

    def receive(self) -> bytes | None:
        """What has come; None if nothing has."""
        if self._ahead is not None:
            data, self._ahead = self._ahead, None
            return data
        self._wants_write = None
        try:
            data = self._socket.recv(self._room)
        except (BlockingIOError, ssl.SSLWantReadError):
            return None
        except ssl.SSLWantWriteError:
            self._wants_write = True
            return None
        except OSError as error:
            raise torn_or_broken(error) from error
        if len(data) == self._room:
            self._room = MUCH
        elif not data and self._was_cut:  # an end that is ours, not the server's
            raise httpx.ReadError(CLOSED)
        return data

    def send(self, data: bytes | memoryview) -> int:
        """How many of these bytes were taken."""
        self._wants_write = None
        try:
            return self._socket.send(data)
        except (BlockingIOError, ssl.SSLWantWriteError):
            return 0
        except ssl.SSLWantReadError:
            self._wants_write = False
            return 0
        except OSError as error:
            raise httpx.WriteError(str(error)) from error

    def shake_hands(self) -> bool:
        """Begin TLS; False if that has to wait. Raises OSError."""
        self._wants_write = None
        try:
            self._socket.do_handshake()  # type: ignore[attr-defined] # whoever calls this has a socket with TLS
        except ssl.SSLWantReadError:
            return False
        except ssl.SSLWantWriteError:
            self._wants_write = True
            return False
        return True

    @property
    def has_news(self) -> bool:
        """Whether something has come. What TLS says to itself is none: keys, tickets."""
        if not self._is_readable():
            return False
        if not isinstance(self._socket, ssl.SSLSocket):
            return True
        try:
            self._ahead = self.receive()
        except httpx.ReadError:
            return True
        return self._ahead is not None

    def _is_readable(self) -> bool:
        if not hasattr(select, "poll"):  # pragma: no cover - Windows
            return bool(select.select([self._socket], [], [], 0)[0])
        return bool(self._reading().poll(0))

    def block(self, seconds: float | None, *, writing: bool) -> bool:
        """Wait in this thread."""
        if not hasattr(select, "poll"):  # pragma: no cover - Windows
            return self._select(seconds, writing=self._writes(writing=writing))
        for_writing = writing or self._wants_write
        poll = self._either() if for_writing else self._reading()
        return bool(poll.poll(None if seconds is None else math.ceil(seconds * 1000)))

    def _reading(self) -> select.poll:
        if self._reads is None:
            self._reads = select.poll()
            self._reads.register(self._socket, select.POLLIN)
        return self._reads

    def _either(self) -> select.poll:
        """For writing, where an answer is worth trying again too; but TLS may want but one of them."""
        if self._polls is None:
            self._polls = select.poll()
        wanted = {None: select.POLLIN | select.POLLOUT, True: select.POLLOUT, False: select.POLLIN}
        self._polls.register(self._socket, wanted[self._wants_write])
        return self._polls

    def _select(self, seconds: float | None, *, writing: bool) -> bool:  # pragma: no cover - Windows
        writers = [self._socket] if writing else []
        return any(select.select([self._socket], writers, writers, seconds))

    def _writes(self, *, writing: bool) -> bool:
        return writing if self._wants_write is None else self._wants_write

    async def wait(self, seconds: float | None, *, writing: bool) -> bool:
        """Wait in this task of trio."""
        import trio

        ready = trio.lowlevel.wait_writable if self._writes(writing=writing) else trio.lowlevel.wait_readable
        with trio.move_on_after(math.inf if seconds is None else seconds) as scope:
            if writing:
                await first_of(partial(ready, self._socket), partial(trio.lowlevel.wait_readable, self._socket))
            else:
                await ready(self._socket)
        return not scope.cancelled_caught

    def cut(self) -> bool:
        """Rouse whoever waits."""
        self._was_cut = True
        return self._line.cut()

    def close(self) -> None:
        """Give the socket back."""
        self._line.close()

    def about(self, info: str) -> Any:  # noqa: ANN401 - as httpcore's network streams answer
        """What a user asks of a connection."""
        return about(self._socket, info)


async def first_of(*acts: Callable[[], Awaitable[None]]) -> None:
    """Wait for the first of these, in tasks of trio."""
    import trio

    async def act(one: Callable[[], Awaitable[None]]) -> None:
        await one()
        nursery.cancel_scope.cancel()

    async with trio.open_nursery() as nursery:
        for each in acts:
            nursery.start_soon(act, each)


def torn_or_broken(error: OSError) -> Exception:
    """The error for a stream that could not be read further."""
    if isinstance(error, ssl.SSLEOFError):
        return Torn(TORN)
    return lost(error, httpx.ReadError)
