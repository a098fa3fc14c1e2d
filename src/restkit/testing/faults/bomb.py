"""A body that is small on the wire and large when it is decompressed."""

from __future__ import annotations

import functools

from attrs import frozen

from restkit.testing.faults.steps import End, Reply

MIB = 1 << 20


@functools.cache
def bomb(mebibytes: int) -> bytes:
    """So many MiB of zeros in gzip, of a thousandth of that size; made without ever having them in memory."""
    import zlib

    zeros = bytes(MIB)
    packing = zlib.compressobj(9, wbits=-15)
    block = packing.compress(zeros) + packing.flush(zlib.Z_FULL_FLUSH)
    checksum = 0
    for _ in range(mebibytes):
        checksum = zlib.crc32(zeros, checksum)
    end = checksum.to_bytes(4, "little") + (mebibytes * MIB % (1 << 32)).to_bytes(4, "little")
    return b"\x1f\x8b\x08" + bytes(6) + b"\xff" + block * mebibytes + packing.flush() + end


@frozen
class Bomb:
    """Answer a bomb."""

    status: int = 200
    mebibytes: int = 64

    def __call__(self, end: End, /) -> None:
        """Do it."""
        end.reply(Reply(status=self.status, body=bomb(self.mebibytes), fields=(("Content-Encoding", "gzip"),)))
