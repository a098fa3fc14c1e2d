"""The blocking transport: httpx's own in all but this, that it asks its call's limit before every step, and counts.

A request that carries a `Limit` (a client's, or one under a deadline) outlasts neither its moment nor its client,
whatever the server does meanwhile. One that carries none is bound by httpx's timeouts alone.
"""

from __future__ import annotations

import ssl
from typing import cast

import httpcore
import httpx
from typing_extensions import override

from restkit.wire.backend import BoundBackend
from restkit.wire.exchange import Noting, asked, limit_of, pooling
from restkit.wire.facts import Tally
from restkit.wire.incoming import received
from restkit.wire.lane import STRAIGHT, Lane
from restkit.wire.outgoing import Blocked
from restkit.wire.tunnel.refusal import AUTHENTICATION_REQUIRED, refusal


class Blocking(httpx.BaseTransport):
    """A pool of connections for all threads, with httpx's errors. Closing it ends what is under way."""

    def __init__(
        self,
        ssl_context: ssl.SSLContext,
        limits: httpx.Limits,
        backend: httpcore.NetworkBackend | None = None,
        lane: Lane = STRAIGHT,
    ) -> None:
        kind = httpcore.HTTPProxy if lane.forwards else httpcore.ConnectionPool
        self._lane = lane
        self._pool = kind(**pooling(ssl_context, limits, lane), network_backend=backend or BoundBackend())

    @override
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        tally = Tally()
        content = Blocked(cast("httpx.SyncByteStream", request.stream))  # only the blocking world sends this way
        with Noting(request, tally):
            answer = self._pool.handle_request(asked(request, content, tally, self._lane))
            if self._lane.forwards and answer.status == AUTHENTICATION_REQUIRED:
                answer.close()
                raise refusal(answer.status)
            return received(answer, tally, limit_of(request))

    @override
    def close(self) -> None:
        self._pool.close()
