"""The transports that are to behave alike, as a table: what is added here is tested beside the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from typing_extensions import override

from restkit import WireTransport
from restkit.wire import Stock

Make = Callable[..., Any]


def transports(*, stock: Make = Stock) -> list[Any]:
    """Each as a parameter of a test, under its name; another beside ours, where the stock cannot do what is asked."""
    return [pytest.param(make, id=make.__name__) for make in (stock, WireTransport)]


class Httpx(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """httpx's own, of both worlds: the reference."""

    def __init__(self, **settings: Any) -> None:
        self._blocking, self._awaiting = httpx.HTTPTransport(**settings), httpx.AsyncHTTPTransport(**settings)

    @override
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send, blocking."""
        return self._blocking.handle_request(request)

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send, awaiting."""
        return await self._awaiting.handle_async_request(request)

    @override
    def close(self) -> None:
        """Close the blocking one."""
        self._blocking.close()

    @override
    async def aclose(self) -> None:
        """Close the awaiting one."""
        await self._awaiting.aclose()
