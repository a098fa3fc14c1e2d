"""A plain httpx client on its own transport or on another: what a transport alone takes off or adds."""

from __future__ import annotations

import os
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Generator, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager, contextmanager
from pathlib import Path
from typing import BinaryIO, TypeAlias

import httpx

from benchmarks.bulk import DOWNLOAD, PATH

__all__ = ["PATH"]

PIECE = b"x" * 65536
PIECES = DOWNLOAD // len(PIECE)

Fetch: TypeAlias = Callable[[int], object]
Opener: TypeAlias = Callable[
    [str | None], AbstractContextManager[Fetch] | AbstractAsyncContextManager[Callable[[int], Awaitable[object]]]
]
Transport: TypeAlias = Callable[[], httpx.BaseTransport]
AsyncTransport: TypeAlias = Callable[[], httpx.AsyncBaseTransport]


def client_for(address: str | None, transport: Transport | None) -> httpx.Client:
    """Make a client."""
    return httpx.Client(base_url=address or "", transport=transport() if transport else None)


def async_client_for(address: str | None, transport: AsyncTransport | None) -> httpx.AsyncClient:
    """Make an async client."""
    return httpx.AsyncClient(base_url=address or "", transport=transport() if transport else None)


@contextmanager
def bare(address: str | None, transport: Transport | None = None) -> Generator[Callable[[int], httpx.Response]]:
    """Get users and do nothing with them."""
    with client_for(address, transport) as client:
        yield lambda number: client.get(f"/users/{number}")


@asynccontextmanager
async def bare_awaiting(
    address: str | None, transport: AsyncTransport | None = None
) -> AsyncGenerator[Callable[[int], Awaitable[httpx.Response]]]:
    """Get users and do nothing with them, awaiting."""
    async with async_client_for(address, transport) as client:
        yield lambda number: client.get(f"/users/{number}")


@contextmanager
def download(address: str | None, transport: Transport | None = None) -> Generator[Callable[[int], int]]:
    """Read a long answer as it comes."""
    with client_for(address, transport) as client:

        def fetch(share: int) -> int:
            with client.stream("GET", f"{PATH}/{share}") as response:
                return sum(len(piece) for piece in response.iter_raw())

        yield fetch


@asynccontextmanager
async def download_awaiting(
    address: str | None, transport: AsyncTransport | None = None
) -> AsyncGenerator[Callable[[int], Awaitable[int]]]:
    """Read a long answer as it comes, awaiting."""
    async with async_client_for(address, transport) as client:

        async def fetch(share: int) -> int:
            total = 0
            async with client.stream("GET", f"{PATH}/{share}") as response:
                async for piece in response.aiter_raw():
                    total += len(piece)
            return total

        yield fetch


@contextmanager
def save(address: str | None) -> Generator[Callable[[int], int]]:
    """Write a long answer to a file as it comes."""
    with client_for(address, None) as client, scratch() as file:

        def fetch(share: int) -> int:
            _ = file.seek(0)
            with client.stream("GET", f"{PATH}/{share}") as response:
                return sum(file.write(piece) for piece in response.iter_raw())

        yield fetch


@contextmanager
def upload(address: str | None, transport: Transport | None = None) -> Generator[Callable[[int], str]]:
    """Send a long body piece by piece."""
    with client_for(address, transport) as client:
        yield lambda share: client.put(PATH, content=pieces(share), headers=length(share)).text


@asynccontextmanager
async def upload_awaiting(
    address: str | None, transport: AsyncTransport | None = None
) -> AsyncGenerator[Callable[[int], Awaitable[str]]]:
    """Send a long body piece by piece, awaiting."""
    async with async_client_for(address, transport) as client:

        async def send(share: int) -> str:
            return (await client.put(PATH, content=apieces(share), headers=length(share))).text

        yield send


def length(share: int) -> dict[str, str]:
    """Say how long a body is, so that it is not sent in chunks."""
    return {"Content-Length": str(PIECES // share * len(PIECE))}


def pieces(share: int) -> Iterator[bytes]:
    """Give a long body, or a share of it."""
    for _ in range(PIECES // share):
        yield PIECE


async def apieces(share: int) -> AsyncIterator[bytes]:
    """Give a long body, or a share of it, awaiting."""
    for _ in range(PIECES // share):
        yield PIECE


@contextmanager
def scratch() -> Generator[BinaryIO]:
    """Open a file to write to: in memory where there is such a place, so that no disk is measured."""
    memory = Path("/dev/shm")  # noqa: S108 - a place, no name that others could guess
    with tempfile.TemporaryFile(dir=memory if os.access(memory, os.W_OK) else None, buffering=0) as file:
        yield file
