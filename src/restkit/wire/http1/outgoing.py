"""A request's body on its way out: what frames its parts (RFC 9112 6.1, 7.1)."""

from __future__ import annotations

from typing import TypeAlias

from restkit.wire.http1.broken import Unsendable

LAST_CHUNK = b"0\r\n\r\n"


class Counted:
    """A body of a length that its head has told. A body that is longer or shorter would spoil the connection."""

    __slots__ = ("_left",)

    def __init__(self, length: int) -> None:
        self._left = length

    def part(self, data: bytes) -> bytes:
        """A part of the body as it is written. Raises Unsendable if it is too much: then none of it may be."""
        if len(data) > self._left:
            raise Unsendable("body", "is longer than its Content-Length")
        self._left -= len(data)
        return data

    def end(self) -> bytes:
        """What is written behind the body. Raises Unsendable if it is too short; the connection has to be closed."""
        if self._left:
            raise Unsendable("body", "is shorter than its Content-Length")
        return b""


class Chunked:
    """A body of a length that nobody knows yet."""

    __slots__ = ()

    def part(self, data: bytes) -> bytes:
        """A part of the body as it is written; an empty one would be the end, and is nothing."""
        return b"%x\r\n%b\r\n" % (len(data), data) if data else b""

    def end(self) -> bytes:
        """What is written behind the body."""
        return LAST_CHUNK


Outgoing: TypeAlias = Counted | Chunked
