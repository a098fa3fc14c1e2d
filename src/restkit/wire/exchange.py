"""What both transports do with a request and its response: httpx on the one side, httpcore's pools on the other."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterable, Iterable
from types import TracebackType
from typing import Any

import httpcore
import httpx

from restkit.flow.body import outlasted
from restkit.flow.deadline import KEY as LIMIT
from restkit.flow.deadline import Limit, MomentPassed
from restkit.wire.bound import FREE, under
from restkit.wire.facts import KEY, Tally

FROM_HTTPCORE = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
)
BREAKS = (*FROM_HTTPCORE, MomentPassed)
"""What ends a body early."""


Content = Iterable[bytes] | AsyncIterable[bytes]


def asked(request: httpx.Request, content: Content, tally: Tally) -> httpcore.Request:
    """The request for httpcore, whose timeouts know its call's limit and count its bytes."""
    url, extensions = request.url, request.extensions
    limit: Limit = extensions.get(LIMIT, FREE)
    return httpcore.Request(
        request.method,
        httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
        headers=request.headers.raw,
        content=content,
        extensions={**extensions, "timeout": under(limit, extensions.get("timeout", {}), tally)},
    )


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
        if isinstance(error, FROM_HTTPCORE):
            raise as_httpx(error) from error


def pooling(ssl_context: ssl.SSLContext, limits: httpx.Limits) -> dict[str, Any]:
    """How httpcore's pools of both worlds are made."""
    return {
        "ssl_context": ssl_context,
        "max_connections": limits.max_connections,
        "max_keepalive_connections": limits.max_keepalive_connections,
        "keepalive_expiry": limits.keepalive_expiry,
    }


def broken(error: Exception) -> httpx.HTTPError:
    """What to raise for a body that broke off, or outlasts its call."""
    return outlasted(error.until) if isinstance(error, MomentPassed) else as_httpx(error)


def as_httpx(error: Exception) -> httpx.HTTPError:
    """The error of the same name, but httpx's."""
    names = [kind.__name__ for kind in type(error).__mro__]
    made: httpx.HTTPError = next(getattr(httpx, name) for name in names if hasattr(httpx, name))(str(error))
    return made
