"""A channel over asyncio's transports and protocols.

Theory of operation. The loop reads whenever something has come, so that what comes or ends while a connection is idle
is known without asking. What is read and not yet taken is bounded: beyond that the loop stops reading. There is one
timer for a channel, not one for each step: a step only moves its due time, and a timer that fires too early is set
again. A peer that resets the connection may have answered before; what lies in the socket then is read at the last
moment, when the loop says that the connection is lost.
"""

from __future__ import annotations

import asyncio
import contextlib
import select
import socket
import ssl
import threading
from collections.abc import Callable
from typing import Any, cast

import httpx
from typing_extensions import override

from restkit.wire.direct.channel import CLOSED, TORN, Torn
from restkit.wire.facts import Remote
from restkit.wire.sockets import is_readable, remote_of
from restkit.wire.tls import lost

MUCH = 512 * 1024
"""Bytes that may lie here before the loop stops reading."""
LEFT_BEHIND = 64 * 1024
"""Bytes to ask for at once, of those in the socket of a connection that is lost."""
EARLY = 0.001
"""Seconds by which a timer may fire before its moment."""


class ProtocolChannel(asyncio.Protocol):
    """A connection of one event loop."""

    reads_ahead: bool = True
    _transport: asyncio.Transport

    def __init__(self, loop: asyncio.AbstractEventLoop, line: socket.socket, *, secure: bool) -> None:
        self._loop, self._socket, self._secure = loop, line, secure
        self._thread = threading.get_ident()
        self._remote = remote_of(line)
        self._parts: list[bytes] = []
        self._size = 0
        self._ended = self._lost = self._reads_paused = self._writes_paused = False
        self._error: Exception | None = None
        self._waiter: asyncio.Future[bool] | None = None
        self._due = 0.0
        self._poll: select.poll | None = None
        if hasattr(select, "poll"):  # pragma: no branch - Windows
            self._poll = select.poll()
            self._poll.register(line, select.POLLIN)
        self._timer: asyncio.TimerHandle | None = None

    @property
    def remote(self) -> Remote | None:
        """The address and port at the other end."""
        return self._remote

    @property
    def is_connected(self) -> bool:
        """Whether the loop has made a transport for it."""
        return hasattr(self, "_transport")

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # what a Protocol is given
        self._transport.set_write_buffer_limits(high=1, low=0)  # TLS never resumes from 0

    @override
    def data_received(self, data: bytes) -> None:
        self._parts.append(data)
        self._size += len(data)
        if self._size > MUCH and not self._reads_paused:
            self._reads_paused = True
            self._transport.pause_reading()
        self._rouse()

    @override
    def eof_received(self) -> None:
        if self._secure and not has_said_so(self._transport.get_extra_info("ssl_object")):
            self._error = Torn(TORN)  # asyncio hides the difference
        else:
            self._ended = True
        self._rouse()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        if exc is not None and not self._secure:
            with contextlib.suppress(OSError):
                while self._size < MUCH and (data := self._socket.recv(LEFT_BEHIND)):
                    self._parts.append(data)
                    self._size += len(data)
        self._lost, self._error = True, self._error or exc
        if self._timer is not None:
            self._timer.cancel()
        self._rouse()

    @override
    def pause_writing(self) -> None:
        self._writes_paused = True

    @override
    def resume_writing(self) -> None:
        self._writes_paused = False
        self._rouse()

    def _rouse(self, *, in_time: bool = True) -> None:
        waiter = self._waiter
        if waiter is not None and not waiter.done():
            waiter.set_result(in_time)

    def receive(self) -> bytes | None:
        """What has come; None if nothing has."""
        parts = self._parts
        if parts:
            data = parts[0] if len(parts) == 1 else b"".join(parts)
            parts.clear()
            self._size = 0
            if self._reads_paused and not self._lost:
                self._reads_paused = False
                self._transport.resume_reading()
            return data
        if self._ended:
            return b""
        if self._lost or self._error:
            raise self._why()
        return None

    def _why(self) -> Exception:
        if isinstance(self._error, Torn):
            return self._error
        if isinstance(self._error, OSError):
            made = lost(self._error, httpx.ReadError)
            made.__cause__ = self._error
            return made
        return httpx.ReadError(CLOSED)

    def send(self, data: bytes | memoryview) -> int:
        """How many of these bytes were taken: all or none."""
        transport = self._transport
        if not transport.is_closing():
            if self._writes_paused:
                return 0
            transport.write(data)
            if not transport.is_closing():
                return len(data)
        raise httpx.WriteError(str(self._error or CLOSED)) from self._error

    @property
    def unsent(self) -> int:
        """How many bytes wait in the transport."""
        return self._transport.get_write_buffer_size()

    @property
    def has_news(self) -> bool:
        """Whether something has come: to the loop, or to the socket while the loop was busy."""
        return bool(self._parts or self._ended or self._lost or self._error) or self._is_readable()

    def _is_readable(self) -> bool:
        if self._poll is None:  # pragma: no cover - Windows
            return is_readable(self._socket)
        return bool(self._poll.poll(0))

    async def wait(self, seconds: float | None, *, writing: bool) -> bool:
        """Wait in this task of asyncio."""
        if self._parts or self._ended or self._lost or self._error or (writing and not self._writes_paused):
            return True
        waiter: asyncio.Future[bool] = self._loop.create_future()
        self._waiter = waiter
        if seconds is not None:
            self._set_timer(seconds)
        try:
            return await waiter
        finally:
            self._waiter = None

    def _set_timer(self, seconds: float) -> None:
        self._due = due = self._loop.time() + seconds
        timer = self._timer
        if timer is None or timer.when() > due:
            if timer is not None:
                timer.cancel()
            self._timer = self._loop.call_at(due, self._tick)

    def _tick(self) -> None:
        self._timer = None
        if self._waiter is None:
            return
        if self._loop.time() < self._due - EARLY:
            self._timer = self._loop.call_at(self._due, self._tick)
        else:
            self._rouse(in_time=False)

    def cut(self) -> bool:
        """Rouse whoever waits."""
        return self._on_loop(self._abort)

    def close(self) -> None:
        """Give the connection back."""
        _ = self._on_loop(self._abort)

    def _abort(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._transport.abort()

    def _on_loop(self, act: Callable[[], object]) -> bool:
        try:
            _ = act() if threading.get_ident() == self._thread else self._loop.call_soon_threadsafe(act)
        except RuntimeError:  # that loop is closed
            self._socket.close()
            return False
        return True

    def about(self, info: str) -> Any:  # noqa: ANN401 - as httpcore's network streams answer
        """What a user asks of a connection."""
        match info:
            case "socket" | "ssl_object":
                return self._transport.get_extra_info(info)
            case "client_addr":
                return self._transport.get_extra_info("sockname")
            case "server_addr":
                return self._transport.get_extra_info("peername")
            case "is_readable":
                return self.has_news
            case _:
                return None


def has_said_so(session: ssl.SSLObject) -> bool:
    """Whether a session that has ended was ended by its peer: by the word of TLS for that (RFC 8446 section 6.1)."""
    try:
        return not session.read(1)
    except ssl.SSLError as error:
        return isinstance(error, ssl.SSLZeroReturnError)
