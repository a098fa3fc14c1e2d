"""httpx's own transports, made when they are first used: one for all threads, one for each event loop."""

from __future__ import annotations

import ssl
import threading

import httpx
from typing_extensions import override

from restkit.wire.pools import PerLoop, forks, set_aside
from restkit.wire.tls import tls_context


class Stock(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A transport of both worlds over httpx's own. `verify` and `limits` are httpx's; the environment is not read."""

    def __init__(self, verify: bool | ssl.SSLContext = True, limits: httpx.Limits | None = None) -> None:  # noqa: FBT001, FBT002 - httpx's own spelling
        self._verify = verify if verify is True else tls_context(verify)
        self._limits = limits or httpx.Limits(max_connections=100, max_keepalive_connections=20)
        self._lock = threading.Lock()
        self._blocking: httpx.HTTPTransport | None = None
        self._awaiting = PerLoop(self._make_awaiting)
        forks.add(self)

    @property
    def is_open(self) -> bool:
        """Whether there is anything to close."""
        return self._blocking is not None or self._awaiting.is_open

    @override
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return (self._blocking or self._open()).handle_request(request)

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._awaiting.handle_async_request(request)

    def _open(self) -> httpx.HTTPTransport:
        with self._lock:
            if self._blocking is None:
                self._blocking = httpx.HTTPTransport(tls_context(self._verify), trust_env=False, limits=self._limits)
            return self._blocking

    def _make_awaiting(self) -> httpx.AsyncHTTPTransport:
        return httpx.AsyncHTTPTransport(tls_context(self._verify), trust_env=False, limits=self._limits)

    @override
    def close(self) -> None:
        with self._lock:
            transport, self._blocking = self._blocking, None
        if transport is not None:
            transport.close()

    @override
    async def aclose(self) -> None:
        await self._awaiting.aclose()

    def after_fork(self) -> None:
        """In the child: set the parent's pool aside, and a lock that may have been held there."""
        set_aside.append(self._blocking)
        self._blocking, self._lock = None, threading.Lock()
