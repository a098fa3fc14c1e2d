"""What both transports do with a request and its response: httpx on the one side, httpcore's pools on the other."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterable, Iterable
from types import TracebackType
from typing import Any

import httpcore
import httpx

from restkit.errors import ClientClosed
from restkit.flow.body import outlasted
from restkit.flow.deadline import KEY as LIMIT
from restkit.flow.deadline import Limit, MomentPassed
from restkit.wire.bound import FREE, under
from restkit.wire.facts import KEY, Tally
from restkit.wire.lane import Lane
from restkit.wire.tunnel.way import tls_of

LOST = "the connection was given up for another call, with which it was shared"
FROM_HTTPCORE = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
)

Content = Iterable[bytes] | AsyncIterable[bytes]


def asked(request: httpx.Request, content: Content, tally: Tally, lane: Lane) -> httpcore.Request:
    """The request for httpcore, whose timeouts know its call's limit and count its bytes."""
    url, extensions, limit = request.url, request.extensions, limit_of(request)
    return httpcore.Request(
        request.method,
        httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
        headers=lane.fields(request),
        content=content,
        extensions={**extensions, "timeout": under(limit, extensions.get("timeout", {}), tally)},
    )


def limit_of(request: httpx.Request) -> Limit:
    """What a request must be over by."""
    limit: Limit = request.extensions.get(LIMIT, FREE)
    return limit


class Noting:
    """While it is entered, what fails is one of httpx's errors, and the request has the facts."""

    __slots__ = ("_request", "_tally")

    def __init__(self, request: httpx.Request, tally: Tally) -> None:
        self._request, self._tally = request, tally

    def __enter__(self) -> None:
        """Nothing is to be done before it fails."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            return
        self._request.extensions[KEY] = self._tally.facts()
        if is_spoilt(error, self._tally):
            self._tally.give_up()
        if isinstance(error, FROM_HTTPCORE) or is_h2(error):
            raise spoken(error, self._tally) from error
        if is_anothers(error, limit_of(self._request)):
            raise httpx.ReadError(LOST) from error


def pooling(ssl_context: ssl.SSLContext, limits: httpx.Limits, lane: Lane) -> dict[str, Any]:
    """How httpcore's pools of both worlds are made."""
    settings: dict[str, Any] = {
        "ssl_context": ssl_context,
        "max_connections": limits.max_connections,
        "max_keepalive_connections": limits.max_keepalive_connections,
        "keepalive_expiry": limits.keepalive_expiry,
        "http2": lane.http2,
    }
    if lane.proxy is None or not lane.forwards:
        return settings
    tls = tls_of(lane.proxy) if lane.proxy.scheme == "https" else None
    return {
        **settings,
        "proxy_url": lane.proxy.url,
        "proxy_headers": lane.proxy.fields,
        "proxy_ssl_context": tls,
    }


def broken(error: Exception, tally: Tally, limit: Limit) -> Exception:
    """What to raise for a body that broke off, or outlasts its call; any other error as it is."""
    if is_spoilt(error, tally):
        tally.give_up()
    if is_anothers(error, limit):
        return httpx.ReadError(LOST)
    if isinstance(error, MomentPassed):
        return outlasted(error.until)
    return spoken(error, tally) if isinstance(error, FROM_HTTPCORE) or is_h2(error) else error


def spoken(error: BaseException, tally: Tally) -> httpx.HTTPError:
    """What failed, as httpx says it, with the blame where it belongs."""
    if is_h2(error) or is_remote(error, tally):
        return httpx.RemoteProtocolError(str(error))
    return as_httpx(error)


def as_httpx(error: BaseException) -> httpx.HTTPError:
    """The error of the same name, but httpx's."""
    names = [kind.__name__ for kind in type(error).__mro__]
    made: httpx.HTTPError = next(getattr(httpx, name) for name in names if hasattr(httpx, name))(str(error))
    return made


def is_h2(error: object) -> bool:
    """Whether it is h2's own, which httpcore lets through while it reads a body."""
    return type(error).__module__.partition(".")[0] == "h2"


def is_remote(error: BaseException, tally: Tally) -> bool:
    """Whether httpcore calls our fault what was the server's: h2 refuses headers of ours before anything comes back."""
    blamed = isinstance(error, httpcore.LocalProtocolError) and any(map(is_h2, error.args))
    return blamed and (tally.received > 0 or CLOSED in str(error))


CLOSED = "ConnectionState.CLOSED"
"""How h2 says that the connection has been ended meanwhile."""


def is_spoilt(error: BaseException, tally: Tally) -> bool:
    """Whether the connection is of no use after an error. httpcore would keep one of HTTP/2, as if it were idle."""
    if any(type(each).__name__ in OF_A_STREAM for each in (error, *error.args)):
        return False
    return isinstance(error, OF_A_CONNECTION) or is_h2(error) or is_remote(error, tally)


OF_A_STREAM = frozenset({"StreamClosedError", "StreamReset"})
"""What h2 calls the end of one stream, beside which others go on."""
OF_A_CONNECTION = (
    ClientClosed,
    MomentPassed,
    httpcore.ReadTimeout,
    httpcore.WriteTimeout,
    httpcore.NetworkError,
    httpcore.RemoteProtocolError,
)


def is_anothers(error: BaseException, limit: Limit) -> bool:
    """Whether an error is that of another call's limit: httpcore raises it in all calls on an HTTP/2 connection."""
    if isinstance(error, ClientClosed):
        return limit.stop is None or not limit.stop.is_kept
    return isinstance(error, MomentPassed) and error.until != limit.until
