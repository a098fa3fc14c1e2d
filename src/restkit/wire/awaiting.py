"""The awaiting transport: the blocking one's twin on asyncio and trio, each pool for one event loop."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any, cast

import httpcore
import httpx
from typing_extensions import override

from restkit.flow.body import finish
from restkit.wire.awaited_backend import AwaitedBackend
from restkit.wire.exchange import BREAKS, FROM_HTTPCORE, as_httpx, asked, broken
from restkit.wire.facts import KEY, Tally


class Awaiting(httpx.AsyncBaseTransport):
    """A pool of connections for one event loop, with httpx's errors. Closing it ends what is under way."""

    def __init__(
        self, ssl_context: ssl.SSLContext, limits: httpx.Limits, backend: httpcore.AsyncNetworkBackend | None = None
    ) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=ssl_context,
            max_connections=limits.max_connections,
            max_keepalive_connections=limits.max_keepalive_connections,
            keepalive_expiry=limits.keepalive_expiry,
            network_backend=backend or AwaitedBackend(),
        )

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        tally = Tally()
        answer: Any  # httpcore does not say of which world
        content = Outgoing(cast("httpx.AsyncByteStream", request.stream))  # only the awaiting world sends this way
        try:
            answer = await self._pool.handle_async_request(asked(request, content, tally))
        except FROM_HTTPCORE as error:
            request.extensions[KEY] = tally.facts()
            raise as_httpx(error) from error
        except BaseException:
            request.extensions[KEY] = tally.facts()
            raise
        finally:
            await content.aclose()
        stream = AwaitedIncoming(answer.stream, tally)
        extensions: dict[str, Any] = {**answer.extensions, KEY: tally.facts()}
        response = httpx.Response(answer.status, headers=answer.headers, stream=stream, extensions=extensions)
        stream.extensions = response.extensions
        return response

    @override
    async def aclose(self) -> None:
        await self._pool.aclose()


class Outgoing:
    """A request's body. httpcore drops its iterator where sending it fails; trio wants it closed."""

    __slots__ = ("_chunks", "_stream")

    def __init__(self, stream: httpx.AsyncByteStream) -> None:
        self._stream = stream
        self._chunks: AsyncIterator[bytes] | None = None

    def __aiter__(self) -> AsyncIterator[bytes]:
        self._chunks = aiter(self._stream)
        return self._chunks

    async def aclose(self) -> None:
        """Close what was begun."""
        if self._chunks is not None:
            await finish(self._chunks)


class AwaitedIncoming(httpx.AsyncByteStream):
    """A response's body as it comes, with httpx's errors. At its end its response's facts are replaced."""

    extensions: MutableMapping[str, Any]
    """Those of its response."""

    def __init__(self, parts: AsyncIterable[bytes], tally: Tally) -> None:
        self._parts, self._tally = parts, tally
        self.extensions = {}

    @override
    async def __aiter__(self) -> AsyncIterator[bytes]:
        chunks = aiter(self._parts)
        try:
            async for chunk in chunks:
                yield chunk
        except BREAKS as error:
            raise broken(error) from error
        finally:
            self.extensions[KEY] = self._tally.facts()
            await finish(chunks)

    @override
    async def aclose(self) -> None:
        aclose: Callable[[], Awaitable[object]] | None = getattr(self._parts, "aclose", None)
        if aclose is not None:
            _ = await aclose()
