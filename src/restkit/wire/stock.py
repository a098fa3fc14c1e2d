"""The transports of those who bring none, made when they are first used: one for all threads, one for each event loop.

Plain HTTP has transports of its own, so that whoever calls no HTTPS never pays for reading the certificates.
"""

from __future__ import annotations

import inspect
import ssl
import threading
from functools import partial
from typing import TYPE_CHECKING, cast

import httpx
from typing_extensions import override

from restkit.errors import ConfigError
from restkit.flow.forks import forks, set_aside
from restkit.wire.pools import PerLoop
from restkit.wire.tls import tls_context, trusting_nobody

if TYPE_CHECKING:
    from restkit.wire.awaiting import Awaiting
    from restkit.wire.blocking import Blocking
    from restkit.wire.guard import AddressGuard
    from restkit.wire.resolve import Resolver


class Stock(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A transport of both worlds over httpcore's pools, which obeys its call's limit and counts its bytes.

    `verify` and `limits` are httpx's; `resolver` finds the addresses of a host, `guard` says which may be called. The
    environment is not read. Raises ConfigError.
    """

    def __init__(
        self,
        verify: bool | ssl.SSLContext = True,  # noqa: FBT001, FBT002 - httpx's own spelling
        limits: httpx.Limits | None = None,
        *,
        resolver: Resolver | None = None,
        guard: AddressGuard | None = None,
    ) -> None:
        self._resolver, self._guard = checked_resolver(resolver), checked_guard(guard)
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
        secure = self._is_secure(request.url)
        return (self._blocking.get(secure) or self._open(secure=secure)).handle_request(request)

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._awaiting[self._is_secure(request.url)].handle_async_request(request)

    def _is_secure(self, url: httpx.URL) -> bool:
        if self._guard is not None:
            self._guard.check_scheme(url)
        return url.scheme == "https"

    def _open(self, *, secure: bool) -> Blocking:
        from restkit.wire.backend import BoundBackend  # httpcore takes long to import
        from restkit.wire.blocking import Blocking

        with self._lock:
            if secure not in self._blocking:
                self._blocking[secure] = Blocking(
                    self._tls(secure=secure), self._limits, BoundBackend(self._resolver, self._guard)
                )
            return self._blocking[secure]

    def _make_awaiting(self, *, secure: bool) -> Awaiting:
        from restkit.wire.awaited_backend import AwaitedBackend
        from restkit.wire.awaiting import Awaiting

        return Awaiting(self._tls(secure=secure), self._limits, AwaitedBackend(self._resolver, self._guard))

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


def checked_resolver(given: object) -> Resolver | None:
    """A function that need not be awaited. Raises ConfigError."""
    if given is not None and (not callable(given) or inspect.iscoroutinefunction(given)):
        raise ConfigError("resolver", "is no plain function", "it is called in a thread, and may block")
    return cast("Resolver | None", given)  # callable, and that is all one can see


def checked_guard(given: object) -> AddressGuard | None:
    """A guard. Raises ConfigError."""
    if given is None:
        return None
    from restkit.wire.guard import AddressGuard

    if not isinstance(given, AddressGuard):
        raise ConfigError("guard", "is no AddressGuard", "write guard=AddressGuard()")
    return given
