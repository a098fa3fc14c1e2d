"""A test written once for both worlds, for a restkit client and a plain one of httpx, on each transport."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any, Self

import httpx
import pytest

from restkit import Op
from tests.client.worlds import World
from tests.wire.transports import Make, transports

__all__ = ["connect", "kind", "make"]


class Caller:
    """A client at an address. Every status is an answer."""

    def __init__(self, world: World, client: Any) -> None:
        self.world, self.client = world, client
        self._is_plain = isinstance(client, httpx.Client | httpx.AsyncClient)

    def __call__(self, method: str, path: str, **how: Any) -> Any:
        """Send, and read the answer."""
        more = how if self._is_plain else {"raise_on_error": False, **how}
        return self.world(self.client.request(method, path, **more))

    def open(self, path: str) -> AbstractContextManager[Any]:
        """Send, and leave the answer open."""
        return self.world.open(self.client.stream(*(("GET", path) if self._is_plain else (Op("GET", path),))))

    def repeated(self, piece: bytes, times: int) -> Any:
        """A body in pieces, whose length nobody knows."""
        pieces = itertools.repeat(piece, times)
        return Awaited(pieces) if self.world.awaits else pieces


class Awaited:
    """Pieces of a body, to be awaited. No generator: one that httpx left half read would make trio complain."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        for piece in self._pieces:
            return piece
        raise StopAsyncIteration


Connect = Callable[..., Caller]


@pytest.fixture(params=transports())
def make(request: pytest.FixtureRequest) -> Make:
    """Each of the transports."""
    made: Make = request.param
    return made


@pytest.fixture(params=["restkit", "httpx"])
def kind(request: pytest.FixtureRequest) -> str:
    """Whose client it is."""
    return str(request.param)


@pytest.fixture
def connect(world: World, make: Make, kind: str) -> Iterator[Connect]:
    """A client at an address, on a transport with these settings; closed with the test."""
    made: list[Any] = []

    def start(address: str, **settings: Any) -> Caller:
        transport = make(**settings)
        if kind == "restkit":
            return Caller(world, world.client(base_url=address, transport=transport))
        plain = (httpx.AsyncClient if world.awaits else httpx.Client)(
            base_url=address, transport=transport, trust_env=False, timeout=30
        )
        made.append(plain)
        return Caller(world, plain)

    yield start
    for each in made:
        world.close(each)
