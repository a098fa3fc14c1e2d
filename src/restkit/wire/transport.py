"""The transport: HTTP/1.1 over connections of our own, whole and within bounds, for both worlds."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Self

import httpx
from typing_extensions import override

from restkit.flow.body import STREAMED
from restkit.wire import roads
from restkit.wire.cap import checked_cap
from restkit.wire.decoding import decoded
from restkit.wire.direct import DirectTransport, Opening, Whole
from restkit.wire.elsewhere import Elsewhere, Stocked
from restkit.wire.patched import is_patched
from restkit.wire.pools import PerLoop
from restkit.wire.resolve import system
from restkit.wire.stock import Stock, checked_address, checked_guard, checked_resolver
from restkit.wire.tls import Tls

if TYPE_CHECKING:
    from restkit.wire.dial import SocketOption
    from restkit.wire.guard import AddressGuard
    from restkit.wire.resolve import Resolver
    from restkit.wire.tls.identity import Cert, Verify

USUAL = httpx.Limits(max_connections=100, max_keepalive_connections=100)
"""All may be idle for the five seconds that httpx allows: many calls at once are often followed by as many."""


class WireTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A transport for `httpx.Client`, `httpx.AsyncClient` and restkit's own clients, which make one by themselves.

    It has one pool for all threads, and one for each event loop. Every step asks anew how much of the request's time is
    left; a name's addresses are tried side by side; answers are held to HTTP's rules, and decoded completely or not at
    all. What is known of a request on the wire stands in `response.extensions["restkit.wire"]`, or, if it failed, in
    those of the request: see `WireFacts`. HTTP/2 and proxies go over httpcore's pools, and so does everything while
    these are mocked.

    Parameters: `verify`, `limits`, `cert`, `proxy`, `mounts`, `http2`, `uds`, `local_address` and `socket_options` as
    httpx has them; `trust_env`, whether the environment is read, for proxies and authorities; `pins`, of the keys of
    which a server must show one; `max_response_bytes`, the most that a body may have, decoded, None for any size;
    `resolver` finds the addresses of a host, `guard` says which may be called. Raises ConfigError.
    """

    obeys_limit: bool = True
    """Whether it asks a request's limit by itself: nobody need set a scope around it."""
    guards_bodies: bool = True
    """Whether it holds bodies to their length, their coding and its cap by itself: `Guards` need not."""

    def __init__(  # noqa: PLR0913 - what a transport can be told, by keyword
        self,
        verify: Verify | Tls = True,  # noqa: FBT002 - httpx's own spelling
        limits: httpx.Limits | None = None,
        *,
        cert: Cert | None = None,
        pins: Iterable[str] = (),
        trust_env: bool = False,
        proxy: str | httpx.URL | httpx.Proxy | roads.Proxy | None = None,
        mounts: Mapping[str, object] | None = None,
        http2: bool = False,
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
        self._roads = roads.Roads(proxy, mounts, trust_env, http2, uds)
        roads.check_guard(guard, self._roads.leads_elsewhere)
        self._resolver, self._guard = checked_resolver(resolver), checked_guard(guard)
        self._limits, self._most_bytes = limits or USUAL, checked_cap("max_response_bytes", max_response_bytes)
        self._local, self._options = checked_address(local_address), tuple(socket_options)
        opening = Opening(self._resolver or system, self._guard, self._tls, uds, self._local, self._options)
        self._is_straight = isinstance(self._roads.only, roads.Direct)
        self._blocking = DirectTransport(opening, self._limits)
        self._awaiting = PerLoop(lambda: DirectTransport(opening, self._limits))
        self._elsewhere = Elsewhere(self._roads, self._stock)

    @property
    def is_certified(self) -> bool:
        """Whether it shows a client certificate to servers that ask. What a context of your own has, it cannot know."""
        return self._tls.cert is not None

    @property
    def is_open(self) -> bool:
        """Whether there is anything to close."""
        return self._blocking.pool.is_open or self._awaiting.is_open or self._elsewhere.is_open

    @override
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        send = self._blocking.handle_request if self._goes_straight(request.url) else self._elsewhere.send
        return self._decoded(send(request), request)

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self._goes_straight(request.url):
            return self._decoded(await (self._awaiting.here or self._awaiting).handle_async_request(request), request)
        return self._decoded(await self._elsewhere.asend(request), request)

    def _decoded(self, response: httpx.Response, request: httpx.Request) -> httpx.Response:
        most = None if STREAMED in request.extensions else self._most_bytes
        if isinstance(response, Whole) and (most is None or response.size <= most):
            return response
        return decoded(response, most, method=request.method)

    def _goes_straight(self, url: httpx.URL) -> bool:
        if self._guard is not None:
            self._guard.check_scheme(url)
        if is_patched():
            return False
        return self._is_straight or isinstance(self._roads.road_for(url), roads.Direct)

    def _stock(self, road: Stocked) -> Stock:
        proxy = road.proxy if isinstance(road, roads.Through) else None
        http2 = isinstance(road, roads.Http2) or (isinstance(road, roads.Through) and road.http2)
        return Stock(
            self._tls,
            self._limits,
            resolver=self._resolver,
            guard=self._guard,
            proxy=proxy,
            http2=http2,
            local_address=self._local,
            socket_options=self._options,
        )

    def within_cap(self, most_bytes: int | None) -> Self:
        """The same transport on the same pools, with this cap unless it has one of its own."""
        if most_bytes is None or self._most_bytes is not None:
            return self
        twin = copy.copy(self)
        twin.__dict__["_most_bytes"] = most_bytes
        return twin

    @override
    def close(self) -> None:
        self._blocking.close()
        self._elsewhere.close()

    @override
    async def aclose(self) -> None:
        await self._awaiting.aclose()
        await self._elsewhere.aclose()
