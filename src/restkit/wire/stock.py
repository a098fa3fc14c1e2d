"""The transports of those who bring none, made when they are first used: one for all threads, one for each event loop.

Plain HTTP has transports of its own, so that whoever calls no HTTPS never pays for reading the certificates.
"""

from __future__ import annotations

import ssl
import threading
from functools import partial
from typing import TYPE_CHECKING

import httpx
from typing_extensions import override

from restkit.flow.forks import forks, set_aside
from restkit.wire.pools import PerLoop
from restkit.wire.tls import tls_context, trusting_nobody

if TYPE_CHECKING:
    from restkit.wire.blocking import Blocking


class Stock(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A transport of both worlds: httpx's own for awaiting, and one for blocking that obeys its call's limit.

    `verify` and `limits` are httpx's. The environment is not read.
    """

    def __init__(self, verify: bool | ssl.SSLContext = True, limits: httpx.Limits | None = None) -> None:  # noqa: FBT001, FBT002 - httpx's own spelling
        self._verify: bool | ssl.SSLContext = verify if verify is True else tls_context(verify)
        self._limits: httpx.Limits = limits or httpx.Limits(max_connections=100, max_keepalive_connections=20)
        self._lock: threading.Lock = threading.Lock()
        self._blocking: dict[bool, Blocking] = {}
        self._awaiting: dict[bool, PerLoop] = {
            secure: PerLoop(partial(self._make_awaiting, secure=secure)) for secure in (False, True)
        }
        forks.add(self)

    @property
    def is_open(self) -> bool:
        """Whether there is anything to close."""
        return bool(self._blocking) or any(pools.is_open for pools in self._awaiting.values())

    @override
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        secure = request.url.scheme == "https"
        return (self._blocking.get(secure) or self._open(secure=secure)).handle_request(request)

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._awaiting[request.url.scheme == "https"].handle_async_request(request)

    def _open(self, *, secure: bool) -> Blocking:
        from restkit.wire.blocking import Blocking  # httpcore takes long to import

        with self._lock:
            if secure not in self._blocking:
                self._blocking[secure] = Blocking(self._tls(secure=secure), self._limits)
            return self._blocking[secure]

    def _make_awaiting(self, *, secure: bool) -> httpx.AsyncHTTPTransport:
        return httpx.AsyncHTTPTransport(self._tls(secure=secure), trust_env=False, limits=self._limits)

    def _tls(self, *, secure: bool) -> ssl.SSLContext:
        return tls_context(self._verify) if secure else trusting_nobody()

    @override
    def close(self) -> None:
        with self._lock:
            transports, self._blocking = self._blocking, {}
        for transport in transports.values():
            transport.close()

    @override
    async def aclose(self) -> None:
        for pools in self._awaiting.values():
            await pools.aclose()

    def after_fork(self) -> None:
        """In the child: set the parent's pools aside, and a lock that may have been held there."""
        set_aside.append(self._blocking)
        self._blocking, self._lock = {}, threading.Lock()
