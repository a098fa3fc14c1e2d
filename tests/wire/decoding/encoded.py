"""Bodies as servers encode them, the good and the bad ones, and how a test has them decoded."""

from __future__ import annotations

import gzip
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

import brotli

from restkit.wire.decoding import Decoder, decoder_for, pieces

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ZEROS = bytes(1 << 20)


def in_gzip(body: bytes) -> bytes:
    """A single member of gzip, the same each time."""
    return gzip.compress(body, mtime=0)


def in_raw_deflate(body: bytes) -> bytes:
    """What some servers call deflate."""
    compressing = zlib.compressobj(wbits=-15)
    return compressing.compress(body) + compressing.flush()


def in_zstd(body: bytes) -> bytes:
    """A frame with a checksum."""
    return zstd.compress(body, options={zstd.CompressionParameter.checksum_flag: 1})


FORMS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", in_gzip),
    "deflate": ("deflate", zlib.compress),
    "raw deflate": ("deflate", in_raw_deflate),
    "br": ("br", brotli.compress),
    "zstd": ("zstd", in_zstd),
}
"""Each form a body may have: its Content-Encoding, and how it is made."""


def cut_up(body: bytes, places: Iterable[int]) -> Iterator[bytes]:
    """A body in pieces, cut at these places."""
    for start, end in pairwise([0, *sorted(places), len(body)]):
        yield body[start:end]


def undo(decoder: Decoder | str, *chunks: bytes) -> bytes:
    """The whole decoded body."""
    decoder = decoder_for(decoder) if isinstance(decoder, str) else decoder
    found = b"".join(piece for chunk in chunks for piece in pieces(decoder, chunk))
    decoder.finish()
    return found


def flips(body: bytes, start: int = 0) -> Iterator[bytes]:
    """The body with each of its bits turned over, from a byte on."""
    for bit in range(start * 8, len(body) * 8):
        flipped = bytearray(body)
        flipped[bit // 8] ^= 1 << bit % 8
        yield bytes(flipped)


def gzip_bomb() -> bytes:
    """A GiB in sixty-four members of gzip."""
    return gzip.compress(ZEROS * 16) * 64


def deflate_bomb() -> bytes:
    """A GiB in raw deflate, of one block said again and again."""
    compressing = zlib.compressobj(wbits=-15)
    first = compressing.compress(ZEROS * 16) + compressing.flush(zlib.Z_FULL_FLUSH)
    return first * 64 + compressing.flush()


def br_bomb(window: int = 22) -> bytes:
    """A GiB in br, with a window of so many bits: 22, as most have it, is 4 MiB."""
    compressing = brotli.Compressor(quality=1, lgwin=window)
    return b"".join(compressing.process(ZEROS) for _ in range(1024)) + compressing.finish()


def zstd_bomb() -> bytes:
    """A GiB in one frame of zstd, with the largest window there may be."""
    compressing = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: 23})
    return b"".join(compressing.compress(ZEROS) for _ in range(1024)) + compressing.flush()


BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "gzip": ("gzip", gzip_bomb),
    "deflate": ("deflate", deflate_bomb),
    "br": ("br", br_bomb),
    "zstd": ("zstd", zstd_bomb),
    "gzip in gzip": ("gzip, gzip", lambda: gzip.compress(gzip_bomb())),
    "br in gzip": ("br, gzip", lambda: gzip.compress(br_bomb())),
    "zstd in br": ("zstd, br", lambda: brotli.compress(zstd_bomb(), quality=5)),
}
"""Seven bodies of a GiB, each a small fraction of that on the wire."""
