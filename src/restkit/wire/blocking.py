"""The blocking transport: httpx's own in all but one thing, that it asks its call's limit before every step.

A request that carries a `Limit` (a client's, or one under a deadline) outlasts neither its moment nor its client,
whatever the server does meanwhile. One that carries none is bound by httpx's timeouts alone.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import httpcore
import httpx
from typing_extensions import override

from restkit.flow.body import outlasted
from restkit.flow.deadline import KEY, Limit, MomentPassed
from restkit.wire.backend import BoundBackend
from restkit.wire.bound import bound

FROM_HTTPCORE = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
)


class Blocking(httpx.BaseTransport):
    """A pool of connections for all threads, with httpx's errors. Closing it ends what is under way."""

    def __init__(self, ssl_context: ssl.SSLContext, limits: httpx.Limits) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=ssl_context,
            max_connections=limits.max_connections,
            max_keepalive_connections=limits.max_keepalive_connections,
            keepalive_expiry=limits.keepalive_expiry,
            network_backend=BoundBackend(),
        )

    @override
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url, extensions = request.url, request.extensions
        limit: Limit | None = extensions.get(KEY)
        if limit is not None:
            extensions = {**extensions, "timeout": under(limit, extensions.get("timeout", {}))}
        asked = httpcore.Request(
            request.method,
            httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.stream,
            extensions=extensions,
        )
        answer: Any  # httpcore does not say of which world
        try:
            answer = self._pool.handle_request(asked)
        except FROM_HTTPCORE as error:
            raise as_httpx(error) from error
        stream = Incoming(answer.stream)
        return httpx.Response(answer.status, headers=answer.headers, stream=stream, extensions=answer.extensions)

    @override
    def close(self) -> None:
        self._pool.close()


class Incoming(httpx.SyncByteStream):
    """A response's body as it comes, with httpx's errors."""

    def __init__(self, parts: Iterable[bytes]) -> None:
        self._parts = parts

    @override
    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._parts
        except FROM_HTTPCORE as error:
            raise as_httpx(error) from error
        except MomentPassed as error:
            raise outlasted(error.until) from error

    @override
    def close(self) -> None:
        close: Callable[[], object] | None = getattr(self._parts, "close", None)
        if close is not None:
            _ = close()


def under(limit: Limit, timeouts: Mapping[str, float | None]) -> dict[str, float | None]:
    """The timeouts of a request, each with its call's limit; but a pool hands out connections, and asks nobody."""
    of = timeouts.get
    return {
        "connect": bound(of("connect"), limit),
        "read": bound(of("read"), limit),
        "write": bound(of("write"), limit),
        "pool": of("pool"),
    }


def as_httpx(error: Exception) -> httpx.HTTPError:
    """The error of the same name, but httpx's."""
    names = [kind.__name__ for kind in type(error).__mro__]
    made: httpx.HTTPError = next(getattr(httpx, name) for name in names if hasattr(httpx, name))(str(error))
    return made
