"""gzip (RFC 1952) and deflate (RFC 1950, or RFC 1951 as some servers send it)."""

from __future__ import annotations

import functools
from typing import Final

from restkit.wire.decoding.members import Format

GZIP: Final = 31
"""What zlib calls a gzip header and trailer around a window of any size."""
ZLIB: Final = 15
RAW: Final = -15
METHOD: Final = 8
"""The method of compression in a zlib header: deflate (RFC 1950, section 2.2)."""
HEADER: Final = 2
"""Bytes of a zlib header."""


class Inflate:
    """zlib's decompressor, in the manner of the others: it keeps what it has not used."""

    needs_input: bool

    def __init__(self, wbits: int) -> None:
        import zlib

        self._inner = zlib.decompressobj(wbits)
        self._rest = b""
        self.needs_input = True

    @property
    def eof(self) -> bool:
        """Whether the member is over, its checksum and length verified."""
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        """What lies behind it."""
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        """At most `max_length` bytes; raises zlib.error."""
        piece = self._inner.decompress(self._rest or data, max_length)
        self._rest = self._inner.unconsumed_tail
        self.needs_input = len(piece) < max_length
        return piece


class Deflate:
    """What calls itself deflate: by its first two bytes with zlib's header and checksum, or without (raw)."""

    def __init__(self) -> None:
        self._head = b""
        self._inner: Inflate | None = None

    @property
    def eof(self) -> bool:
        """Whether it is over."""
        return self._inner is not None and self._inner.eof

    @property
    def needs_input(self) -> bool:
        """Whether it has no more to give."""
        return self._inner is None or self._inner.needs_input

    @property
    def unused_data(self) -> bytes:
        """What lies behind it."""
        return b"" if self._inner is None else self._inner.unused_data

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        """At most `max_length` bytes; raises zlib.error."""
        if self._inner is None:
            data = self._head = self._head + data
            if len(data) < HEADER:
                return b""
            self._inner = Inflate(ZLIB if is_zlib(data) else RAW)
        return self._inner.decompress(data, max_length)


def is_zlib(data: bytes) -> bool:
    """Whether this begins with a zlib header: it names its method and is a multiple of 31 (RFC 1950, section 2.2)."""
    return data[0] & 0x0F == METHOD and int.from_bytes(data[:HEADER], "big") % 31 == 0


@functools.cache
def gzip() -> Format:
    """The coding `gzip`: any number of members."""
    import zlib

    return Format("gzip", lambda: Inflate(GZIP), zlib.error, has_several=True, first=b"\x1f")


@functools.cache
def deflate() -> Format:
    """The coding `deflate`."""
    import zlib

    return Format("deflate", Deflate, zlib.error)
