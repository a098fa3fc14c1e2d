"""Tunnels, awaiting."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Generator, Iterable
from typing import Any, TypeVar

import httpcore
from typing_extensions import override

from restkit.wire.awaited import AwaitedStream
from restkit.wire.awaited_backend import AwaitedBackend
from restkit.wire.bound import Bound, as_bound
from restkit.wire.ends import CONNECT, READ, Errors
from restkit.wire.lane import STRAIGHT, Lane
from restkit.wire.resolve import Resolver
from restkit.wire.roads.proxy import Proxy
from restkit.wire.sockets import remote_of
from restkit.wire.tunnel import CHUNK
from restkit.wire.tunnel.nested import Nested
from restkit.wire.tunnel.way import Way, connecting, quiet, tls_of

T = TypeVar("T")


class AwaitedTunnelBackend(AwaitedBackend):
    """Connects to origins through a proxy, whose name it looks up itself."""

    def __init__(self, proxy: Proxy, resolver: Resolver | None = None, lane: Lane = STRAIGHT) -> None:
        super().__init__(resolver, lane=lane)
        self._proxy = proxy

    @override
    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> Any:
        way, proxy = Way(self._proxy, timeout), self._proxy
        stream = await super().connect_tcp(proxy.host, proxy.port, way.dialling(), local_address, socket_options)
        try:
            if proxy.scheme == "https":
                stream = await stream.start_tls(tls_of(proxy), proxy.host, way.step())
            with way.named():
                await ashake(stream, way.handshake(host, port), way.step)
        except BaseException:
            await stream.aclose()
            raise
        return AwaitedOuter(stream) if proxy.scheme == "https" else stream


async def ashake(stream: AwaitedStream, steps: Generator[bytes, bytes, T], step: Callable[[], Bound]) -> T:
    """Go through a handshake's steps."""
    try:
        send = next(steps)
        while True:
            await stream.write(send, step())
            send = steps.send(await stream.read(CHUNK, step()))
    except StopIteration as end:
        answer: T = end.value
        return answer


class AwaitedOuter(httpcore.AsyncNetworkStream):
    """A tunnel through TLS to its proxy, in which TLS to the origin begins."""

    def __init__(self, stream: AwaitedStream) -> None:
        self._stream = stream

    @override
    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> AwaitedNestedStream:
        limited = as_bound(timeout)
        with limited.tally.times("tls"):
            try:
                made = AwaitedNestedStream(self._stream, Nested(ssl_context, server_hostname))
                await made.begin(limited)
            except BaseException:
                await self.aclose()
                raise
        return made

    @override
    async def aclose(self) -> None:
        await self._stream.aclose()


class AwaitedNestedStream(httpcore.AsyncNetworkStream):
    """A connection's bytes over TLS within TLS. Raises httpcore's errors, and those of `Bound.over`."""

    def __init__(self, stream: AwaitedStream, nested: Nested) -> None:
        self._stream, self._nested = stream, nested
        self._remote = remote_of(stream.get_extra_info("socket"))
        self._ended = False

    async def begin(self, limited: Bound) -> None:
        """Shake hands."""
        with connecting():
            await self._shake(self._nested.shake_hands(), limited, CONNECT)
            await self._stream.write(self._nested.pending(), quiet(limited))

    @override
    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        limited = as_bound(timeout)
        data = await self._shake(self._nested.read(max_bytes), limited, READ)
        if data:
            limited.tally.read(len(data))
        else:
            self._ended = True
        return data

    async def _shake(self, steps: Generator[bytes, bytes, T], limited: Bound, errors: Errors) -> T:
        try:
            return await ashake(self._stream, steps, lambda: quiet(limited))
        except OSError as error:
            raise errors[0](error) from error

    @override
    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if not buffer:  # the end of a body
            return
        limited = as_bound(timeout)
        limited.tally.begin(self._remote, self._stream.cut)
        sealed = self._nested.write(buffer)
        limited.tally.write(len(buffer))  # before it is sent: who fails on the way has perhaps been heard
        await self._stream.write(sealed, quiet(limited))

    @override
    async def aclose(self) -> None:
        await self._stream.aclose()

    @override
    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable" and self._ended:
            return True
        return self._nested.tls if info == "ssl_object" else self._stream.get_extra_info(info)
