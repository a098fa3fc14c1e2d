"""How large a body may become."""

from __future__ import annotations

from restkit.errors import TooLarge
from restkit.wire.decoding.decoder import Decoder


class Capped:
    """A decoder that raises TooLarge as soon as more than `limit` bytes come out. It asks for no more."""

    def __init__(self, inner: Decoder, limit: int) -> None:
        self._inner, self._limit, self._left = inner, limit, limit

    @property
    def is_hungry(self) -> bool:
        """Whether the decoder is."""
        return self._inner.is_hungry

    def decode(self, data: bytes, room: int) -> bytes:
        """What comes out of the decoder."""
        piece = self._inner.decode(data, min(room, self._left + 1))
        self._left -= len(piece)
        if self._left < 0:
            raise TooLarge(f"the body is over {self._limit} bytes, its cap, when it is decoded")
        return piece

    def finish(self) -> None:
        """As the decoder."""
        self._inner.finish()
