"""httpx and what one writes around it: raise_for_status, json, cattrs into an attrs class."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, contextmanager

import httpx
from cattrs.preconf.json import make_converter

from benchmarks.answer import User
from benchmarks.null import Null

NOWHERE = "http://127.0.0.1:1"
CONVERTER = make_converter()
PERMITS = 10


@contextmanager
def client_for(address: str | None) -> Generator[httpx.Client]:
    """Open a client on the stock transport, or on none."""
    with httpx.Client(base_url=address or NOWHERE, transport=None if address else Null()) as client:
        yield client


@asynccontextmanager
async def async_client_for(address: str | None) -> AsyncGenerator[httpx.AsyncClient]:
    """Open an async client on the stock transport, or on none; many tasks may wait for a connection for long."""
    transport, patient = None if address else Null(), httpx.Timeout(5.0, pool=None)
    async with httpx.AsyncClient(base_url=address or NOWHERE, transport=transport, timeout=patient) as client:
        yield client


@contextmanager
def blocking(address: str | None) -> Generator[Callable[[int], User]]:
    """Fetch typed users."""
    with client_for(address) as client:

        def fetch(id: int) -> User:
            response = client.get(f"/users/{id}").raise_for_status()
            return CONVERTER.structure(response.json(), User)

        yield fetch


@asynccontextmanager
async def awaiting(address: str | None) -> AsyncGenerator[Callable[[int], Awaitable[User]]]:
    """Fetch typed users, awaiting."""
    async with async_client_for(address) as client:

        async def fetch(id: int) -> User:
            response = (await client.get(f"/users/{id}")).raise_for_status()
            return CONVERTER.structure(response.json(), User)

        yield fetch


@asynccontextmanager
async def gated_awaiting(address: str | None) -> AsyncGenerator[Callable[[int], Awaitable[User]]]:
    """Fetch typed users, ten at a time, in the order they were asked for."""
    gate = asyncio.Semaphore(PERMITS)
    async with awaiting(address) as fetch:

        async def fetch_in_turn(id: int) -> User:
            async with gate:
                return await fetch(id)

        yield fetch_in_turn


@contextmanager
def bare(address: str | None) -> Generator[Callable[[int], httpx.Response]]:
    """Call `httpx.Client.get` and do nothing with what it gives."""
    with client_for(address) as client:
        yield lambda number: client.get(f"/users/{number}")


@contextmanager
def big(address: str | None) -> Generator[Callable[[int], int]]:
    """Read the large answer and drop it."""
    with client_for(address) as client:
        yield lambda _id: len(client.get("/big").raise_for_status().content)


@asynccontextmanager
async def big_awaiting(address: str | None) -> AsyncGenerator[Callable[[int], Awaitable[int]]]:
    """Read the large answer and drop it, awaiting."""
    async with async_client_for(address) as client:

        async def fetch(_id: int) -> int:
            return len((await client.get("/big")).raise_for_status().content)

        yield fetch
