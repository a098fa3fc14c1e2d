"""aiohttp, and what one writes around it; it only awaits."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Any

from benchmarks.answer import User
from benchmarks.contenders.by_hand import CONVERTER
from benchmarks.contenders.plain import PATH, apieces, length

aiohttp: Any = import_module("aiohttp")


@asynccontextmanager
async def awaiting(address: str | None) -> AsyncGenerator[Callable[[int], Awaitable[User]]]:
    """Fetch typed users, awaiting."""
    async with aiohttp.ClientSession(address) as session:

        async def fetch(id: int) -> User:
            async with session.get(f"/users/{id}") as response:
                response.raise_for_status()
                return CONVERTER.structure(await response.json(), User)

        yield fetch


@asynccontextmanager
async def bare_awaiting(address: str | None) -> AsyncGenerator[Callable[[int], Awaitable[bytes]]]:
    """Get users and do nothing with them, awaiting."""
    async with aiohttp.ClientSession(address) as session:

        async def fetch(id: int) -> bytes:
            async with session.get(f"/users/{id}") as response:
                content: bytes = await response.read()
                return content

        yield fetch


@asynccontextmanager
async def download_awaiting(address: str | None) -> AsyncGenerator[Callable[[int], Awaitable[int]]]:
    """Read a long answer as it comes, awaiting."""
    async with aiohttp.ClientSession(address) as session:

        async def fetch(share: int) -> int:
            total = 0
            async with session.get(f"{PATH}/{share}") as response:
                async for piece in response.content.iter_any():
                    total += len(piece)
            return total

        yield fetch


@asynccontextmanager
async def upload_awaiting(address: str | None) -> AsyncGenerator[Callable[[int], Awaitable[object]]]:
    """Send a long body piece by piece, awaiting."""
    async with aiohttp.ClientSession(address) as session:

        async def send(share: int) -> object:
            async with session.put(PATH, data=apieces(share), headers=length(share)) as response:
                return await response.read()

        yield send
