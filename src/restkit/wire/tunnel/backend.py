"""Tunnels, blocking."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Generator, Iterable
from typing import Any, TypeVar

import httpcore
from typing_extensions import override

from restkit.wire.backend import BoundBackend
from restkit.wire.bound import Bound, as_bound
from restkit.wire.ends import CONNECT, READ, Errors
from restkit.wire.lane import STRAIGHT, Lane
from restkit.wire.resolve import Resolver
from restkit.wire.roads.proxy import Proxy
from restkit.wire.sockets import remote_of
from restkit.wire.stream import BoundStream
from restkit.wire.tunnel import CHUNK
from restkit.wire.tunnel.nested import Nested
from restkit.wire.tunnel.way import Way, connecting, quiet, tls_of

T = TypeVar("T")


class TunnelBackend(BoundBackend):
    """Connects to origins through a proxy, whose name it looks up itself."""

    def __init__(self, proxy: Proxy, resolver: Resolver | None = None, lane: Lane = STRAIGHT) -> None:
        super().__init__(resolver, lane=lane)
        self._proxy = proxy

    @override
    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> Any:
        way, proxy = Way(self._proxy, timeout), self._proxy
        stream = super().connect_tcp(proxy.host, proxy.port, way.dialling(), local_address, socket_options)
        try:
            if proxy.scheme == "https":
                stream = stream.start_tls(tls_of(proxy), proxy.host, way.step())
            with way.named():
                shake(stream, way.handshake(host, port), way.step)
        except BaseException:
            stream.close()
            raise
        return Outer(stream) if proxy.scheme == "https" else stream


def shake(stream: BoundStream, steps: Generator[bytes, bytes, T], step: Callable[[], Bound]) -> T:
    """Go through a handshake's steps."""
    try:
        send = next(steps)
        while True:
            stream.write(send, step())
            send = steps.send(stream.read(CHUNK, step()))
    except StopIteration as end:
        answer: T = end.value
        return answer


class Outer(httpcore.NetworkStream):
    """A tunnel through TLS to its proxy, in which TLS to the origin begins."""

    def __init__(self, stream: BoundStream) -> None:
        self._stream = stream

    @override
    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> NestedStream:
        limited = as_bound(timeout)
        with limited.tally.times("tls"):
            try:
                made = NestedStream(self._stream, Nested(ssl_context, server_hostname))
                made.begin(limited)
            except BaseException:
                self.close()
                raise
        return made

    @override
    def close(self) -> None:
        self._stream.close()


class NestedStream(httpcore.NetworkStream):
    """A connection's bytes over TLS within TLS. Raises httpcore's errors, and those of `Bound.over`."""

    def __init__(self, stream: BoundStream, nested: Nested) -> None:
        self._stream, self._nested = stream, nested
        self._remote = remote_of(stream.get_extra_info("socket"))
        self._ended = False

    def begin(self, limited: Bound) -> None:
        """Shake hands."""
        with connecting():
            self._shake(self._nested.shake_hands(), limited, CONNECT)
            self._stream.write(self._nested.pending(), quiet(limited))

    @override
    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        limited = as_bound(timeout)
        data = self._shake(self._nested.read(max_bytes), limited, READ)
        if data:
            limited.tally.read(len(data))
        else:
            self._ended = True
        return data

    def _shake(self, steps: Generator[bytes, bytes, T], limited: Bound, errors: Errors) -> T:
        try:
            return shake(self._stream, steps, lambda: quiet(limited))
        except OSError as error:
            raise errors[0](error) from error

    @override
    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if not buffer:  # the end of a body
            return
        limited = as_bound(timeout)
        limited.tally.begin(self._remote, self._stream.cut)
        sealed = self._nested.write(buffer)
        limited.tally.write(len(buffer))  # before it is sent: who fails on the way has perhaps been heard
        self._stream.write(sealed, quiet(limited))

    @override
    def close(self) -> None:
        self._stream.close()

    @override
    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable" and self._ended:
            return True
        return self._nested.tls if info == "ssl_object" else self._stream.get_extra_info(info)
