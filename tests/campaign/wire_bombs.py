"""Bodies of a GiB that are small on the wire: memory must not grow with them.

Each bomb is defused in a process of its own, so that nothing else is in its memory: in each world it is read whole up
to a limit, and in one world, in turn, it is first read through as it comes. The bombs are made here, and served here.
"""

from __future__ import annotations

import gzip
import json
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from tests.campaign.figure import Amounts, Measured
from tests.campaign.wire_script import Ask, Say, answer
from tests.campaign.wire_server import Server
from tests.campaign.wire_worlds import WORLDS, World
from tests.wire.decoding.encoded import br_bomb, zstd_bomb

AT_ONCE = 2
MIB = 1 << 20
GIB = 1 << 30
ONCE = 16 * MIB
STREAMED, BUFFERED = 16 * MIB, 64 * MIB
"""By how much memory may grow."""


def raw() -> bytes:
    """A GiB in raw deflate: one block, said again and again."""
    compressing = zlib.compressobj(wbits=-15)
    block = compressing.compress(bytes(ONCE)) + compressing.flush(zlib.Z_FULL_FLUSH)
    return block * (GIB // ONCE) + compressing.flush()


def checked(check: Callable[[bytes, int], int], start: int) -> int:
    """A checksum of a GiB."""
    for _ in range(GIB // ONCE):
        start = check(bytes(ONCE), start)
    return start


def in_gzip() -> bytes:
    """A GiB in a single member."""
    head = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
    return head + raw() + struct.pack("<II", checked(zlib.crc32, 0), GIB)


def in_deflate() -> bytes:
    """A GiB in deflate, as the RFC has it."""
    return b"\x78\x9c" + raw() + struct.pack(">I", checked(zlib.adler32, 1))


BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "gzip": ("gzip", in_gzip),
    "deflate": ("deflate", in_deflate),
    "raw deflate": ("deflate", raw),
    "br": ("br", br_bomb),
    "zstd": ("zstd", zstd_bomb),
    "gzip in gzip": ("gzip, gzip", lambda: gzip.compress(in_gzip())),
    "gzip members": ("gzip", lambda: gzip.compress(bytes(ONCE)) * (GIB // ONCE)),
}
"""Each with its Content-Encoding."""
KINDS: tuple[tuple[str, World, tuple[str, ...]], ...] = tuple(
    (name, world, ("streamed", "buffered") if (at - turn) % len(WORLDS) == 0 else ("buffered",))
    for at, name in enumerate(BOMBS)
    for turn, world in enumerate(WORLDS)
)
"""Each bomb in each world, and how it is read there."""
MOST = {"streamed": STREAMED, "buffered": BUFFERED}
CELLS = sum(len(ways) for _, _, ways in KINDS)


def defuse(_asked: Amounts) -> Measured:
    """Read each bomb in each world, and see how memory grows."""
    bodies = {name: make() for name, (_, make) in BOMBS.items()}

    def grow(kind: tuple[str, World, tuple[str, ...]]) -> dict[str, int]:
        name, world, ways = kind
        return grown_by(BOMBS[name][0], bodies[name], world.name, ways)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        growths = list(pool.map(grow, KINDS))
    done = [
        (f"{name}, {world.name}, {way}", way, found.get(way))
        for (name, world, ways), found in zip(KINDS, growths, strict=True)
        for way in ways
    ]
    wrong = [(what, size) for what, way, size in done if size is None or size > MOST[way]]
    for what, size in wrong:
        _ = sys.stderr.write(f"{what}: grown by {size} bytes\n")
    grown = {way: max((size or 0 for _, each, size in done if each == way), default=0) for way in MOST}
    told = ", ".join(f"{way} {size / MIB:.1f} MiB" for way, size in grown.items())
    value = f"{len(wrong)} of {len(done)} wrong, grown at most {told}"
    return Measured(value=value, ok=not wrong, done=Amounts(cells=len(done)))


def grown_by(coding: str, body: bytes, world: str, ways: tuple[str, ...]) -> dict[str, int]:
    """By how many bytes a process grows that reads a bomb in these ways; nothing for what went wrong."""
    script = (Ask(), Say(answer(body, f"Content-Encoding: {coding}")))
    with Server(script, script) as server:
        command = [sys.executable, "-m", "tests.campaign.wire_bomb", server.at("127.0.0.1"), world, *ways]
        done = subprocess.run(command, stdout=subprocess.PIPE, check=False, text=True)
    found: dict[str, int] = json.loads(done.stdout or "{}")
    return found
