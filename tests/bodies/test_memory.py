"""What is streamed is never held whole."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.client.worlds import World

MEBIBYTE = 1 << 20
SIZE = 64 * MEBIBYTE
MOST = 4 * MEBIBYTE


class Sink(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A transport that counts what it is sent."""

    def __init__(self) -> None:
        self.count = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Take a body."""
        stream: Any = request.stream
        for piece in stream:
            self.count += len(piece)
        return httpx.Response(200)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Take a body."""
        stream: Any = request.stream
        async for piece in stream:
            self.count += len(piece)
        return httpx.Response(200)


def flood() -> Iterator[bytes]:
    """The same many times."""
    for _ in range(64):
        yield b"x" * MEBIBYTE


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A large file, of which the disk holds next to nothing."""
    path = tmp_path_factory.mktemp("large") / "file"
    with path.open("wb") as file:
        file.truncate(SIZE)
    return path


BODIES: dict[str, Callable[[Path], dict[str, Any]]] = {
    "path": lambda path: {"content": path},
    "iterator": lambda _: {"content": flood()},
    "files": lambda path: {"data": {"a": "b"}, "files": {"f": path, "g": ("name", flood())}},
    "compressed": lambda path: {"content": path, "compress": "gzip"},
}


def peak(act: Callable[[], object]) -> int:
    """The most bytes that were held meanwhile."""
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("make", BODIES.values(), ids=BODIES)
def test_a_large_body_is_not_held(world: World, large: Path, make: Callable[[Path], dict[str, Any]]) -> None:
    """64 MiB need less than 4."""
    sink = Sink()
    client = world.client(base_url="https://api.test", transport=sink)
    held = peak(lambda: world(client.post("/", **make(large))))

    assert (True, True) == (held < MOST, sink.count >= SIZE or make is BODIES["compressed"])


def test_a_large_open_file_is_not_held(world: World, large: Path) -> None:
    """Likewise."""
    sink = Sink()
    client = world.client(base_url="https://api.test", transport=sink)
    with large.open("rb") as file:
        held = peak(lambda: world(client.post("/", content=file)))

    assert (True, SIZE) == (held < MOST, sink.count)
