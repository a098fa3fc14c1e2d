"""How connections are opened, blocking, under their call's limit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

import httpcore
from typing_extensions import override

from restkit.wire.bound import as_bound
from restkit.wire.budget import Budget
from restkit.wire.dial import begin, begin_unix, dial
from restkit.wire.guard import AddressGuard
from restkit.wire.lane import STRAIGHT, Lane
from restkit.wire.resolve import Resolver, is_literal, look_up, system
from restkit.wire.stream import BoundStream


class BoundBackend(httpcore.NetworkBackend):
    """Looks up names, has their addresses vetted, and connects, with timeouts that may be bound."""

    def __init__(
        self, resolver: Resolver | None = None, guard: AddressGuard | None = None, lane: Lane = STRAIGHT
    ) -> None:
        self._resolver, self._guard, self._lane = resolver or system, guard, lane

    @override
    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> BoundStream:
        bound, options = as_bound(timeout), self._lane.options if socket_options is None else socket_options
        budget = Budget(bound)
        addresses: Sequence[str] = [host]
        if not is_literal(host):
            with bound.tally.times("dns"):
                addresses = look_up(self._resolver, host, port, budget)
        if self._guard is not None:
            self._guard.check(host, addresses)
        with bound.tally.times("connect"):
            start = partial(begin, port=port, local=local_address or self._lane.local, options=options)
            return BoundStream(dial(addresses, start, budget))

    @override
    def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> BoundStream:
        if self._guard is not None:
            self._guard.refuse_unix()
        bound = as_bound(timeout)
        with bound.tally.times("connect"):
            return BoundStream(dial([path], begin_unix, Budget(bound)))
