"""A connection's bytes, under its call's limit.

Theory of operation. httpcore passes the same timeout to each read and write; a `Bound` one is asked anew, each time,
what is left. While a thread waits, the promise `stop` of its call knows how to cut the line: the thread wakes, and
finds that it was called off. Whoever keeps a promise calls its wakers a moment later, perhaps when the step is over and
its waker forgotten. So a step that ends well counts for nothing if the promise is kept by then: its connection must not
go back to the pool, where the late waker would cut it under somebody else's call.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from typing import Any, TypeVar

import httpcore
from typing_extensions import override

from restkit.wire.bound import Bound
from restkit.wire.line import Line

T = TypeVar("T")
Errors = tuple[type[Exception], type[Exception]]
READ: Errors = (httpcore.ReadError, httpcore.ReadTimeout)
WRITE: Errors = (httpcore.WriteError, httpcore.WriteTimeout)
CLOSED = "the connection was closed by another thread"


class BoundStream(httpcore.NetworkStream):
    """httpcore's stream over a socket, with timeouts that may be bound. Closing it rouses whoever waits on it.

    Raises httpcore's errors, and those of `Bound.over`.
    """

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner
        self._socket = inner.get_extra_info("socket")
        self._line = Line(self._socket, inner.close)
        self._waits = self._closed = False

    @override
    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data: bytes = self._step(timeout, READ, self._socket.recv, max_bytes)
        if not data and self._closed:  # an end that is ours, not the server's
            raise httpcore.ReadError(CLOSED)
        return data

    @override
    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if not buffer:  # the end of a body
            return
        rest = memoryview(buffer)
        while rest:
            rest = rest[self._step(timeout, WRITE, self._socket.send, rest) :]

    def _step(self, timeout: float | None, errors: Errors, act: Callable[[Any], T], what: object) -> T:
        bound = timeout if isinstance(timeout, Bound) else None
        stop = None if bound is None else bound.limit.stop
        cut = self._line.cut
        if bound is not None and stop is not None and not stop.enlist(cut):
            raise bound.over()
        self._waits = True
        try:
            if self._closed:
                raise errors[0](CLOSED)
            self._socket.settimeout(timeout if bound is None else bound.seconds())
            answer = act(what)
        except OSError as error:
            if bound is not None and bound.is_over:
                raise bound.over() from error
            raise errors[isinstance(error, TimeoutError)](error) from error
        finally:
            self._waits = False
            if stop is not None:
                stop.forget(cut)
        if bound is not None and bound.is_called_off:
            raise bound.over()
        return answer

    @override
    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> BoundStream:
        try:
            if not isinstance(timeout, Bound):
                return BoundStream(self._inner.start_tls(ssl_context, server_hostname, timeout))
            return BoundStream(self._shake_hands(ssl_context, server_hostname, timeout))
        except Exception:
            self.close()
            raise

    def _shake_hands(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None, timeout: Bound
    ) -> httpcore.NetworkStream:
        stop = timeout.limit.stop
        twin = self._twin()
        try:
            if stop is not None and not stop.enlist(twin.cut):
                raise timeout.over()
            return self._inner.start_tls(ssl_context, server_hostname, timeout.seconds())
        except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
            if timeout.is_over:
                raise timeout.over() from error
            raise
        finally:
            if stop is not None:
                stop.forget(twin.cut)
            twin.close()

    def _twin(self) -> Line:
        """A second hold on the line, since a handshake takes over the first."""
        try:
            twin = self._socket.dup()
        except OSError as error:
            raise httpcore.ConnectError(error) from error
        return Line(twin, twin.close)

    @override
    def close(self) -> None:
        self._closed = True  # first: whoever begins to wait after the next line sees it
        if self._waits:
            _ = self._line.cut()
        self._line.close()

    @override
    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
