"""Codings whose body is one compressed member, or several in a row.

Theory of operation. A decompressor here is one as the standard library's `bz2`, `lzma` and `compression.zstd` have it:
it keeps the input that it has not used, says when it needs more, gives at most what it is asked for, and stops at the
end of its member. What is left of the input then begins the next member, if the coding has several (RFC 1952, section
2.2; RFC 8878, section 3.1), and is wrong if it has not. Members that hold nothing give nothing that a cap could count,
so they are counted themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from attrs import frozen

from restkit.errors import BadEncoding, TruncatedBody
from restkit.wire.decoding.supply import Supply

MOST_EMPTY = 100
"""How many members in a row may hold nothing."""


class Decompressor(Protocol):
    """Undoes one member."""

    @property
    def eof(self) -> bool:
        """Whether the member's end has come, and all of it was given."""
        ...

    @property
    def needs_input(self) -> bool:
        """Whether it has no more to give without more input."""
        ...

    @property
    def unused_data(self) -> bytes:
        """What it was given last that lies behind the member's end."""
        ...

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        """At most `max_length` bytes. There is data only if it needs input."""
        ...


@frozen
class Format:
    """A coding: how a member of it begins, and what its decompressor raises."""

    name: str
    begin: Callable[[], Decompressor]
    error: type[Exception]
    has_several: bool = False
    first: bytes = b""
    """The byte that a member begins with, where the decompressor would wait for another before it looks."""


class Members:
    """A decoder for a format."""

    def __init__(self, format: Format) -> None:
        self._format = format
        self._supply = Supply()
        self._member: Decompressor | None = None
        self._empty = 0

    @property
    def is_hungry(self) -> bool:
        """Whether all input was used, and nothing more waits."""
        member = self._member
        return not self._supply and (member is None or member.eof or member.needs_input)

    def decode(self, data: bytes, room: int) -> bytes:
        """What comes out, of as many members as have room."""
        self._supply.add(data)
        parts: list[bytes] = []
        while room and not self.is_hungry:
            part = self._step(room)
            if part:
                parts.append(part)
                room -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _step(self, room: int) -> bytes:
        member = self._member
        if member is None or member.eof:
            member = self._member = self._next()
        data = self._supply.take() if member.needs_input else b""
        try:
            part = member.decompress(data, room)
        except self._format.error as error:
            raise BadEncoding(f"the body is not {self._format.name}: {error}") from error
        if part:
            self._empty = 0
        if member.eof:
            self._supply.put_back(member.unused_data)
        return part

    def _next(self) -> Decompressor:
        if self._member is not None and not self._format.has_several:
            raise BadEncoding(f"the body goes on behind the end of its {self._format.name}")
        if not self._supply.begins_with(self._format.first):
            raise BadEncoding(f"what the body holds, or goes on with, is not {self._format.name}")
        if self._empty > MOST_EMPTY:
            raise BadEncoding(f"more than {MOST_EMPTY} members of {self._format.name} in a row hold nothing")
        self._empty += 1
        return self._format.begin()

    def finish(self) -> None:
        """Raise TruncatedBody within a member."""
        if self._member is not None and not self._member.eof:
            raise TruncatedBody(f"the body ended before its {self._format.name} did")
