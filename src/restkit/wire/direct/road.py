"""A pool as a transport: each request goes over a connection that is idle, or a new one."""

from __future__ import annotations

import socket
from typing import Any, TypeVar

import httpx
from typing_extensions import override

from restkit.flow.awaiting import arun
from restkit.flow.blocking import run
from restkit.flow.effects import Flow
from restkit.wire.direct.arriving import OUTSIDE, Arriving
from restkit.wire.direct.asked import Asked
from restkit.wire.direct.channel import Channel
from restkit.wire.direct.connection import Connection
from restkit.wire.direct.exchange import Exchange
from restkit.wire.direct.opening import Adopt, Dial, Opening
from restkit.wire.direct.origin import Origin, origin_of
from restkit.wire.direct.pace import Pace
from restkit.wire.direct.pool import Pool
from restkit.wire.direct.tap import AwaitedTap, Tap
from restkit.wire.direct.tracing import traced
from restkit.wire.facts import KEY
from restkit.wire.http1 import Head, ResponseParser, Writer
from restkit.wire.http1.names import CONTENT_CODING
from restkit.wire.no_connection import no_connection
from restkit.wire.whole import Whole

T = TypeVar("T", bound=socket.socket | Channel)


class DirectTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """The connections of one world: of all threads, or of one event loop."""

    pool: Pool

    def __init__(self, opening: Opening, limits: httpx.Limits) -> None:
        self._opening, self.pool, self._writer = opening, Pool(limits), Writer()

    @override
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return run(self._handle(request, Tap), OUTSIDE)

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await arun(self._handle(request, AwaitedTap), OUTSIDE)

    def _handle(self, request: httpx.Request, tap: type[Tap | AwaitedTap]) -> Flow[httpx.Response]:
        pace = Pace(request.extensions)
        try:
            return (yield from self._answered(request, pace, tap))
        except BaseException as error:
            request.extensions[KEY] = pace.tally.facts()
            if isinstance(error, httpx.TransportError) and pace.is_over:
                raise pace.over() from error
            raise

    def _answered(self, request: httpx.Request, pace: Pace, tap: type[Tap | AwaitedTap]) -> Flow[httpx.Response]:
        """The answer; sent again if nobody can have seen it, over a connection that was idle."""
        asked, origin = Asked(request, self._writer), origin_of(request)
        while True:
            exchange = Exchange((yield from self._connection(origin, pace)), asked, pace)
            connection = exchange.connection
            try:
                connection.begin(pace)
                return response(exchange, (yield from exchange.answered()), tap)
            except httpx.WriteError:
                connection.discard()
                if not (connection.is_reused and exchange.was_unseen):
                    raise
            except BaseException:
                connection.discard()
                raise

    def _connection(self, origin: Origin, pace: Pace) -> Flow[Connection]:
        """A connection that is idle, or a new one."""
        found = self.pool.idle(origin) or (yield from self.pool.take(origin, pace))
        return found or (yield from self._opened(origin, pace))

    def _opened(self, origin: Origin, pace: Pace) -> Flow[Connection]:
        """A new connection, in the empty place that we have."""
        made: list[socket.socket | Channel] = []
        try:
            dial = kept(made, iter(Dial(self._opening, origin, pace)))
            line = yield from traced(pace.trace, "connection.connect_tcp", dial)
            adopt = kept(made, iter(Adopt(self._opening, line, origin, pace)))
            channel = yield from (traced(pace.trace, "connection.start_tls", adopt) if origin.is_secure else adopt)
        except BaseException as error:
            for each in made:
                each.close()
            self.pool.vacate()
            if isinstance(error, OSError):  # what there is none left of: descriptors, buffers
                raise no_connection(str(error), error) from error
            raise
        return self.pool.opened(Connection(origin, channel, self.pool))

    @override
    def close(self) -> None:
        self.pool.close()

    @override
    async def aclose(self) -> None:
        self.pool.retire()  # a loop's next request has another pool


def kept(made: list[socket.socket | Channel], steps: Flow[T]) -> Flow[T]:
    """Keep what these steps make: whoever is told of them may fail. What was made before is theirs to close."""
    made.clear()
    answer = yield from steps
    made.append(answer)
    return answer


def response(exchange: Exchange, head: Head, tap: type[Tap | AwaitedTap]) -> httpx.Response:
    """The answer for httpx: whole already, if its body came with its head."""
    body, is_last = exchange.gathered()
    connection, pace = exchange.connection, exchange.pace
    extensions: dict[str, Any] = {
        "http_version": head.version,
        "reason_phrase": head.reason,
        "network_stream": tap(connection),
    }
    if is_last and pace.trace is None and not connection.parser.switched:
        exchange.finish()
        extensions[KEY] = pace.tally.facts()
        if is_plain(connection.parser):
            return Whole(head.status, head.headers, body, extensions)
        return httpx.Response(head.status, headers=head.headers, stream=httpx.ByteStream(body), extensions=extensions)
    extensions[KEY] = pace.tally.facts()
    stream = Arriving(exchange, body, is_last=is_last)
    made = httpx.Response(head.status, headers=head.headers, stream=stream, extensions=extensions)
    stream.extensions = made.extensions
    return made


def is_plain(parser: ResponseParser) -> bool:
    """Whether the body of the answer is not encoded."""
    for meaning, _ in parser.concerns:  # noqa: SIM110 - faster than all(), and asked of every answer
        if meaning == CONTENT_CODING:
            return False
    return True
