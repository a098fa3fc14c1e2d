"""A connection's bytes, blocking, under its call's limit.

Theory of operation. httpcore passes the same timeout to each read and write; a `Bound` one is asked anew, each time,
what is left. While a thread waits, the promise `stop` of its call knows how to cut the line: the thread wakes, and
finds that it was called off. Whoever keeps a promise calls its wakers a moment later, perhaps when the step is over and
its waker forgotten. So a step that ends well counts for nothing if the promise is kept by then: its connection must not
go back to the pool, where the late waker would cut it under somebody else's call.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import httpcore
from typing_extensions import override

from restkit.wire import tls
from restkit.wire.bound import Bound, as_bound
from restkit.wire.ends import CLOSED, CONNECT, READ, WRITE, Errors, wrapped
from restkit.wire.line import Line
from restkit.wire.sockets import about, remote_of

T = TypeVar("T")


class BoundStream(httpcore.NetworkStream):
    """A connected socket, with timeouts that may be bound. Closing it rouses whoever waits on it.

    Raises httpcore's errors, and those of `Bound.over`.
    """

    def __init__(self, line: socket.socket) -> None:
        self._socket = line
        self._remote = remote_of(line)
        self._line = Line(line, line.close)
        self._waits = self._closed = self._ended = False

    @override
    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        bound = as_bound(timeout)
        data = self._step(bound, READ, self._socket.recv, max_bytes)
        if data:
            tls.note(self._socket, data, bound.tally)
        elif self._closed:  # an end that is ours, not the server's
            raise httpcore.ReadError(CLOSED)
        else:
            self._ended = True
        return data

    @override
    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if not buffer:  # the end of a body
            return
        bound, rest = as_bound(timeout), memoryview(buffer)
        bound.tally.begin(self._remote, self.cut)
        while rest:
            sent = self._step(bound, WRITE, self._socket.send, rest)
            bound.tally.write(sent)
            rest = rest[sent:]

    def _step(self, bound: Bound, errors: Errors, act: Callable[..., T], *what: object) -> T:
        stop, cut = bound.limit.stop, self._line.cut
        if stop is not None and not stop.enlist(cut):
            raise bound.over()
        self._waits = True
        try:
            if self._closed:
                raise errors[0](CLOSED)
            self._socket.settimeout(bound.seconds())
            answer = act(*what)
        except OSError as error:
            if bound.is_over:
                raise bound.over() from error
            raise tls.lost(error, errors[isinstance(error, TimeoutError)]) from error
        finally:
            self._waits = False
            if stop is not None:
                stop.forget(cut)
        if stop is not None and stop.is_kept:
            raise bound.over()
        return answer

    @override
    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> BoundStream:
        bound = as_bound(timeout)
        with bound.tally.times("tls"):
            try:
                line = wrapped(self._socket, tls.real(ssl_context), tls.server_name(server_hostname))
            except BaseException:
                self.close()
                raise
            secure = BoundStream(line)
            try:
                shake = partial(tls.shake_hands, line, ssl_context, server_hostname or "the server")
                secure.shake_hands(shake, bound)
            except BaseException:
                secure.close()
                raise
        return secure

    def shake_hands(self, act: Callable[[], None], bound: Bound) -> None:
        """Begin TLS: `act` is its socket's own way to."""
        self._step(bound, CONNECT, act)

    def cut(self) -> bool:
        """End it under whoever uses it. It is still to be closed."""
        return self._line.cut()

    @override
    def close(self) -> None:
        self._closed = True  # first: whoever begins to wait after the next line sees it
        if self._waits:
            _ = self._line.cut()
        self._line.close()

    @override
    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable" and self._ended:  # TLS is over, though the connection may not be
            return True
        return about(self._socket, info)
