"""The bytes that have come and are not yet read."""

from __future__ import annotations

from restkit.wire.http1.broken import Place, refuse
from restkit.wire.http1.head import check_line_ends
from restkit.wire.http1.rules import Rule

SHORT = 4096
"""Bytes that may be copied for each piece that comes; more than that, waiting for their end, are gathered."""


class Received:
    """Bytes from `at` on. A piece that comes while nothing is left is kept as it is, without a copy."""

    __slots__ = ("_seen", "at", "data")
    data: bytes | bytearray
    at: int

    def __init__(self) -> None:
        self.data, self.at, self._seen = b"", 0, 0

    def __len__(self) -> int:
        return len(self.data) - self.at

    def add(self, piece: bytes) -> None:
        """Append what has come."""
        left = len(self.data) - self.at
        if left <= SHORT:
            self.data = bytes(self.data[self.at :]) + piece if left else piece
        else:
            if not isinstance(self.data, bytearray):
                self.data = bytearray(self.data)
            del self.data[: self.at]
            self.data += piece
        self._seen, self.at = max(0, self._seen - self.at) if left else 0, 0

    def drop(self) -> int:
        """Forget what is not yet read; says how many bytes that were."""
        dropped = len(self.data) - self.at
        self.data, self.at, self._seen = b"", 0, 0
        return dropped

    def take(self, most: int) -> bytes:
        """At most that many bytes, which are read then."""
        part = bytes(self.data[self.at : self.at + most])
        self.at += len(part)
        return part

    def take_through(self, mark: bytes, most: int) -> bytes | None:
        """All up to a mark and with it, or None if so many bytes do not hold it."""
        at = self.at
        start = max(at, self._seen - len(mark) + 1) if self._seen else at
        end = self.data.find(mark, start, at + most)
        if end < 0:
            return None
        self.at = end + len(mark)
        return bytes(self.data[at : self.at])

    def check_wait(self, most: int, place: Place, cap: Rule) -> None:
        """Whether the mark may still come: no line may end in another way, and there must be room."""
        last = len(self.data)
        check_line_ends(self.data, max(self.at, self._seen - 1), min(last, self.at + most), place)
        if last - self.at >= most:
            refuse(cap, place)
        self._seen = last
