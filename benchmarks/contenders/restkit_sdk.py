"""restkit as an SDK's author and user write it, with everything on."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from typing import TypeAlias

import httpx

from benchmarks.answer import User
from benchmarks.contenders.plain import PATH, Opener, scratch
from benchmarks.contenders.subject import Wire
from benchmarks.null import Null
from restkit import Async, Bearer, Client, M, Resource
from restkit.wire import Stock


class Users(Resource[User, M], path="users"):
    """The users."""


def heard(response: httpx.Response) -> None:
    """Hear of every response, as a logging hook does."""


class Acme(
    Client[M],
    base_url="http://127.0.0.1:1",
    auth=Bearer("t0k3n"),
    retry=True,
    rate_limit=1_000_000,
    bulkhead=256,
    breaker=True,
    event_hooks={"response": [heard]},
):
    """An API that has users: all layers are on, and none holds a call up."""

    users: Users[M]


AsyncAcme = Acme[Async]


Transport: TypeAlias = Callable[[], httpx.BaseTransport]
AsyncTransport: TypeAlias = Callable[[], httpx.AsyncBaseTransport]


def client_for(address: str | None, transport: Transport | None = None) -> Acme:
    """Make a client on its own transport or on another, or on one that goes nowhere."""
    if transport and address:
        return Acme(base_url=address, transport=transport())
    return Acme(base_url=address) if address else Acme(transport=Null())


def async_client_for(address: str | None, transport: AsyncTransport | None = None) -> Acme[Async]:
    """Make an async client on its own transport or on another, or on one that goes nowhere."""
    if transport and address:
        return AsyncAcme(base_url=address, transport=transport())
    return AsyncAcme(base_url=address) if address else AsyncAcme(transport=Null())


@contextmanager
def blocking(address: str | None, transport: Transport | None = None) -> Generator[Callable[[int], User]]:
    """Fetch typed users."""
    with client_for(address, transport) as client:
        yield client.users.get


@asynccontextmanager
async def awaiting(
    address: str | None, transport: AsyncTransport | None = None
) -> AsyncGenerator[Callable[[int], Awaitable[User]]]:
    """Fetch typed users, awaiting."""
    async with async_client_for(address, transport) as client:
        yield client.users.get


stock_blocking: Opener = partial(blocking, transport=Stock)
stock_awaiting: Opener = partial(awaiting, transport=Stock)
wire_blocking: Opener = partial(blocking, transport=Wire)
wire_awaiting: Opener = partial(awaiting, transport=Wire)


@contextmanager
def big(address: str | None) -> Generator[Callable[[int], int]]:
    """Read the large answer and drop it."""
    with client_for(address, Wire) as client:
        yield lambda _id: len(client.get("/big").content)


@asynccontextmanager
async def big_awaiting(address: str | None) -> AsyncGenerator[Callable[[int], Awaitable[int]]]:
    """Read the large answer and drop it, awaiting."""
    async with async_client_for(address, Wire) as client:

        async def fetch(_id: int) -> int:
            return len((await client.get("/big")).content)

        yield fetch


@contextmanager
def save(address: str | None) -> Generator[Callable[[int], int]]:
    """Write a long answer to a file as it comes."""
    with client_for(address, Wire) as client, scratch() as file:

        def fetch(share: int) -> int:
            _ = file.seek(0)
            with client.get.stream(f"{PATH}/{share}") as response:
                return sum(file.write(piece) for piece in response.iter_bytes())

        yield fetch
