"""Whether a body that is sent again is the same again: a file may have changed, and a function may give something else.

What an attempt has read is remembered by its length and its checksum. A later one is compared where it reaches that
length, before it hands over the piece that does: so no body is completed that differs from what went before.
"""

from __future__ import annotations

import zlib

from attrs import define

from restkit.errors import BodyChanged
from restkit.flow.effects import Emit, Emitting, next_item


@define
class Mark:
    """How far an attempt has read, and what that was."""

    length: int = 0
    checksum: int = 0
    is_end: bool = False

    def pass_on(self, piece: bytes, before: Mark) -> None:
        """Count a piece in. Raises BodyChanged."""
        if self.length < before.length <= self.length + len(piece):
            at = before.length - self.length
            self._add(piece[:at])
            if self.checksum != before.checksum:
                raise changed()
            piece = piece[at:]
        if piece and before.is_end and self.length >= before.length:
            raise changed()
        self._add(piece)

    def _add(self, piece: bytes) -> None:
        self.length += len(piece)
        self.checksum = zlib.crc32(piece, self.checksum)

    def end(self, before: Mark) -> None:
        """There is nothing more. Raises BodyChanged."""
        if self.length < before.length:
            raise changed()
        self.is_end = True


class Sameness:
    """What has been read of a body so far, in whichever attempt went furthest."""

    def __init__(self) -> None:
        self._furthest = Mark()

    def compared(self, pieces: Emitting[bytes]) -> Emitting[bytes]:
        """The same pieces. Raises BodyChanged where they are others than before."""
        mark, before = Mark(), self._furthest
        emitted: Emit[bytes] | None
        try:
            while (emitted := (yield from next_item(pieces))) is not None:
                mark.pass_on(emitted.item, before)
                yield from Emit(emitted.item)
            mark.end(before)
        finally:
            pieces.close()
            self._furthest = max(mark, self._furthest, key=lambda each: each.length)


def changed() -> BodyChanged:
    """The error for a body that is another one by now."""
    return BodyChanged(
        "body", "gives other bytes than when it was sent first", "leave it as it is until the call is over"
    )
