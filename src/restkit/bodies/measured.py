"""Content whose length was declared: exactly as many bytes are sent."""

from __future__ import annotations

from restkit.bodies.asking import changed
from restkit.errors import InputError
from restkit.flow import Emitting
from restkit.flow.outgoing import Source, Tell


class Measured:
    """A source of unknown length that was declared to have this one."""

    def __init__(self, field: str, source: Source, length: int) -> None:
        self._field, self._source = field, source
        self.length: int = length

    @property
    def is_replayable(self) -> bool:
        """Whether it could be sent again."""
        return self._source.is_replayable

    @property
    def is_asynchronous(self) -> bool:
        """Whether a blocking client cannot read it."""
        return self._source.is_asynchronous

    def chunks(self, tell: Tell, /) -> Emitting[bytes]:
        """Its pieces. Raises InputError if they are more or fewer bytes."""
        meter = Meter(self._field, self.length)
        return changed(self._source.chunks(tell), meter.pass_on, meter.end)


class Meter:
    """Counts bytes. The piece that makes them all is held until nothing follows, so that no wrong body is complete."""

    def __init__(self, field: str, length: int) -> None:
        self._field, self._length = field, length
        self._seen = 0
        self._held = b""

    def pass_on(self, piece: bytes) -> bytes:
        """A piece, unless it is the last."""
        self._seen += len(piece)
        if self._seen > self._length:
            raise mismatched(self._field, "more", self._length)
        if self._seen < self._length:
            return piece
        self._held = piece
        return b""

    def end(self) -> bytes:
        """The last piece."""
        if self._seen < self._length:
            raise mismatched(self._field, "fewer", self._length)
        return self._held


def mismatched(field: str, how: str, length: int) -> InputError:
    """The error for content of another length than declared."""
    return InputError(field, f"has {how} bytes than its length of {length}", "declare the right one, or none")
