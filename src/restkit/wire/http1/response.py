"""The answers of one connection, from bytes in any cut to events.

Theory of operation. The parser stands at one of a few places: idle, before a head, in a body of known length, in a
chunked one, in one that ends with the stream, at the end, or broken. Each place has a function that reads what it can
and answers an event, or None while it needs more. `begin` leaves the idle place for one exchange, `End` returns to it.

Bytes that come while it is idle belong to nothing we asked for. They are counted and dropped, and the connection is not
used again: an answer never begins with what an earlier one left over. Behind 101, and behind the answer to a CONNECT
that succeeded, the bytes are another protocol's; they are kept for it.

Positions in the stream are ours, not llhttp's, which does not tell where an answer ended, nor can be told that one has
no body because it answers HEAD.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from restkit.errors import TransportError
from restkit.wire.http1.broken import CutAnswer, NoAnswer, Place, Unsendable, refuse
from restkit.wire.http1.chunks import Chunks
from restkit.wire.http1.events import End, Event, Field, Head, Informational
from restkit.wire.http1.framing import CHUNKED, UNTIL_CLOSE, Size, framing
from restkit.wire.http1.head import check_beginning, read_head
from restkit.wire.http1.names import concerns
from restkit.wire.http1.received import Received
from restkit.wire.http1.rules import HEAD_BYTES, INFORMATIONAL, MOST_BYTES, MOST_INFORMATIONAL, MOST_KEPT, UPGRADE

Reader: TypeAlias = "Callable[[ResponseParser], Event | None]"
HEAD_END = b"\r\n\r\n"
SWITCHING_PROTOCOLS, OK, REDIRECTION = 101, 200, 300


class ResponseParser:
    """Reads the answers of one connection, one exchange after the other.

    `begin` before each request, `feed` what comes and `feed_eof` when the stream has ended, and take events until there
    is none. Raises BrokenAnswer, AnswerTooLarge, NoAnswer or CutAnswer when the stream cannot be read further.
    """

    __slots__ = (
        "_before", "_chunks", "_eof", "_excess", "_left", "_method", "_persistent", "_read", "_received", "_upgrade",
        "concerns",
    )  # fmt: skip
    concerns: list[tuple[int, bytes]]
    """What the fields of the last head mean to the exchange, by `names`, each with its value."""

    def __init__(self) -> None:
        self._received = Received()
        self._read: Reader = ResponseParser._idle
        self._persistent, self._eof, self._upgrade = True, False, False
        self._method = b""
        self._before: list[Informational] = []
        self._excess = self._left = 0
        self._chunks = Chunks()
        self.concerns = []

    @property
    def reusable(self) -> bool:
        """Whether the connection can carry another exchange: the last is over, and nothing speaks against it.

        Whether the request of that exchange was sent in full, the parser cannot know.
        """
        return self._read is ResponseParser._idle and self._persistent and not self._eof and not self._excess

    @property
    def excess(self) -> int:
        """Bytes that came and belong to no answer."""
        return self._excess

    @property
    def switched(self) -> bool:
        """Whether the connection now speaks another protocol."""
        return self._read is ResponseParser._switched

    def rest(self) -> bytes:
        """Take the bytes of the other protocol that have come."""
        return self._received.take(len(self._received)) if self.switched else b""

    def begin(self, method: bytes, *, upgrade: bool = False, close: bool = False) -> None:
        """Expect the answer to a request. It may ask for another protocol, or to close the connection behind it.

        Raises Unsendable if the connection is not reusable.
        """
        if not self.reusable:
            raise Unsendable("connection", "cannot carry another request")
        self._method, self._upgrade, self._persistent = method, upgrade, not close
        self._before = []
        self._read = ResponseParser._read_head

    def feed(self, data: bytes) -> None:
        """Take in what has come. It is read when events are asked for."""
        if self._read is ResponseParser._idle:
            self._excess += len(data)
        else:
            self._received.add(data)

    def feed_eof(self) -> None:
        """Take in that no more will come. A TLS stream that lacks its close_notify has not ended."""
        self._eof = True

    def next_event(self) -> Event | None:
        """The next event, or None: then more is needed, or the exchange is over."""
        try:
            return self._read(self)
        except TransportError:
            self._read, self._persistent = ResponseParser._broken, False
            raise

    def take_whole(self) -> bytes | None:
        """A body whose length is known, if all of it is here: as its one part and its end would be told."""
        if self._read is not ResponseParser._read_length or len(self._received) < self._left:
            return None
        body = self._received.take(self._left)
        _ = self._end()
        return body

    def _idle(self) -> Event | None:
        return None

    def _broken(self) -> Event | None:
        return None

    def _switched(self) -> Event | None:
        return None

    def _read_head(self) -> Event | None:
        text = self._received.take_through(HEAD_END, MOST_BYTES)
        if text is None:
            self._wait_for_head()
            return None
        start, fields = read_head(text)
        self.concerns = concerns(fields)
        size, persistent, fields = framing(start, fields, self.concerns, self._method)
        version, status, reason = start
        if status < OK and status != SWITCHING_PROTOCOLS:
            return self._come_first(Informational(status, reason, fields))
        self._persistent = self._persistent and persistent
        self._enter(status, size)
        before = tuple(self._before[:MOST_KEPT]) if self._before else ()
        return Head(status, reason, version, fields, before)

    def _wait_for_head(self) -> None:
        received = self._received
        check_beginning(received.data[received.at : received.at + 5])
        received.check_wait(MOST_BYTES, "head", HEAD_BYTES)
        if self._eof:
            raise NoAnswer(len(received))

    def _come_first(self, head: Informational) -> Informational:
        self._before.append(head)
        if len(self._before) > MOST_INFORMATIONAL:
            refuse(INFORMATIONAL, "head")
        return head

    def _enter(self, status: int, size: Size) -> None:
        """Go where the body is read."""
        if status == SWITCHING_PROTOCOLS and not self._upgrade:
            refuse(UPGRADE, "head", b"101")
        if status == SWITCHING_PROTOCOLS or (self._method == b"CONNECT" and OK <= status < REDIRECTION):
            self._persistent = False
            self._read = ResponseParser._end_switched
        elif size is CHUNKED:
            self._chunks = Chunks()
            self._read = ResponseParser._read_chunks
        elif size is UNTIL_CLOSE:
            self._read = ResponseParser._read_until_close
        else:
            self._left = size
            self._read = ResponseParser._read_length if size else ResponseParser._end

    def _read_length(self) -> Event | None:
        part = self._received.take(self._left)
        if not part:
            self._check_open("body", self._left)
            return None
        self._left -= len(part)
        if not self._left:
            self._read = ResponseParser._end
        return part

    def _read_until_close(self) -> Event | None:
        part = self._received.take(len(self._received))
        return part or (self._end() if self._eof else None)

    def _read_chunks(self) -> Event | None:
        part = self._chunks.read(self._received)
        if part is not None:
            return part
        if self._chunks.trailers is not None:
            return self._end(self._chunks.trailers)
        self._check_open(self._chunks.place, None)
        return None

    def _check_open(self, place: Place, missing: int | None) -> None:
        if self._eof:
            raise CutAnswer(place, missing)

    def _end(self, trailers: list[Field] | None = None) -> End:
        self._excess = self._received.drop()
        self._read = ResponseParser._idle
        return End(trailers or [])

    def _end_switched(self) -> End:
        self._read = ResponseParser._switched
        return End([])
