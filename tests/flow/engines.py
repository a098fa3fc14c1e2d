"""Every way to run a flow, each in virtual time and on a scripted transport."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from typing import Any, TypeVar

from attrs import Factory, define

from restkit.flow import Background, Effect, Emitting, Flow, Promise, World, iterate, run
from restkit.flow.awaiting import aiterate, arun
from restkit.testing import ScriptedTransport, Simulation, VirtualClock, run_asyncio, run_trio

T = TypeVar("T")
Runner = Callable[[Callable[[], Awaitable[Any]], VirtualClock], Any]
RUNNERS: dict[str, Runner] = {"asyncio": run_asyncio, "trio": run_trio}


@define
class Engine:
    """The blocking engine, the awaiting one on asyncio or trio, or the simulating one."""

    name: str
    transport: ScriptedTransport = Factory(ScriptedTransport)
    clock: VirtualClock = Factory(VirtualClock)
    background: Background = Factory(Background)
    expand: Callable[[Effect[Any]], Flow[Any]] | None = None
    stop: Promise[Any] | None = None

    @property
    def awaits(self) -> bool:
        """Whether it is the awaiting engine."""
        return self.name in RUNNERS

    @property
    def world(self) -> World:
        """What its runs act upon."""
        return World(self.transport, self.clock, stop=self.stop, background=self.background, expand=self.expand)

    def perform(self, flow: Flow[T]) -> T:
        """Run a flow, and end the background work afterwards."""
        if self.name == "blocking":
            try:
                return run(flow, self.world)
            finally:
                self.background.close(self.world)
        if self.name == "simulation":
            with Simulation(self.clock, self.transport, background=self.background) as simulation:
                return simulation.finish(simulation.begin(flow, self.world))
        return self._await(lambda world: arun(flow, world))

    def items(self, flow: Emitting[T], at_most: int = 1000) -> list[T]:
        """Iterate over a flow that emits, as far as so many items."""
        if self.name == "blocking":
            return taken(iterate(flow, self.world), at_most)
        if self.name == "simulation":
            return taken(Simulation(self.clock, self.transport).iterate(flow), at_most)

        async def main(world: World) -> list[T]:
            """What runs on the loop."""
            found: list[T] = []
            items = aiterate(flow, world)
            async for item in items:
                found.append(item)
                if len(found) == at_most:
                    break
            await items.aclose()
            return found

        return self._await(main)

    def _await(self, main: Callable[[World], Awaitable[T]]) -> T:
        async def ended() -> T:
            try:
                return await main(self.world)
            finally:
                await self.background.aclose()

        return RUNNERS[self.name](ended, self.clock)


def taken(items: Generator[T, None, None], at_most: int) -> list[T]:
    """The first items of an iterator, which is closed then."""
    found: list[T] = []
    for item in items:
        found.append(item)
        if len(found) == at_most:
            break
    items.close()
    return found
