"""Bodies in gzip (RFC 9110, section 8.4.1.3), without a time in it, so that the same bytes make the same bytes."""

from __future__ import annotations

from restkit.bodies.asking import changed
from restkit.flow import Emitting
from restkit.flow.outgoing import Source, Tell

LEAST = 1024
"""Bytes of the largest body that is sent as it is."""
_GZIP = 31
"""What zlib calls gzip with its largest window."""


class Gzipped:
    """A source, compressed as it is read; its length is not known before."""

    length: int | None = None
    source: Source

    def __init__(self, source: Source) -> None:
        self.source = source

    @property
    def is_replayable(self) -> bool:
        """Whether it could be sent again."""
        return self.source.is_replayable

    @property
    def is_asynchronous(self) -> bool:
        """Whether a blocking client cannot read it."""
        return self.source.is_asynchronous

    def chunks(self, tell: Tell, /) -> Emitting[bytes]:
        """Its pieces, compressed."""
        import zlib

        pressing = zlib.compressobj(wbits=_GZIP)
        return changed(self.source.chunks(tell), pressing.compress, pressing.flush)


def gzipped(content: bytes | Source) -> bytes | Source:
    """Content, compressed."""
    if not isinstance(content, bytes):
        return Gzipped(content)
    import zlib

    return zlib.compress(content, wbits=_GZIP)


def is_large(content: bytes | Source) -> bool:
    """Whether it is worth compressing; what has no known length may be."""
    length = len(content) if isinstance(content, bytes) else content.length
    return length is None or length > LEAST
