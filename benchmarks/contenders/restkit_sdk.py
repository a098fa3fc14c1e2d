"""restkit as an SDK's author and user write it, with everything on."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, contextmanager

from benchmarks.answer import User
from benchmarks.null import Null
from restkit import Async, Client, M, Resource


class Users(Resource[User, M], path="users"):
    """The users."""


class Acme(Client[M], base_url="http://127.0.0.1:1"):
    """An API that has users."""

    users: Users[M]


AsyncAcme = Acme[Async]


def client_for(address: str | None) -> Acme:
    """Make a client on the stock transport, or on none."""
    return Acme(base_url=address) if address else Acme(transport=Null())


def async_client_for(address: str | None) -> Acme[Async]:
    """Make an async client on the stock transport, or on none."""
    return AsyncAcme(base_url=address) if address else AsyncAcme(transport=Null())


@contextmanager
def blocking(address: str | None) -> Generator[Callable[[int], User]]:
    """Fetch typed users."""
    with client_for(address) as client:
        yield client.users.get


@asynccontextmanager
async def awaiting(address: str | None) -> AsyncGenerator[Callable[[int], Awaitable[User]]]:
    """Fetch typed users, awaiting."""
    async with async_client_for(address) as client:
        yield client.users.get


@contextmanager
def big(address: str | None) -> Generator[Callable[[int], int]]:
    """Read the large answer and drop it."""
    with client_for(address) as client:
        yield lambda _id: len(client.get("/big").content)


@asynccontextmanager
async def big_awaiting(address: str | None) -> AsyncGenerator[Callable[[int], Awaitable[int]]]:
    """Read the large answer and drop it, awaiting."""
    async with async_client_for(address) as client:

        async def fetch(_id: int) -> int:
            return len((await client.get("/big")).content)

        yield fetch
