"""The awaiting transport: what the blocking one is, for asyncio and trio, each pool for one event loop."""

from __future__ import annotations

import ssl
from typing import cast

import httpcore
import httpx
from typing_extensions import override

from restkit.wire.awaited_backend import AwaitedBackend
from restkit.wire.exchange import Noting, asked, limit_of, pooling
from restkit.wire.facts import Tally
from restkit.wire.incoming import received
from restkit.wire.lane import STRAIGHT, Lane
from restkit.wire.outgoing import Awaited
from restkit.wire.tunnel.refusal import AUTHENTICATION_REQUIRED, refusal


class Awaiting(httpx.AsyncBaseTransport):
    """A pool of connections for one event loop, with httpx's errors. Closing it ends what is under way."""

    def __init__(
        self,
        ssl_context: ssl.SSLContext,
        limits: httpx.Limits,
        backend: httpcore.AsyncNetworkBackend | None = None,
        lane: Lane = STRAIGHT,
    ) -> None:
        kind = httpcore.AsyncHTTPProxy if lane.forwards else httpcore.AsyncConnectionPool
        self._lane = lane
        self._pool = kind(**pooling(ssl_context, limits, lane), network_backend=backend or AwaitedBackend())

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        tally = Tally()
        content = Awaited(cast("httpx.AsyncByteStream", request.stream))  # only the awaiting world sends this way
        try:
            with Noting(request, tally):
                answer = await self._pool.handle_async_request(asked(request, content, tally, self._lane))
                if self._lane.forwards and answer.status == AUTHENTICATION_REQUIRED:
                    await answer.aclose()
                    raise refusal(answer.status)
                return received(answer, tally, limit_of(request))
        finally:
            await content.aclose()

    @override
    async def aclose(self) -> None:
        await self._pool.aclose()
