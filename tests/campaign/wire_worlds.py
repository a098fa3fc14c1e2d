"""The three worlds, so that what is done in them is written once, as a coroutine.

In the blocking world nothing is awaited: its coroutines run from beginning to end in a thread of their own.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

import anyio
import httpx
import trio

from restkit import AsyncClient, Client

T = TypeVar("T")
R = TypeVar("R")
Act = Callable[["World", T], Coroutine[Any, Any, R]]


class World(Protocol):
    """What a call is made with in a world."""

    name: str
    grace: float
    """Seconds by which a call may outlast its due time: ten times what is promised."""
    client: type[Client[Any]]

    def once(self, parts: Sequence[bytes]) -> Any:
        """A body that comes once, in parts."""

    async def send(self, transport: Any, request: httpx.Request) -> httpx.Response:
        """Send at a transport."""
        ...

    async def settle(self, answer: Any) -> Any:
        """What a client answers."""

    def parts(self, response: httpx.Response) -> AsyncIterator[bytes]:
        """A body as it comes."""
        ...

    async def read(self, response: httpx.Response) -> bytes:
        """A body, whole."""
        ...

    async def close(self, closing: Any) -> None:
        """Close a response, a client or a transport."""

    async def outside(self, act: Callable[..., R], *what: Any) -> R:
        """Call what blocks."""
        ...

    async def within(self, seconds: float, act: Callable[[], Coroutine[Any, Any, R]]) -> R | None:
        """Do something, for so many seconds at most; None if it took longer. A thread cannot be ended."""

    def each(self, act: Act[T, R], items: Sequence[T], at_once: int) -> list[R]:
        """Do something with each item, so many at once."""
        ...


class Blocking:
    """Threads."""

    name = "blocking"
    grace = 2.5
    client: type[Client[Any]] = Client

    def once(self, parts: Sequence[bytes]) -> Iterator[bytes]:
        """A generator."""
        yield from parts

    async def send(self, transport: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
        """Send."""
        return transport.handle_request(request)

    async def settle(self, answer: Any) -> Any:
        """The answer itself."""
        return answer

    async def parts(self, response: httpx.Response) -> AsyncIterator[bytes]:
        """Each part."""
        for part in response.iter_raw():
            yield part

    async def read(self, response: httpx.Response) -> bytes:
        """All of it."""
        return response.read()

    async def close(self, closing: Any) -> None:
        """Close."""
        closing.close()

    async def outside(self, act: Callable[..., R], *what: Any) -> R:
        """Call it here."""
        return act(*what)

    async def within(self, _seconds: float, act: Callable[[], Coroutine[Any, Any, R]]) -> R | None:
        """Do it."""
        return await act()

    def each(self, act: Act[T, R], items: Sequence[T], at_once: int) -> list[R]:
        """In threads."""
        with ThreadPoolExecutor(at_once) as pool:
            return list(pool.map(lambda item: run_through(act(self, item)), items))


def run_through(steps: Coroutine[Any, Any, R]) -> R:
    """Run a coroutine that awaits nothing."""
    try:
        steps.send(None)
    except StopIteration as end:
        answer: R = end.value
        return answer
    raise AssertionError("it awaits, in the blocking world")


class Awaiting:
    """Tasks of asyncio or trio."""

    grace = 0.5
    client: type[Client[Any]] = AsyncClient

    def __init__(self, name: str, run: Callable[[Callable[[], Coroutine[Any, Any, None]]], None]) -> None:
        self.name, self.run = name, run

    async def once(self, parts: Sequence[bytes]) -> AsyncIterator[bytes]:
        """An async generator."""
        for part in parts:
            yield part

    async def send(self, transport: httpx.AsyncBaseTransport, request: httpx.Request) -> httpx.Response:
        """Send."""
        return await transport.handle_async_request(request)

    async def settle(self, answer: Any) -> Any:
        """What it awaits."""
        return await answer

    async def parts(self, response: httpx.Response) -> AsyncIterator[bytes]:
        """Each part."""
        async for part in response.aiter_raw():
            yield part

    async def read(self, response: httpx.Response) -> bytes:
        """All of it."""
        return await response.aread()

    async def close(self, closing: Any) -> None:
        """Close."""
        await closing.aclose()

    async def outside(self, act: Callable[..., R], *what: Any) -> R:
        """Call it in a thread."""
        return await anyio.to_thread.run_sync(act, *what)

    async def within(self, seconds: float, act: Callable[[], Coroutine[Any, Any, R]]) -> R | None:
        """Do it, and call it off."""
        with anyio.move_on_after(seconds):
            return await act()
        return None

    def each(self, act: Act[T, R], items: Sequence[T], at_once: int) -> list[R]:
        """In tasks."""
        found: dict[int, R] = {}

        async def one(number: int, item: T, limit: anyio.CapacityLimiter) -> None:
            """Do it with one of them."""
            async with limit:
                found[number] = await act(self, item)

        async def main() -> None:
            """A task for each."""
            limit = anyio.CapacityLimiter(at_once)
            async with anyio.create_task_group() as group:
                for number, item in enumerate(items):
                    _ = group.start_soon(one, number, item, limit)

        self.run(main)
        return [found[number] for number in range(len(items))]


def on_asyncio(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run on asyncio."""
    asyncio.run(main())


BLOCKING, ASYNCIO, TRIO = Blocking(), Awaiting("asyncio", on_asyncio), Awaiting("trio", trio.run)
WORLDS: tuple[World, ...] = (BLOCKING, ASYNCIO, TRIO)
