"""A call through one layer, and a client, in every world."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import httpx
import pytest

from restkit import AsyncClient, Client
from restkit.flow import Emitting, Flow
from restkit.pipeline import Layer, Pipeline
from restkit.testing import ScriptedTransport, VirtualClock, run_asyncio
from tests.flow.engines import Engine

T = TypeVar("T")
Call = Callable[..., httpx.Response]


@pytest.fixture(params=["blocking", "asyncio", "trio", "simulation"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """An engine in virtual time, on an empty script."""
    return Engine(str(request.param))


@pytest.fixture
def call(engine: Engine) -> Call:
    """Send a GET through layers."""

    def calls(*layers: Layer, path: str = "/") -> httpx.Response:
        pipeline = Pipeline(layers, engine.transport, clock=engine.clock)

        def whole() -> Flow[httpx.Response]:
            from restkit.flow import read

            response = yield from pipeline.proceed(httpx.Request("GET", f"http://api.test{path}"))
            _ = yield from read(response)
            return response

        return engine.perform(whole())

    return calls


class Sdk:
    """A client of either world, driven to its end."""

    def __init__(self, *, awaits: bool) -> None:
        self.transport, self.clock = ScriptedTransport(), VirtualClock()
        kind: Any = AsyncClient if awaits else Client
        self.client = kind(base_url="http://api.test", transport=self.transport, clock=self.clock)
        self.awaits = awaits

    def execute(self, flow: Flow[T]) -> T:
        """Run a flow in a client, and close it."""
        answered: T = self._run(lambda: self.client.execute(flow))
        return answered

    def items(self, flow: Emitting[Any], at_most: int = 100) -> list[Any]:
        """Iterate over a flow in a client, and close it."""
        if not self.awaits:
            with self.client:
                return first(self.client.iterate(flow), at_most)

        async def main() -> list[Any]:
            """What runs on the loop."""
            found: list[Any] = []
            async with self.client:
                items = self.client.iterate(flow)
                async for item in items:
                    found.append(item)
                    if len(found) == at_most:
                        break
                await items.aclose()
            return found

        return run_asyncio(main, self.clock)

    def _run(self, act: Callable[[], Any]) -> Any:
        if not self.awaits:
            with self.client:
                return act()

        async def main() -> object:
            """What runs on the loop."""
            async with self.client:
                return await act()

        return run_asyncio(main, self.clock)


def first(items: Iterable[Any], at_most: int) -> list[Any]:
    """The first items."""
    return [item for _, item in zip(range(at_most), items, strict=False)]


@pytest.fixture(params=["blocking", "awaiting"])
def sdk(request: pytest.FixtureRequest) -> Sdk:
    """A client in either world."""
    return Sdk(awaits=request.param == "awaiting")
