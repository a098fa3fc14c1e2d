"""A test written once for the three worlds: blocking, awaiting on asyncio, awaiting on trio.

`world.client(...)` makes a client of the world; `world(answer)` waits for what it gave, if that must be awaited;
`world.open(...)` enters a `with` or an `async with`; `world.items(...)` iterates either way. The loops of the awaiting
worlds run in threads of their own, one for the whole session.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal

from restkit import Async, Client, Sync
from tests.loopback import Loopback

Handler = Callable[[httpx.Request], httpx.Response]


class World:
    """Where a client lives. It closes those that it made."""

    def __init__(self, name: str, portal: BlockingPortal | None) -> None:
        self.name, self._portal = name, portal
        self._made: list[Any] = []

    @property
    def awaits(self) -> bool:
        """Whether its clients await."""
        return self._portal is not None

    @property
    def mode(self) -> type[Sync | Async]:
        """Its type variable."""
        return Async if self.awaits else Sync

    def client(self, kind: Any = Client, /, **settings: Any) -> Any:
        """A client of this world, closed with the test."""
        made = kind[self.mode](**settings)
        self._made.append(made)
        return made

    def mocked(self, handler: Handler, kind: Any = Client, /, **settings: Any) -> Any:
        """A client on a MockTransport, which sends nothing again unless it is told to."""
        settings = {"base_url": "https://api.test", "retry": False, **settings}
        return self.client(kind, transport=httpx.MockTransport(handler), **settings)

    def __call__(self, answer: Any) -> Any:
        """What a call of the client answered; waited for, if it must be awaited."""
        if self._portal is None or not inspect.isawaitable(answer):
            return answer
        return self._portal.call(settle, answer)

    def items(self, iterable: Any) -> Iterator[Any]:
        """Iterate, in either world."""
        if self._portal is None:
            yield from iterable
            return
        iterator = aiter(iterable)
        try:
            while (item := self._portal.call(anext, iterator, self)) is not self:
                yield item
        finally:
            self._portal.call(iterator.aclose)

    @contextmanager
    def open(self, opening: Any) -> Iterator[Any]:
        """Enter a `with` or an `async with`."""
        if self._portal is None:
            with opening as entered:
                yield entered
        else:
            with self._portal.wrap_async_context_manager(opening) as entered:
                yield entered

    def close(self, client: Any) -> None:
        """Close a client."""
        self(client.aclose() if self.awaits else client.close())

    def close_all(self) -> None:
        """Close every client that was made here."""
        for client in self._made:
            self.close(client)


async def settle(answer: Any) -> Any:
    """Await what can be awaited."""
    return await answer


@pytest.fixture(scope="session", params=["blocking", "asyncio", "trio"])
def portal(request: pytest.FixtureRequest) -> Iterator[BlockingPortal | None]:
    """The event loop of an awaiting world, in a thread of its own."""
    if request.param == "blocking":
        yield None
    else:
        with start_blocking_portal(request.param) as running:
            yield running


@pytest.fixture
def world(request: pytest.FixtureRequest, portal: BlockingPortal | None) -> Iterator[World]:
    """Each of the three worlds in turn."""
    made = World(request.node.callspec.params["portal"], portal)
    yield made
    made.close_all()


@pytest.fixture
def server() -> Iterator[Loopback]:
    """A real server."""
    with Loopback() as running:
        yield running
