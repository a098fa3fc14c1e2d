"""One request and its answer, over one connection: written once, for threads and for tasks.

Theory of operation. Writing and reading are tries that never block; only where one gets nowhere is there an effect, to
wait. While the body goes out we look whether an answer has come: a server may refuse a body before it has seen all of
it, and close. Then the rest is not sent, the answer is what counts, and the connection is not used again. It is the
same when writing fails: what the server has said before is worth more than that it no longer listens. Who waits to
write is roused by an answer, too.

A request of which the system has taken nothing was seen by nobody. If it was to go over a connection that had been
idle, it goes over another.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import httpx

from restkit.flow.effects import Ask, Flow, Open
from restkit.wire.direct.asked import SLICE, STRETCH, TOGETHER, Asked, Parts
from restkit.wire.direct.channel import Torn
from restkit.wire.direct.ready import Checkpoint, Ready
from restkit.wire.direct.tracing import traced
from restkit.wire.http1 import CutAnswer, Head, Informational, ResponseParser
from restkit.wire.http1.names import KEEP_ALIVE
from restkit.wire.tls import refuse_tls

if TYPE_CHECKING:
    from restkit.wire.direct.connection import Connection
    from restkit.wire.direct.pace import Pace

CONTINUE = 100
ELSEWHERE = frozenset({421, 425})
"""Statuses after which another connection is needed (RFC 9110, section 15.5.20; RFC 8470, section 5.2)."""
CONTINUE_AFTER = 1.0
"""Seconds to wait for a 100 before the body is sent all the same (RFC 9110 10.1.1)."""


class Exchange:
    """A request that is being sent over a connection, and the answer that comes."""

    __slots__ = ("_asked", "_keep", "_unsent", "_was_sent", "connection", "pace")
    connection: Connection
    pace: Pace

    def __init__(self, connection: Connection, asked: Asked, pace: Pace) -> None:
        self.connection, self._asked, self.pace = connection, asked, pace
        self._was_sent = False
        self._unsent = b""
        self._keep: float | None = None

    @property
    def was_unseen(self) -> bool:
        """Whether the server cannot have seen anything of it."""
        return not self.pace.tally.sent

    def answered(self) -> Flow[Head]:
        """Send the request, and read up to the head of its answer."""
        asked, connection = self._asked, self.connection
        says = asked.says
        connection.parser.begin(asked.method, upgrade=says.asks_for_upgrade, close=says.says_close)
        self.pace.tally.begin(connection.channel.remote)
        try:
            early = None if self._sent_at_once() else (yield from self._sent())
        except httpx.WriteError as error:
            early = yield from self._despite(error)
        if early is not None:
            head = early
        elif self.pace.trace is None:
            head = yield from self._head()
        else:
            head = yield from traced(self.pace.trace, "http11.receive_response_headers", self._head())
        self._keep = 0.0 if head.status in ELSEWHERE else patience(connection.parser)
        return head

    def _sent_at_once(self) -> bool:
        """Whether the system has taken the whole request in one go, as it nearly always does."""
        asked = self._asked
        body = asked.body
        if (
            body is None
            or len(body) > TOGETHER
            or self.pace.trace is not None
            or (body and asked.says.expects_continue)
        ):
            return False
        data = asked.says.head + body
        sent = self.connection.channel.send(data)
        if sent:
            self.pace.tally.write(sent)
        self._was_sent = sent == len(data)
        self._unsent = b"" if self._was_sent else data[sent:]
        return self._was_sent

    def _sent(self) -> Flow[Head | None]:
        """Write the request. The answer's head, if it came before the end of that."""
        if self._unsent:
            return (yield from self._last(self._unsent))
        says, body, trace = self._asked.says, self._asked.body, self.pace.trace
        early = yield from traced(trace, "http11.send_request_headers", self._written(says.head))
        if early is None and says.expects_continue and body != b"":
            early = yield from self._permitted()
        if early is not None:
            return early
        steps = self._streamed() if body is None else self._sliced(body)
        return (yield from traced(trace, "http11.send_request_body", steps))

    def _permitted(self) -> Flow[Head | None]:
        """Wait for a 100, for a while."""
        while True:
            event = self.connection.parser.next_event()
            if isinstance(event, Head):
                return event
            if isinstance(event, Informational):
                if event.status == CONTINUE:
                    return self._said()
                continue
            if not (yield from Ready(self.connection.channel, "read", self.pace, CONTINUE_AFTER)):
                return None
            _ = self._take()

    def _sliced(self, body: bytes) -> Flow[Head | None]:
        whole = memoryview(body)
        for at in range(0, len(body), SLICE):
            if at:
                yield from Checkpoint()
            early = self._early() or (yield from self._written(whole[at : at + SLICE]))
            if early is not None:
                return early
        return (yield from self._last(b""))

    def _streamed(self) -> Flow[Head | None]:
        parts = yield from Open(Parts(self._asked.stream, self.pace))
        try:
            early = yield from self._pieced(parts)
        except httpx.WriteError:
            yield from Ask(parts.close, parts.aclose)
            raise
        if early is not None:
            yield from Ask(parts.close, parts.aclose)
        return early

    def _pieced(self, parts: Parts) -> Flow[Head | None]:
        frame, count = self._asked.says.outgoing(), 0
        while (part := (yield from parts.next())) is not None:
            _ = self.pace.seconds("write")  # raises, if nothing is left
            count += 1
            if count % STRETCH == 0:
                yield from Checkpoint()
            early = self._early() or (yield from self._written(frame.part(part)))
            if early is not None:
                return early
        return (yield from self._last(frame.end()))

    def _last(self, data: bytes) -> Flow[Head | None]:
        early = yield from self._written(data)
        self._was_sent = early is None
        return early

    def _written(self, data: bytes | memoryview) -> Flow[Head | None]:
        """Write this, all of it unless an answer comes before that."""
        channel, tally = self.connection.channel, self.pace.tally
        while data:
            sent = channel.send(data)
            if sent:
                tally.write(sent)
            if sent == len(data):
                break
            data = memoryview(data)[sent:]
            _ = yield from Ready(channel, "write", self.pace)
            early = self._early()
            if early is not None:
                return early
        return None

    def _early(self) -> Head | None:
        """The head of the answer, if it has come already."""
        return self._said() if self.connection.channel.has_news and self._take() else None

    def _said(self) -> Head | None:
        """The head of the answer, if it is in what was read."""
        while (event := self.connection.parser.next_event()) is not None:
            if isinstance(event, Head):
                return event
        return None

    def _despite(self, error: httpx.WriteError) -> Flow[Head]:
        """What the server has said before it no longer listened."""
        if self.was_unseen:
            raise error
        try:
            return (yield from self._head())
        except (httpx.ReadError, httpx.RemoteProtocolError):
            raise error from None

    def _head(self) -> Flow[Head]:
        parser, channel = self.connection.parser, self.connection.channel
        while True:
            if not (channel.reads_ahead and self._take()):
                _ = yield Ready(channel, "read", self.pace)
                _ = self._take()
            while (event := parser.next_event()) is not None:
                if type(event) is Head:
                    return event

    def _received(self) -> Flow[None]:
        """Wait until something has come, and have it parsed."""
        channel = self.connection.channel
        if channel.reads_ahead and self._take():
            return
        _ = yield from Ready(channel, "read", self.pace)
        while not self._take():
            _ = yield from Ready(channel, "read", self.pace)

    def _take(self) -> bool:
        data = self.connection.channel.receive()
        if data is None:
            return False
        if data:
            if not (self.pace.tally.received or data.startswith(b"HTTP") or self.connection.origin.is_secure):
                refuse_tls(data)
            self.pace.tally.read(len(data))
            self.connection.parser.feed(data)
        else:
            self.connection.parser.feed_eof()
        return True

    def more(self) -> Flow[None]:
        """Wait for more of the body."""
        try:
            yield from self._received()
        except Torn as error:
            raise CutAnswer("body") from error

    def gathered(self) -> tuple[bytes, bool]:
        """What has come of the body, and whether that was its end."""
        whole = self.connection.parser.take_whole()
        if whole is not None:  # nearly always
            return whole, True
        next_event = self.connection.parser.next_event
        parts: list[bytes] = []
        while (event := next_event()) is not None:
            if not isinstance(event, bytes):  # the end: heads are behind us
                return joined(parts), True
            parts.append(event)
        return joined(parts), False

    def finish(self) -> None:
        """The answer is whole: its connection is idle from now on, or closed if the request had not all gone out."""
        if self._was_sent:
            self.connection.release(self._keep)
        else:
            self.connection.discard()


def joined(parts: list[bytes]) -> bytes:
    """The parts as one."""
    return parts[0] if len(parts) == 1 else b"".join(parts)


_timeout = re.compile(rb"(?:^|[,\s])timeout\s*=\s*([0-9]{1,9})").search
_max = re.compile(rb"(?:^|[,\s])max\s*=\s*0+(?:$|[,\s])").search
MARGIN = 1.0
"""Seconds before a server's own limit at which an idle connection is no longer used."""


def patience(parser: ResponseParser) -> float | None:
    """Seconds that the server says it will wait for another request; None if it does not say."""
    for meaning, value in parser.concerns:
        if meaning == KEEP_ALIVE:
            if _max(value):
                return 0.0
            found = _timeout(value)
            return None if found is None else max(0.0, int(found[1]) - MARGIN)
    return None
