"""The blocking transport: httpx's own in all but this, that it asks its call's limit before every step, and counts.

A request that carries a `Limit` (a client's, or one under a deadline) outlasts neither its moment nor its client,
whatever the server does meanwhile. One that carries none is bound by httpx's timeouts alone.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable, Iterator, MutableMapping
from typing import Any, cast

import httpcore
import httpx
from typing_extensions import override

from restkit.wire.backend import BoundBackend
from restkit.wire.exchange import BREAKS, FROM_HTTPCORE, as_httpx, asked, broken
from restkit.wire.facts import KEY, Tally


class Blocking(httpx.BaseTransport):
    """A pool of connections for all threads, with httpx's errors. Closing it ends what is under way."""

    def __init__(
        self, ssl_context: ssl.SSLContext, limits: httpx.Limits, backend: httpcore.NetworkBackend | None = None
    ) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=ssl_context,
            max_connections=limits.max_connections,
            max_keepalive_connections=limits.max_keepalive_connections,
            keepalive_expiry=limits.keepalive_expiry,
            network_backend=backend or BoundBackend(),
        )

    @override
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        tally = Tally()
        answer: Any  # httpcore does not say of which world
        content = cast("httpx.SyncByteStream", request.stream)  # only the blocking world sends this way
        try:
            answer = self._pool.handle_request(asked(request, content, tally))
        except FROM_HTTPCORE as error:
            request.extensions[KEY] = tally.facts()
            raise as_httpx(error) from error
        except BaseException:
            request.extensions[KEY] = tally.facts()
            raise
        stream = Incoming(answer.stream, tally)
        extensions: dict[str, Any] = {**answer.extensions, KEY: tally.facts()}
        response = httpx.Response(answer.status, headers=answer.headers, stream=stream, extensions=extensions)
        stream.extensions = response.extensions
        return response

    @override
    def close(self) -> None:
        self._pool.close()


class Incoming(httpx.SyncByteStream):
    """A response's body as it comes, with httpx's errors. At its end its response's facts are replaced."""

    extensions: MutableMapping[str, Any]
    """Those of its response."""

    def __init__(self, parts: Iterable[bytes], tally: Tally) -> None:
        self._parts, self._tally = parts, tally
        self.extensions = {}

    @override
    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._parts
        except BREAKS as error:
            raise broken(error) from error
        finally:
            self.extensions[KEY] = self._tally.facts()

    @override
    def close(self) -> None:
        close: Callable[[], object] | None = getattr(self._parts, "close", None)
        if close is not None:
            _ = close()
