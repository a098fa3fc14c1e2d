"""The transports of every road but our own: httpcore's pools, one stock for each road, and what users mount."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeAlias

import httpx

from restkit.flow.deadline import KEY as LIMIT
from restkit.flow.deadline import clamp
from restkit.flow.forks import forks
from restkit.flow.send import held, hold_body
from restkit.wire.bound import FREE
from restkit.wire.roads import Direct, Http2, Mounted, Roads, Through
from restkit.wire.stock import Stock

Stocked: TypeAlias = Direct | Http2 | Through


class Elsewhere:
    """Sends by the road that is chosen, under the request's limit. Stocks are made when they are first needed."""

    def __init__(self, roads: Roads, make: Callable[[Stocked], Stock]) -> None:
        self._roads, self._make = roads, make
        self._lock: threading.Lock = threading.Lock()
        self._stocks: dict[Stocked, Stock] = {}
        forks.add(self)

    @property
    def is_open(self) -> bool:
        """Whether there is anything to close."""
        return any(each.is_open for each in list(self._stocks.values()))

    def send(self, request: httpx.Request) -> httpx.Response:
        """Send, blocking."""
        transport = self._transport_for(request.url)
        if not isinstance(transport, httpx.BaseTransport):
            raise httpx.UnsupportedProtocol("what is mounted for this URL is no blocking transport")
        limit = request.extensions.get(LIMIT, FREE)
        left = limit.seconds()
        if left is not None:
            clamp(request, left)
        response = transport.handle_request(request)
        hold_body(response, limit)
        return response

    async def asend(self, request: httpx.Request) -> httpx.Response:
        """Send, awaiting."""
        transport = self._transport_for(request.url)
        if not isinstance(transport, httpx.AsyncBaseTransport):
            raise httpx.UnsupportedProtocol("what is mounted for this URL is no awaiting transport")
        limit = request.extensions.get(LIMIT, FREE)
        response = await held(lambda: transport.handle_async_request(request), request, limit)
        hold_body(response, limit)
        return response

    def _transport_for(self, url: httpx.URL) -> httpx.BaseTransport | httpx.AsyncBaseTransport:
        road = self._roads.road_for(url)
        return road.transport if isinstance(road, Mounted) else self._stocks.get(road) or self._open(road)

    def _open(self, road: Stocked) -> Stock:
        made = self._make(road)
        with self._lock:
            return self._stocks.setdefault(road, made)

    def close(self) -> None:
        """Close everything, and what is mounted."""
        for stock in list(self._stocks.values()):
            stock.close()
        for each in self._roads.mounted:
            if isinstance(each.transport, httpx.BaseTransport):
                each.transport.close()

    async def aclose(self) -> None:
        """Close everything, and what is mounted."""
        for stock in list(self._stocks.values()):
            await stock.aclose()
        for each in self._roads.mounted:
            if isinstance(each.transport, httpx.AsyncBaseTransport):
                await each.transport.aclose()

    def after_fork(self) -> None:
        """In the child: a lock that may have been held there."""
        self._lock = threading.Lock()
