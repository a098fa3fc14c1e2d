"""No coding at all."""

from __future__ import annotations

from restkit.wire.decoding.supply import Supply


class Identity:
    """Gives back what it is given. It has no end of its own."""

    def __init__(self) -> None:
        self._supply = Supply()

    @property
    def is_hungry(self) -> bool:
        """Whether all was given back."""
        return not self._supply

    def decode(self, data: bytes, room: int) -> bytes:
        """The next bytes as they came."""
        self._supply.add(data)
        return self._supply.take(room)

    def finish(self) -> None:
        """It may end anywhere."""
