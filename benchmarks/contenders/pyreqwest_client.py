"""pyreqwest, which is reqwest from Rust, and what one writes around it.

`bare` is its transport for httpx under a plain httpx client: beside another transport it is the one to compare.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from importlib import import_module
from typing import Any

from benchmarks.answer import User
from benchmarks.contenders import plain
from benchmarks.contenders.by_hand import CONVERTER
from benchmarks.contenders.plain import PATH, Opener, apieces, length, pieces

client: Any = import_module("pyreqwest.client")
for_httpx: Any = import_module("pyreqwest.compatibility.httpx.transport")

bare: Opener = partial(plain.bare, transport=for_httpx.SyncHttpxTransport)
bare_awaiting: Opener = partial(plain.bare_awaiting, transport=for_httpx.HttpxTransport)


@contextmanager
def blocking(address: str | None) -> Generator[Callable[[int], User]]:
    """Fetch typed users."""
    with client.SyncClientBuilder().base_url(address).error_for_status().build() as opened:

        def fetch(id: int) -> User:
            return CONVERTER.structure(opened.get(f"/users/{id}").build().send().json(), User)

        yield fetch


@asynccontextmanager
async def awaiting(address: str | None) -> AsyncGenerator[Callable[[int], Awaitable[User]]]:
    """Fetch typed users, awaiting."""
    async with client.ClientBuilder().base_url(address).error_for_status().build() as opened:

        async def fetch(id: int) -> User:
            response = await opened.get(f"/users/{id}").build().send()
            return CONVERTER.structure(await response.json(), User)

        yield fetch


@contextmanager
def download(address: str | None) -> Generator[Callable[[int], int]]:
    """Read a long answer as it comes."""
    with client.SyncClientBuilder().base_url(address).build() as opened:

        def fetch(share: int) -> int:
            with opened.get(f"{PATH}/{share}").build_streamed() as response:
                return sum(map(len, iter(response.body_reader.read_chunk, None)))

        yield fetch


@asynccontextmanager
async def download_awaiting(address: str | None) -> AsyncGenerator[Callable[[int], Awaitable[int]]]:
    """Read a long answer as it comes, awaiting."""
    async with client.ClientBuilder().base_url(address).build() as opened:

        async def fetch(share: int) -> int:
            total = 0
            async with opened.get(f"{PATH}/{share}").build_streamed() as response:
                while (piece := await response.body_reader.read_chunk()) is not None:
                    total += len(piece)
            return total

        yield fetch


@contextmanager
def upload(address: str | None) -> Generator[Callable[[int], object]]:
    """Send a long body piece by piece."""
    with client.SyncClientBuilder().base_url(address).build() as opened:
        yield lambda share: opened.put(PATH).headers(length(share)).body_stream(pieces(share)).build().send().bytes()


@asynccontextmanager
async def upload_awaiting(address: str | None) -> AsyncGenerator[Callable[[int], Awaitable[object]]]:
    """Send a long body piece by piece, awaiting."""
    async with client.ClientBuilder().base_url(address).build() as opened:

        async def send(share: int) -> object:
            return await (
                await opened.put(PATH).headers(length(share)).body_stream(apieces(share)).build().send()
            ).bytes()

        yield send
