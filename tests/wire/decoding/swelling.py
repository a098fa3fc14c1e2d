"""How much memory a bomb takes: `python -m tests.wire.decoding.swelling FILE CONTENT-ENCODING`.

Tells the bytes that came out of it as a stream, the KiB by which the process grew at its highest for that, what reading
it whole under a cap ended with, and the KiB for both.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
from typing_extensions import override

from restkit.wire.decoding import DecodedStream, accepted, decoded

CAP = 32 << 20
STATUS = Path("/proc/self/status")


class Download(httpx.SyncByteStream):
    """A file, as it comes over a socket."""

    def __init__(self, path: str) -> None:
        self.path = path

    @override
    def __iter__(self) -> Iterator[bytes]:
        with Path(self.path).open("rb") as file:
            while chunk := file.read(65_536):
                yield chunk


def highest() -> int:
    """Tell the KiB of memory that this process held at its highest (Linux)."""
    return next(int(line.split()[1]) for line in STATUS.read_text().splitlines() if line.startswith("VmHWM"))


def read_whole(path: str, content_encoding: str) -> str:
    """Read an answer into memory, as far as it may grow."""

    def answer(_: httpx.Request) -> httpx.Response:
        headers = {"Content-Encoding": content_encoding}
        return decoded(httpx.Response(200, headers=headers, stream=Download(path)), CAP)

    with httpx.Client(transport=httpx.MockTransport(answer), trust_env=False) as client:
        try:
            _ = client.get("https://api.test/")
        except httpx.TransportError as error:
            return type(error).__name__
    return "read"


def main(path: str, content_encoding: str) -> None:
    """Decode it both ways."""
    _ = accepted()
    before = highest()
    streamed = sum(map(len, DecodedStream(Download(path), content_encoding)))
    grown = highest() - before
    ended = read_whole(path, content_encoding)
    print(json.dumps([streamed, grown, ended, highest() - before]))  # noqa: T201 - read by the test


if __name__ == "__main__":
    main(*sys.argv[1:])
