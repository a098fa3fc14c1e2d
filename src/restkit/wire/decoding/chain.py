"""Two codings, one within the other."""

from __future__ import annotations

from restkit.wire.decoding.decoder import Decoder

BETWEEN = 65_536
"""Bytes: the most that has come out of one coding and is not yet in the other."""


class Chain:
    """Undoes `outer`, and `inner` in what comes out of that."""

    def __init__(self, outer: Decoder, inner: Decoder) -> None:
        self._outer, self._inner = outer, inner

    @property
    def is_hungry(self) -> bool:
        """Whether neither has anything more."""
        return self._inner.is_hungry and self._outer.is_hungry

    def decode(self, data: bytes, room: int) -> bytes:
        """What comes out of both."""
        between = self._outer.decode(data, BETWEEN) if data or self._inner.is_hungry else b""
        return self._inner.decode(between, room)

    def finish(self) -> None:
        """Raise TruncatedBody if either is cut."""
        self._outer.finish()
        self._inner.finish()
