"""The transport: HTTP/1.1 over connections of our own, whole and within bounds, for both worlds."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import httpx
from typing_extensions import override

from restkit.wire.decoding import decoded
from restkit.wire.direct import Direct, Opening
from restkit.wire.pools import PerLoop
from restkit.wire.resolve import system
from restkit.wire.stock import checked_guard, checked_resolver
from restkit.wire.tls import tls_context

if TYPE_CHECKING:
    from restkit.wire.guard import AddressGuard
    from restkit.wire.resolve import Resolver


class WireTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A transport for `httpx.Client`, `httpx.AsyncClient` and restkit's own clients, which make one by themselves.

    It has one pool for all threads, and one for each event loop. Every step asks anew how much of the request's time is
    left; a name's addresses are tried side by side; answers are held to HTTP's rules, and decoded completely or not at
    all. What is known of a request on the wire stands in `response.extensions["restkit.wire"]`, or, if it failed, in
    those of the request: see `WireFacts`.

    Parameters: `verify` and `limits` as httpx has them; `max_response_bytes`, the most that a body may have, decoded,
    None for any size; `resolver` finds the addresses of a host, `guard` says which may be called. The environment is
    not read. Raises ConfigError.
    """

    obeys_limit: bool = True
    """Whether it asks a request's limit by itself: nobody need set a scope around it."""

    def __init__(
        self,
        verify: bool | ssl.SSLContext = True,  # noqa: FBT001, FBT002 - httpx's own spelling
        limits: httpx.Limits | None = None,
        *,
        max_response_bytes: int | None = None,
        resolver: Resolver | None = None,
        guard: AddressGuard | None = None,
    ) -> None:
        tls: bool | ssl.SSLContext = verify if verify is True else tls_context(verify)
        self._guard = checked_guard(guard)
        opening = Opening(checked_resolver(resolver) or system, self._guard, lambda: tls_context(tls))
        most = limits or httpx.Limits(max_connections=100, max_keepalive_connections=20)
        self._most_bytes = max_response_bytes
        self._blocking = Direct(opening, most)
        self._awaiting = PerLoop(lambda: Direct(opening, most))

    @property
    def is_open(self) -> bool:
        """Whether there is anything to close."""
        return self._blocking.pool.is_open or self._awaiting.is_open

    @override
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._check(request)
        return decoded(self._blocking.handle_request(request), self._most_bytes, method=request.method)

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._check(request)
        response = await self._awaiting.handle_async_request(request)
        return decoded(response, self._most_bytes, method=request.method)

    def _check(self, request: httpx.Request) -> None:
        if self._guard is not None:
            self._guard.check_scheme(request.url)

    @override
    def close(self) -> None:
        self._blocking.close()

    @override
    async def aclose(self) -> None:
        await self._awaiting.aclose()
