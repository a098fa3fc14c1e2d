"""A connection's bytes, awaiting, under its call's limit.

Theory of operation. A step is tried at once, on a socket that does not block; only if it would have to wait is there a
cancel scope, one for the step. So what the system has taken is known to the byte, also of a write that fails. A socket
must not be closed under a task that waits on it: it would never wake. `aclose` shuts the line down instead, and the
task closes it on its way out.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeVar

import anyio
import httpcore
from anyio.lowlevel import checkpoint
from typing_extensions import override

from restkit.flow.scope import within
from restkit.wire import tls
from restkit.wire.bound import Bound, as_bound
from restkit.wire.ends import CLOSED, CONNECT, READ, WRITE, Errors, wrapped
from restkit.wire.line import Line
from restkit.wire.sockets import about, remote_of

T = TypeVar("T")
Ready = Callable[[socket.socket], Awaitable[None]]
GREED = 16
"""Steps in a row that need no waiting, after which other tasks have their turn."""


class AwaitedStream(httpcore.AsyncNetworkStream):
    """A connected socket that does not block, with timeouts that may be bound. Closing it rouses whoever waits on it.

    Raises httpcore's errors, and those of `Bound.over`.
    """

    def __init__(self, line: socket.socket) -> None:
        self._socket = line
        self._remote = remote_of(line)
        self._line = Line(line, line.close)
        self._waiting = self._greed = 0
        self._closed = self._ended = False

    @override
    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        bound = as_bound(timeout)
        data = await self._step(bound, READ, partial(self._socket.recv, max_bytes), anyio.wait_readable)
        if data:
            tls.note(self._socket, data, bound.tally)
        else:
            self._ended = True
        return data

    @override
    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if not buffer:  # the end of a body
            return
        bound, rest = as_bound(timeout), memoryview(buffer)
        bound.tally.begin(self._remote, self.cut)
        while rest:
            sent = await self._step(bound, WRITE, partial(self._socket.send, rest), anyio.wait_writable)
            bound.tally.write(sent)
            rest = rest[sent:]

    async def _step(self, bound: Bound, errors: Errors, act: Callable[[], T], ready: Ready) -> T:
        if bound.is_called_off:
            raise bound.over()
        _ = bound.seconds()  # raises, if nothing is left
        self._greed += 1
        if self._greed > GREED:
            self._greed = 0
            await checkpoint()
        wanted = self._try(errors, act, ready)
        if not isinstance(wanted, Wanted):
            return wanted
        self._greed = 0
        return await bounded(bound, errors, partial(self._patiently, errors, act, ready, wanted))

    def _try(self, errors: Errors, act: Callable[[], T], ready: Ready) -> T | Wanted:
        """Act; or, where that would block, tell what to wait for."""
        if self._closed:
            raise errors[0](CLOSED)
        try:
            return act()
        except BlockingIOError:
            return Wanted(ready)
        except ssl.SSLWantReadError:
            return Wanted(anyio.wait_readable)
        except ssl.SSLWantWriteError:
            return Wanted(anyio.wait_writable)
        except OSError as error:
            raise tls.lost(error, errors[0]) from error

    async def _patiently(self, errors: Errors, act: Callable[[], T], ready: Ready, wanted: Wanted) -> T:
        self._waiting += 1
        try:
            while True:
                await wanted.ready(self._socket)
                answer = self._try(errors, act, ready)
                if not isinstance(answer, Wanted):
                    return answer
                wanted = answer
        finally:
            self._waiting -= 1
            if self._closed and not self._waiting:
                self._line.close()

    @override
    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> AwaitedStream:
        bound = as_bound(timeout)
        with bound.tally.times("tls"):
            try:
                line = wrapped(self._socket, tls.real(ssl_context), tls.server_name(server_hostname))
            except BaseException:
                self._line.close()
                raise
            secure = AwaitedStream(line)
            try:
                shake = partial(tls.shake_hands, line, ssl_context, server_hostname or "the server")
                await secure.shake_hands(shake, bound)
            except BaseException:
                await secure.aclose()
                raise
        return secure

    async def shake_hands(self, act: Callable[[], None], bound: Bound) -> None:
        """Begin TLS: `act` is its socket's own way to."""
        await self._step(bound, CONNECT, act, anyio.wait_readable)

    def cut(self) -> bool:
        """End it under whoever uses it. It is still to be closed."""
        return self._line.cut()

    @override
    async def aclose(self) -> None:
        self._closed = True
        if self._waiting:
            _ = self._line.cut()
        else:
            self._line.close()

    @override
    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable" and self._ended:  # TLS is over, though the connection may not be
            return True
        return about(self._socket, info)


class Wanted:
    """What a step has to wait for."""

    __slots__ = ("ready",)
    ready: Ready

    def __init__(self, ready: Ready) -> None:
        self.ready = ready


async def bounded(bound: Bound, errors: Errors, act: Callable[[], Awaitable[T]]) -> T:
    """Act, for as long as a timeout and its call's limit allow; then raise."""

    def over() -> Exception:
        return bound.over() if bound.is_over else errors[1]("the time for this step is over")

    return await within(act, bound.seconds(), bound.limit.stop, over)
