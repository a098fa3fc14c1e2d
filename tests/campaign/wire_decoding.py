"""Decoding beside httpx's own, on what both can decode."""

from __future__ import annotations

import gzip
import json
import random
import time
from collections.abc import Callable, Iterator

import httpx
from typing_extensions import override

from restkit.wire.decoding import decoded
from tests.campaign.figure import Amounts, Measured

BYTES, CHUNK = 1 << 20, 65_536
CAP = 32 << 20
MOST = 1.1
"""How many times as long as httpx it may take."""


class Chunks(httpx.SyncByteStream):
    """A body as it comes over a socket."""

    def __init__(self, body: bytes) -> None:
        self.chunks = [body[start : start + CHUNK] for start in range(0, len(body), CHUNK)]

    @override
    def __iter__(self) -> Iterator[bytes]:
        yield from self.chunks


def rows() -> bytes:
    """A MiB of JSON, the same each time."""
    chance = random.Random(0)  # noqa: S311 - to be repeated, not to be secret
    made = [
        {"id": number, "name": f"user{chance.randrange(10**6)}", "score": chance.random()} for number in range(18_000)
    ]
    return json.dumps(made).encode()[:BYTES]


def seconds(act: Callable[[], bytes]) -> float:
    """How long it takes."""
    began = time.perf_counter()
    _ = act()
    return time.perf_counter() - began


def compare_speed(asked: Amounts) -> Measured:
    """Read a MiB of JSON in gzip, by httpx and by us, in turns: the best of each."""
    stream = Chunks(gzip.compress(rows(), mtime=0))

    def answer() -> httpx.Response:
        """What a transport answers."""
        return httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=stream)

    pairs = [
        (seconds(lambda: answer().read()), seconds(lambda: decoded(answer(), CAP).read())) for _ in range(asked.calls)
    ]
    theirs, ours = (min(column) for column in zip(*pairs, strict=True))
    value = f"{ours / theirs:.2f} of httpx ({ours * 1e3:.2f} and {theirs * 1e3:.2f} ms)"
    return Measured(value=value, ok=ours <= MOST * theirs, done=Amounts(calls=len(pairs)))
