"""What undoes a content coding, and how it is driven."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

PIECE = 262_144
"""Bytes: the most that is given back at a time. With less, zlib would begin with its window again and again."""


class Decoder(Protocol):
    """Undoes what was done to one body, step by step. It holds what it was given until that is used.

    As long as it is not hungry it is asked again, with no data: `pieces` does so.
    """

    @property
    def is_hungry(self) -> bool:
        """Whether nothing more comes out before more is put in."""
        ...

    def decode(self, data: bytes, room: int) -> bytes:
        """At most `room` bytes, which is 1 or more, of what was encoded. They may be none.

        Raises BadEncoding for bytes that are not what the coding says, TooLarge where there is a cap.
        """
        ...

    def finish(self) -> None:
        """Nothing more will be put in. Raises TruncatedBody if the end of the coding has not come."""


def pieces(decoder: Decoder, data: bytes) -> Iterator[bytes]:
    """All that comes out when `data` is put in, in pieces of at most 256 KiB, none of them empty."""
    while True:
        piece = decoder.decode(data, PIECE)
        if piece:
            yield piece
        if decoder.is_hungry:
            return
        data = b""
