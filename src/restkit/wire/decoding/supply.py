"""What was put in and is not used yet."""

from __future__ import annotations

SLICE = 65_536
"""Bytes: decompressors copy what they have not used at each step, so they are given no more than this at a time."""


class Supply:
    """Encoded bytes, handed on in slices."""

    __slots__ = ("_at", "_data")

    def __init__(self) -> None:
        self._data, self._at = b"", 0

    def __bool__(self) -> bool:
        return self._at < len(self._data)

    def add(self, data: bytes) -> None:
        """Put more in."""
        if data:
            self._data, self._at = self._data[self._at :] + data if self else data, 0

    def take(self, most: int = SLICE) -> bytes:
        """The next bytes; none, if there are none left."""
        start = self._at
        self._at = min(start + most, len(self._data))
        return self._data[start : self._at]

    def put_back(self, data: bytes) -> None:
        """Bytes that were taken and not used come next again."""
        start = self._at - len(data)
        if start >= 0 and self._data.startswith(data, start):
            self._at = start
        else:  # more was put in meanwhile
            self._data, self._at = data + self._data[self._at :], 0

    def begins_with(self, start: bytes) -> bool:
        """Whether these bytes come next."""
        return self._data.startswith(start, self._at)
