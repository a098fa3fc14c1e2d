"""The transport: HTTP/1.1 over connections of our own, whole and within bounds, for both worlds."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

import httpx
from typing_extensions import override

from restkit.flow.deadline import KEY as LIMIT
from restkit.flow.send import held, hold_body
from restkit.wire.bound import FREE
from restkit.wire.decoding import decoded
from restkit.wire.direct import Direct, Opening
from restkit.wire.patched import is_patched
from restkit.wire.pools import PerLoop
from restkit.wire.resolve import system
from restkit.wire.stock import Stock, checked_guard, checked_resolver
from restkit.wire.tls import Tls

if TYPE_CHECKING:
    from restkit.wire.direct.opening import SocketOption
    from restkit.wire.guard import AddressGuard
    from restkit.wire.resolve import Resolver
    from restkit.wire.tls.identity import Cert, Verify

USUAL = httpx.Limits(max_connections=100, max_keepalive_connections=20)


class WireTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A transport for `httpx.Client`, `httpx.AsyncClient` and restkit's own clients, which make one by themselves.

    It has one pool for all threads, and one for each event loop. Every step asks anew how much of the request's time is
    left; a name's addresses are tried side by side; answers are held to HTTP's rules, and decoded completely or not at
    all. What is known of a request on the wire stands in `response.extensions["restkit.wire"]`, or, if it failed, in
    those of the request: see `WireFacts`.

    Parameters: `verify`, `limits`, `cert`, `uds`, `local_address` and `socket_options` as httpx has them; `pins`, of
    which a server must show one; `max_response_bytes`, the most that a body may have, decoded, None for any size;
    `resolver` finds the addresses of a host, `guard` says which may be called; `trust_env` lets the environment say
    whom to trust. Raises ConfigError.
    """

    obeys_limit: bool = True
    """Whether it asks a request's limit by itself: nobody need set a scope around it."""

    def __init__(  # noqa: PLR0913 - what a transport can be told, by keyword
        self,
        verify: Verify | Tls = True,  # noqa: FBT002 - httpx's own spelling
        limits: httpx.Limits | None = None,
        *,
        cert: Cert | None = None,
        pins: Iterable[str] = (),
        trust_env: bool = False,
        max_response_bytes: int | None = None,
        uds: str | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] = (),
        resolver: Resolver | None = None,
        guard: AddressGuard | None = None,
    ) -> None:
        self._tls = verify if isinstance(verify, Tls) else Tls(verify, cert, pins, trust_env)
        if not self._tls.is_plain:
            _ = self._tls.context()  # now, since files may be wrong
        self._limits = limits or USUAL
        self._resolver, self._guard = checked_resolver(resolver), checked_guard(guard)
        self._most_bytes = max_response_bytes
        opening = Opening(self._resolver or system, self._guard, self._tls, uds, local_address, tuple(socket_options))
        self._blocking = Direct(opening, self._limits)
        self._awaiting = PerLoop(lambda: Direct(opening, self._limits))

    @cached_property
    def _stock(self) -> Stock:
        """Over httpcore's pools."""
        return Stock(self._tls, self._limits, resolver=self._resolver, guard=self._guard)

    @property
    def is_open(self) -> bool:
        """Whether there is anything to close."""
        return self._blocking.pool.is_open or self._awaiting.is_open or self._has_stock

    @property
    def _has_stock(self) -> bool:
        return "_stock" in self.__dict__ and self._stock.is_open

    @override
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if is_patched():
            return self._by_stock(request)
        self._check(request)
        return decoded(self._blocking.handle_request(request), self._most_bytes, method=request.method)

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if is_patched():
            return await self._by_awaiting_stock(request)
        self._check(request)
        response = await self._awaiting.handle_async_request(request)
        return decoded(response, self._most_bytes, method=request.method)

    def _by_stock(self, request: httpx.Request) -> httpx.Response:
        return decoded(self._stock.handle_request(request), self._most_bytes, method=request.method)

    async def _by_awaiting_stock(self, request: httpx.Request) -> httpx.Response:
        limit = request.extensions.get(LIMIT, FREE)
        response = await held(lambda: self._stock.handle_async_request(request), request, limit)
        hold_body(response, limit)
        return decoded(response, self._most_bytes, method=request.method)

    def _check(self, request: httpx.Request) -> None:
        if self._guard is not None:
            self._guard.check_scheme(request.url)

    @override
    def close(self) -> None:
        self._blocking.close()
        if self._has_stock:
            self._stock.close()

    @override
    async def aclose(self) -> None:
        await self._awaiting.aclose()
        if self._has_stock:
            await self._stock.aclose()
