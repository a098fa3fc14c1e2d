"""A chunked body, with its extensions and trailers (RFC 9112 7.1).

Theory of operation. Four steps read it, each of which either goes on, gives data, or waits for more: a size's line, the
data, the CRLF behind the data, the trailers. Whole plain chunks, which are nearly all, are read by a loop of their own
and joined, so that half a million chunks of one byte are a few parts. What the loop does not know it leaves to the
steps. No step raises while data is held back: what came before a mistake is given first, wherever the stream was cut.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from restkit.wire.http1.broken import Place, refuse
from restkit.wire.http1.events import Field
from restkit.wire.http1.head import check_line_ends, read_fields
from restkit.wire.http1.names import CONTENT_LENGTH, TRANSFER_ENCODING, concerns
from restkit.wire.http1.received import Received
from restkit.wire.http1.rules import (
    BARE_LF,
    CHUNK_END,
    CHUNK_EXTENSION,
    CHUNK_EXTRAS,
    CHUNK_SIZE,
    FIRST_FOLD,
    MOST_BYTES,
    SIZE_DIGITS,
    TRAILER_FRAMING,
)

CRLF = b"\r\n"
LAST = b"0\r\n\r\n"
"""The usual end of a body, without trailers."""
AT_ONCE = 256 * 1024
"""Bytes that are read for one part, if chunks are small."""

_digits = re.compile(rb"[0-9A-Fa-f]{0,16}+").match
_plain = re.compile(rb"([0-9A-Fa-f]{1,16}+)\r\n").match
_control = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]").search

WAIT, GO_ON = object(), object()
Step: TypeAlias = "Callable[[Chunks, Received], object]"


class Chunks:
    """Reads one chunked body."""

    __slots__ = ("_extras", "_left", "_step", "trailers")
    trailers: list[Field] | None

    def __init__(self) -> None:
        self.trailers = None
        """The fields behind the body, once all has come."""
        self._left = self._extras = 0
        self._step: Step = Chunks._read_size

    @property
    def place(self) -> Place:
        """What comes next."""
        return "trailer" if self._step is Chunks._read_trailers else "chunk"

    def read(self, received: Received) -> bytes | None:
        """The next part of the data, or None: then either more bytes are needed, or all has come."""
        while self.trailers is None:
            found = self._step(self, received)
            if isinstance(found, bytes):
                return found
            if found is WAIT:
                break
        return None

    def _read_size(self, received: Received) -> object:
        if received.data.startswith(LAST, received.at):
            received.at += len(LAST)
            self.trailers = []
            return GO_ON
        if parts := whole_chunks(received):
            return b"".join(parts)
        check_size(received)
        line = received.take_through(CRLF, room := self._room + SIZE_DIGITS + 2)
        if line is None:
            received.check_wait(room, "chunk", CHUNK_EXTRAS)
            return WAIT
        check_line_ends(line, 0, len(line), "chunk")
        size, _, extension = line[:-2].partition(b";")
        if _control(extension):
            refuse(CHUNK_EXTENSION, "chunk")
        self._spend(len(line) - len(size) - 2)
        self._left = int(size, 16)
        self._step = Chunks._read_data if self._left else Chunks._read_trailers
        return GO_ON

    def _read_data(self, received: Received) -> object:
        part = received.take(self._left)
        self._left -= len(part)
        if not self._left:
            self._step = Chunks._read_end
        return part or WAIT

    def _read_end(self, received: Received) -> object:
        said = bytes(received.data[received.at : received.at + 2])
        if said != CRLF[: len(said)]:
            refuse(CHUNK_END, "chunk")
        if said != CRLF:
            return WAIT
        received.at += 2
        self._step = Chunks._read_size
        return GO_ON

    def _read_trailers(self, received: Received) -> object:
        if received.data[received.at : received.at + 2] == CRLF:
            received.at += 2
            self.trailers = []
            return GO_ON
        section = received.take_through(CRLF + CRLF, room := self._room + 4)
        if section is None:
            received.check_wait(room, "trailer", CHUNK_EXTRAS)
            return WAIT
        self.trailers = read_trailers(section)
        return GO_ON

    @property
    def _room(self) -> int:
        return MOST_BYTES - self._extras

    def _spend(self, extra: int) -> None:
        self._extras += extra
        if self._extras > MOST_BYTES:
            refuse(CHUNK_EXTRAS, "chunk")


def whole_chunks(received: Received) -> list[bytes]:
    """The data of the chunks that are plain and all there, up to the first that is not."""
    parts: list[bytes] = []
    data, at = received.data, received.at
    if isinstance(data, bytearray):  # something long is waiting for its end: that is for the steps
        return parts
    stop, last = at + AT_ONCE, len(data)
    while at < stop and (found := _plain(data, at)):
        start = found.end()
        end = start + int(found[1], 16)
        if end == start or end + 2 > last or data[end : end + 2] != CRLF:
            break
        parts.append(data[start:end])
        at = end + 2
    received.at = at
    return parts


def check_size(received: Received) -> None:
    """Whether what has come of a size's line may become one: digits, then its end or an extension."""
    data, at = received.data, received.at
    found = _digits(data, at)
    end = at if found is None else found.end()
    after = bytes(data[end : end + 1])
    if after == b"\n":
        refuse(BARE_LF, "chunk")
    if after and (end == at or after not in b";\r"):
        refuse(CHUNK_SIZE, "chunk", bytes(data[at : at + SIZE_DIGITS + 1]).partition(CRLF)[0])


def read_trailers(section: bytes) -> list[Field]:
    """Take the fields behind a body apart, from the first to the empty line."""
    check_line_ends(section, 0, len(section), "trailer")
    if section[:1] in (b" ", b"\t"):
        refuse(FIRST_FOLD, "trailer")
    fields = read_fields(section[:-2], "trailer")
    if any(meaning in (CONTENT_LENGTH, TRANSFER_ENCODING) for meaning, _ in concerns(fields)):
        refuse(TRAILER_FRAMING, "trailer")
    return fields
