"""How connections are opened, awaiting, under their call's limit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

import httpcore
from typing_extensions import override

from restkit.wire.awaited import AwaitedStream, bounded
from restkit.wire.awaited_dial import adial
from restkit.wire.bound import Bound, as_bound
from restkit.wire.dial import Begin, begin, begin_unix
from restkit.wire.ends import CONNECT
from restkit.wire.guard import AddressGuard
from restkit.wire.lane import STRAIGHT, Lane
from restkit.wire.resolve import Resolver, alook_up, is_literal, system


class AwaitedBackend(httpcore.AsyncNetworkBackend):
    """Looks up names, has their addresses vetted, and connects, with timeouts that may be bound."""

    def __init__(
        self, resolver: Resolver | None = None, guard: AddressGuard | None = None, lane: Lane = STRAIGHT
    ) -> None:
        self._resolver, self._guard, self._lane = resolver or system, guard, lane

    @override
    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> AwaitedStream:
        bound, options = as_bound(timeout), self._lane.options if socket_options is None else socket_options
        start = partial(begin, port=port, local=local_address or self._lane.local, options=options)
        return await bounded(bound, CONNECT, partial(self._connect, host, port, start, bound))

    async def _connect(self, host: str, port: int, start: Begin, bound: Bound) -> AwaitedStream:
        addresses: Sequence[str] = [host]
        if not is_literal(host):
            with bound.tally.times("dns"):
                addresses = await alook_up(self._resolver, host, port)
        if self._guard is not None:
            self._guard.check(host, addresses)
        with bound.tally.times("connect"):
            return AwaitedStream(await adial(addresses, start))

    @override
    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> AwaitedStream:
        if self._guard is not None:
            self._guard.refuse_unix()
        bound = as_bound(timeout)
        with bound.tally.times("connect"):
            return AwaitedStream(await bounded(bound, CONNECT, partial(adial, [path], begin_unix)))
