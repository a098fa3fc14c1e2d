"""Whether something mocks httpx's roads, and how a request takes one on which it is seen.

Theory of operation. respx, and VCR.py 8.0 and 8.1, replace `handle_request` of httpcore's connection pools: whoever
calls a pool is seen, and the stock transport does. VCR.py since 8.2 replaces those of httpx's own transports, of which
`httpx.MockTransport` only calls a function. So a request that goes through one whose function is our own sending is
recorded, or answered from the cassette; when it has to go out it does so our way, with its limit and its guard. Each of
them replaces both worlds' methods at once, so the blocking one's are looked at.

`httpx.HTTPTransport` is not looked at: tracers replace its method too, in production, where nothing must change.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Coroutine
from types import FunctionType
from typing import Any

import httpx

_LOADED = sys.modules
_MOCK = httpx.MockTransport


def is_own(kind: type[Any]) -> bool:
    """Whether a class's `handle_request` is as its package wrote it: a plain function that was defined there."""
    found = kind.handle_request
    if type(found) is not FunctionType:  # a wrapper may claim to be one
        return False
    home: str = found.__globals__["__name__"]
    return home.partition(".")[0] == kind.__module__.partition(".")[0]


def is_recording() -> bool:
    """Whether httpx's own transports are replaced."""
    return not is_own(_MOCK)


class Watch:
    """Remembers the methods that mocks replace. httpcore's is looked at once somebody has imported httpcore."""

    __slots__ = ("_mock", "_pool", "_send")
    _mock: object
    _pool: type[Any] | None
    _send: object

    def __init__(self) -> None:
        self._mock = self._pool = self._send = None

    def is_patched(self) -> bool:
        """Whether one of them is not as it was written. Asked before each request, so it costs hardly anything."""
        if _MOCK.handle_request is not self._mock:
            return self._look()
        pool = self._pool
        if pool is None:
            return "httpcore" in _LOADED and self._look()
        return pool.handle_request is not self._send and self._look()

    def _look(self) -> bool:
        """Look at each, and remember those that are as they were written."""
        if is_recording():
            return True
        self._mock = _MOCK.handle_request
        pool = getattr(_LOADED.get("httpcore"), "ConnectionPool", None)
        if pool is None:  # not imported, or only just being so
            return False
        if not is_own(pool):
            return True
        self._pool, self._send = pool, pool.handle_request
        return False


is_patched: Callable[[], bool] = Watch().is_patched
"""Whether a request should be `seen`, on a road over httpcore's pools. Imports nothing."""


def seen(send: Callable[[httpx.Request], httpx.Response], request: httpx.Request) -> httpx.Response:
    """Send over httpcore's pools where respx sees it, and in the way in which VCR.py does."""
    return httpx.MockTransport(send).handle_request(request) if is_recording() else send(request)


async def seen_awaiting(
    send: Callable[[httpx.Request], Coroutine[None, None, httpx.Response]], request: httpx.Request
) -> httpx.Response:
    """Send as `seen` does."""
    return await (httpx.MockTransport(send).handle_async_request if is_recording() else send)(request)
