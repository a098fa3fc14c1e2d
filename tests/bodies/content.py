"""Content of every kind, each anew for a test, and layers that send it."""

from __future__ import annotations

import io
import os
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from restkit import Flow, Proceed, Upload

AWAITING = pytest.mark.parametrize("portal", ["asyncio", "trio"], indirect=True)
"""A test of the awaiting worlds alone."""
SAID = b"one two three"
PIECES = [b"one ", b"", b"two ", b"three"]
Make = Callable[[Path], Any]


class Pieces:
    """An iterable that can be iterated again."""

    def __iter__(self) -> Iterator[bytes]:
        yield from PIECES


class AsyncPieces:
    """Another, to be awaited."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in PIECES:
            yield piece


class AsyncOnce:
    """An iterator that is no generator, to be awaited."""

    def __init__(self) -> None:
        self._pieces = iter(PIECES)
        self.is_closed = False

    def __aiter__(self) -> AsyncOnce:
        return self

    async def __anext__(self) -> bytes:
        for piece in self._pieces:
            return piece
        raise StopAsyncIteration

    async def aclose(self) -> None:
        """Note it."""
        self.is_closed = True


class AsyncRest:
    """Another, without a way to close it."""

    def __init__(self) -> None:
        self._pieces = iter(PIECES)

    def __aiter__(self) -> AsyncRest:
        return self

    async def __anext__(self) -> bytes:
        for piece in self._pieces:
            return piece
        raise StopAsyncIteration


def pieces() -> Iterator[bytes]:
    """A generator."""
    yield from PIECES


async def async_pieces() -> AsyncIterator[bytes]:
    """Another, to be awaited."""
    for piece in PIECES:
        yield piece


async def later() -> bytes:
    """Content that is to be awaited."""
    return SAID


def written(folder: Path, before: bytes = b"") -> Path:
    """A file with what is said."""
    path = folder / "said.bin"
    path.write_bytes(before + SAID)
    return path


OPEN: list[Any] = []
"""The files that a test has opened, to be closed at its end."""


def kept(file: Any) -> Any:
    """A file that is closed at the end of the test."""
    OPEN.append(file)
    return file


def opened(folder: Path) -> Any:
    """An open file that stands behind its beginning."""
    file = kept(written(folder, b"before ").open("rb"))
    file.seek(len(b"before "))
    return file


def in_memory(_: Path) -> io.BytesIO:
    """A file in memory, that stands behind its beginning."""
    file = io.BytesIO(b"before " + SAID)
    file.seek(len(b"before "))
    return file


def piped(_: Path) -> Any:
    """A file that cannot go back."""
    reads, writes = os.pipe()
    os.write(writes, SAID)
    os.close(writes)
    return kept(os.fdopen(reads, "rb"))


class Endless(io.BytesIO):
    """A file that does not know where it ends, as a compressed one."""

    def seek(self, place: int, whence: int = 0) -> int:
        """Go to a place, but not to the end."""
        if whence == os.SEEK_END:
            raise ValueError("from where?")
        return super().seek(place, whence)


AGAIN: dict[str, Make] = {
    "bytes": lambda _: SAID,
    "bytearray": lambda _: bytearray(SAID),
    "memoryview": lambda _: memoryview(b"_" + SAID)[1:],
    "text": lambda _: SAID.decode(),
    "file": opened,
    "in memory": in_memory,
    "path": written,
    "upload": lambda folder: Upload(written(folder), length=len(SAID)),
    "upload of a factory": lambda _: Upload(lambda: SAID, length=len(SAID)),
    "upload of pieces": lambda _: Upload(Pieces(), length=len(SAID)),
}
"""Content of known length that can be sent again."""
AGAIN_IN_CHUNKS: dict[str, Make] = {
    "pieces": lambda _: Pieces(),
    "list": lambda _: [bytearray(SAID[:3]), memoryview(SAID)[3:]],
    "without an end": lambda _: Endless(SAID),
    "factory of bytes": lambda _: lambda: SAID,
    "factory of a file": lambda folder: lambda: opened(folder),
    "factory of pieces": lambda _: pieces,
    "factory of a path": lambda folder: lambda: written(folder),
}
"""Content of unknown length that can be sent again."""
ONCE: dict[str, Make] = {
    "generator": lambda _: pieces(),
    "iterator": lambda _: iter(PIECES),
    "pipe": piped,
}
"""What can be read once only."""
AWAITED: dict[str, Make] = {
    "awaited pieces": lambda _: AsyncPieces(),
    "factory of awaited pieces": lambda _: async_pieces,
    "awaited factory": lambda _: later,
    "factory of something awaited": lambda _: lambda: later(),  # noqa: PLW0108 - not known to be asynchronous
}
"""What only an awaiting client can read."""
AWAITED_ONCE: dict[str, Make] = {
    "awaited generator": lambda _: async_pieces(),
    "awaited iterator": lambda _: AsyncOnce(),
    "awaited iterator without an end": lambda _: AsyncRest(),
}
"""What only an awaiting client can read, and once only."""


def twice(request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
    """A layer that sends everything twice, with a fresh copy as retries do."""
    yield from proceed(request)
    return (yield from proceed(copy(request)))


def copy(request: httpx.Request) -> httpx.Request:
    """A request for one more attempt."""
    return httpx.Request(
        request.method,
        request.url,
        headers=request.headers,
        stream=request.stream,
        extensions=request.extensions,
    )
