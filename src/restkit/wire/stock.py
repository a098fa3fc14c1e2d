"""The transports of those who bring none, made when they are first used: one for all threads, one for each event loop.

Plain HTTP has transports of its own, so that whoever calls no HTTPS never pays for reading the certificates.
"""

from __future__ import annotations

import inspect
import ssl
import threading
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, cast

import httpx
from typing_extensions import override

from restkit.errors import ConfigError
from restkit.flow.forks import forks, set_aside
from restkit.wire.lane import Lane
from restkit.wire.patched import is_patched, seen, seen_awaiting
from restkit.wire.pools import PerLoop
from restkit.wire.resolve import Resolver, is_literal
from restkit.wire.roads import Proxy, check_guard, check_http2, proxy_of
from restkit.wire.tls import Tls, handed, trusting_nobody
from restkit.wire.tls.identity import HTTP1, HTTP2, Cert, Verify

if TYPE_CHECKING:
    from restkit.wire.awaiting import Awaiting
    from restkit.wire.blocking import Blocking
    from restkit.wire.dial import SocketOption
    from restkit.wire.guard import AddressGuard


class Stock(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A transport of both worlds over httpcore's pools, which obeys its call's limit and counts its bytes.

    `verify`, `limits`, `cert`, `proxy`, `http2`, `local_address` and `socket_options` are httpx's; `pins` are of the
    keys of which a server must show one; `trust_env` lets the environment say whom to trust; `resolver` finds the
    addresses of a host, `guard` says which may be called, and is for those that use no proxy. A `Tls` in the place of
    `verify` holds all that it holds. Raises ConfigError.
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
        resolver: Resolver | None = None,
        guard: AddressGuard | None = None,
        proxy: str | httpx.URL | httpx.Proxy | Proxy | None = None,
        http2: bool = False,
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] = (),
    ) -> None:
        self._resolver, self._guard = checked_resolver(resolver), checked_guard(guard)
        self._lanes: dict[bool, Lane] = lanes(
            proxy, http2=http2, local=checked_address(local_address), options=tuple(socket_options)
        )
        check_guard(guard, proxy)
        self._tls: Tls = verify if isinstance(verify, Tls) else Tls(verify, cert, pins, trust_env)
        if not self._tls.is_plain:
            _ = self._tls.context()  # now, since files may be wrong
        if http2 and isinstance(self._tls.trust, ssl.SSLContext):
            self._tls.trust.set_alpn_protocols(HTTP2)  # whoever asks for HTTP/2 with a context of their own wants it
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
        return seen(self._send, request) if is_patched() else self._send(request)

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await (seen_awaiting(self._asend, request) if is_patched() else self._asend(request))

    def _send(self, request: httpx.Request) -> httpx.Response:
        secure = self._is_secure(request.url)
        return (self._blocking.get(secure) or self._open(secure=secure)).handle_request(request)

    async def _asend(self, request: httpx.Request) -> httpx.Response:
        return await self._awaiting[self._is_secure(request.url)].handle_async_request(request)

    def _is_secure(self, url: httpx.URL) -> bool:
        if self._guard is not None:
            self._guard.check_scheme(url)
        return url.scheme == "https"

    def _open(self, *, secure: bool) -> Blocking:
        from restkit.wire.backend import BoundBackend  # httpcore takes long to import
        from restkit.wire.blocking import Blocking
        from restkit.wire.tunnel.backend import TunnelBackend

        lane = self._lanes[secure]
        backend = BoundBackend(self._resolver, self._guard, lane)
        if lane.proxy is not None and lane.tunnels:
            backend = TunnelBackend(lane.proxy, self._resolver, lane)
        with self._lock:
            if secure not in self._blocking:
                self._blocking[secure] = Blocking(self._context(secure=secure), self._limits, backend, lane)
            return self._blocking[secure]

    def _make_awaiting(self, *, secure: bool) -> Awaiting:
        from restkit.wire.awaited_backend import AwaitedBackend
        from restkit.wire.awaiting import Awaiting
        from restkit.wire.tunnel.awaited_backend import AwaitedTunnelBackend

        lane = self._lanes[secure]
        backend = AwaitedBackend(self._resolver, self._guard, lane)
        if lane.proxy is not None and lane.tunnels:
            backend = AwaitedTunnelBackend(lane.proxy, self._resolver, lane)
        return Awaiting(self._context(secure=secure), self._limits, backend, lane)

    def _context(self, *, secure: bool) -> ssl.SSLContext:
        alpn = HTTP2 if self._lanes[secure].http2 else HTTP1
        return handed(self._tls, alpn) if secure else trusting_nobody()

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


def lanes(
    proxy: str | httpx.URL | httpx.Proxy | Proxy | None,
    *,
    http2: bool,
    local: str | None,
    options: tuple[SocketOption, ...],
) -> dict[bool, Lane]:
    """The lane of plain HTTP, and that of TLS. Raises ConfigError."""
    check_http2(http2=http2)
    read = None if proxy is None else proxy_of("proxy", proxy)
    return {secure: Lane(read, secure, http2, local, options) for secure in (False, True)}


def checked_address(given: object) -> str | None:
    """An IP address of this machine, as text. Raises ConfigError."""
    if given is not None and not (isinstance(given, str) and is_literal(given)):
        raise ConfigError("local_address", "is no IP address", "write one of this machine's, such as '192.0.2.7'")
    return given


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
