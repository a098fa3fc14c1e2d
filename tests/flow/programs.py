"""Random flows, and what becomes of them on each engine.

A program is a tree grown from a seed. No two of its durations are the same, so that nothing depends on who is first at
one moment; each race's contender and each background job begins by sleeping. What happens is written down with its
moment and place, and has to be the same on every engine.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import httpx
from attrs import define, field, frozen

from restkit.flow import Ask, Clock, Effect, Flow, Limit, Open, Promise, Race, Send, Sleep, Spawn, Wait, World, run
from restkit.flow.awaiting import arun
from restkit.flow.deadline import KEY, late
from restkit.op import Plan
from restkit.testing import Simulation, VirtualClock, run_asyncio, run_trio

SECONDS = 20.0
"""Seconds after which a thread that does not end has hung."""
ENGINES = ("blocking", "asyncio", "trio", "simulation")
URL = "http://api.test/"


class Event(NamedTuple):
    """Something that happened: when, where in the tree, and what."""

    moment: float
    place: str
    what: str


@frozen
class Node:
    """A step of a program; `steps` are the steps within it."""

    kind: str
    seconds: float = 0.0
    limit: float | None = None
    fails: bool = False
    whole: bool = False
    steps: tuple[Node, ...] = ()


LEAVES = ("sleep", "ask", "send", "wait", "open", "raise")
BRANCHES = ("steps", "race", "try", "finally", "plan", "spawn")


def grow(dice: random.Random, depth: int = 4) -> Node:
    """Grow a program."""
    kind = dice.choice(LEAVES if not depth else (*LEAVES[:-1], *BRANCHES, *BRANCHES))
    limit = dice.uniform(0.5, 4.0) if dice.random() < 0.5 else None
    count = 0 if kind in LEAVES else dice.randint(1, 3)
    return Node(
        kind,
        dice.uniform(0.1, 5.0),
        limit,
        fails=dice.random() < 0.2,
        whole=dice.random() < 0.5,
        steps=tuple(grow(dice, depth - 1) for _ in range(count)),
    )


class Chunks(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that tells when it is closed."""

    def __init__(self, closed: Callable[[], None]) -> None:
        self._closed = closed

    def __iter__(self) -> Iterator[bytes]:
        yield b"body"

    def __aiter__(self) -> Chunks:
        self._left = iter(self)
        return self

    async def __anext__(self) -> bytes:
        """The next chunk."""
        for chunk in self._left:
            return chunk
        raise StopAsyncIteration

    def close(self) -> None:
        """Tell it."""
        self._closed()

    async def aclose(self) -> None:
        """Tell it."""
        self._closed()


class Wire(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Answers after as many seconds as the request says, in every world; keeps to the limit it is given."""

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer, blocking."""
        seconds: float = request.extensions["seconds"]
        limit: Limit = request.extensions.get(KEY) or Limit(None, self.clock, None)
        left = limit.left()
        try:
            Promise[None]().block(self.clock, seconds if left is None else min(seconds, left), limit.stop)
        except TimeoutError:
            if left is not None and left < seconds:
                raise late(request, limit.until or 0.0) from None
        return answered(request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer, awaiting."""
        await self.clock.asleep(request.extensions["seconds"])
        return answered(request)

    def flow(self, request: httpx.Request) -> Flow[httpx.Response]:
        """Answer, simulated."""
        yield from Sleep(request.extensions["seconds"])
        return answered(request)


def answered(request: httpx.Request) -> httpx.Response:
    """The answer that the request asks for."""
    if request.extensions["fails"]:
        raise httpx.ReadError("cut")
    return httpx.Response(200, stream=Chunks(request.extensions["closed"]))


@define
class Door:
    """Steps that are opened and closed."""

    tell: Callable[[str], None]
    fails: bool

    def open(self) -> None:
        """Open, or fail to."""
        self.tell("opens")
        if self.fails:
            raise OSError

    def close(self) -> None:
        """Close."""
        self.tell("closes")

    async def aopen(self) -> None:
        """Open, or fail to."""
        self.open()

    async def aclose(self) -> None:
        """Close."""
        self.close()


@define
class Performance:
    """One run of a program."""

    clock: Clock
    trace: list[Event] = field(factory=list)

    def tell(self, place: str, what: str) -> None:
        """Write down what happened."""
        self.trace.append(Event(round(self.clock.now(), 6), place, what))

    def flow(self, node: Node, place: str) -> Flow[str]:
        """A step of the program, as a flow."""
        step: Callable[[Node, str], Flow[str]] = getattr(self, f"_{node.kind}")
        said = yield from step(node, place)
        self.tell(place, f"{node.kind}: {said}")
        return said

    def _each(self, node: Node, place: str) -> Flow[str]:
        for number, step in enumerate(node.steps):
            _ = yield from self.flow(step, f"{place}.{number}")
        return "done"

    _steps = _each

    def _sleep(self, node: Node, _: str) -> Flow[str]:
        yield from Sleep(node.seconds)
        return "slept"

    def _ask(self, node: Node, _: str) -> Flow[str]:
        return (yield from Ask.of(lambda: str(int("x" if node.fails else "7"))))

    def _send(self, node: Node, place: str) -> Flow[str]:
        extensions = {"seconds": node.seconds, "fails": node.fails, "closed": lambda: self.tell(place, "body closed")}
        request = httpx.Request("GET", URL, extensions=extensions)
        until = None if node.limit is None else self.clock.now() + node.limit
        response = yield from Send(request, until, whole=node.whole)
        return f"{response.status_code}"

    def _wait(self, node: Node, _: str) -> Flow[str]:
        promise: Promise[str] = Promise()

        def keeps() -> Flow[None]:
            yield from Sleep(node.seconds)
            _ = promise.keep("kept")

        admitted = yield from Spawn(keeps())
        until = None if node.limit is None else self.clock.now() + node.limit
        if not admitted:
            return "no room"
        try:
            return (yield from Wait(promise, until))
        except BaseException:
            _ = promise.abandon()
            raise

    def _open(self, node: Node, place: str) -> Flow[str]:
        _ = yield from Open(Door(lambda what: self.tell(place, what), node.fails))
        return "open"

    def _raise(self, node: Node, place: str) -> Flow[str]:
        yield from Sleep(node.seconds)
        raise LookupError(place)

    def _late(self, node: Node, place: str) -> Flow[str]:
        yield from Sleep(node.seconds / 3)
        return (yield from self.flow(node, place))

    def _race(self, node: Node, place: str) -> Flow[str]:
        contenders = [self._late(step, f"{place}.{number}") for number, step in enumerate(node.steps)]
        return (yield from Race(*contenders))

    def _try(self, node: Node, place: str) -> Flow[str]:
        try:
            return (yield from self._each(node, place))
        except Exception as error:  # noqa: BLE001
            yield from Sleep(node.seconds)
            return f"caught {type(error).__name__}"

    def _finally(self, node: Node, place: str) -> Flow[str]:
        how = "returned"
        try:
            return (yield from self._each(node, place))
        except BaseException as error:
            how = name_of(error)
            raise
        finally:
            self.tell(place, how)

    def _plan(self, node: Node, place: str) -> Flow[str]:
        return (yield from Plan(place, lambda: self._each(node, place)))

    def _spawn(self, node: Node, place: str) -> Flow[str]:
        admitted = yield from Spawn(self._late(node.steps[0], f"{place}.0"))
        return f"spawned {admitted}"


def name_of(error: BaseException) -> str:
    """The name of an error; being called off has another one in each world."""
    plain = isinstance(error, Exception | BaseExceptionGroup)
    return type(error).__name__ if plain else "called off"


@frozen
class Outcome:
    """How a program ended, and all that happened on the way."""

    ended: str
    trace: tuple[Event, ...]


def perform(seed: int, engine: str) -> Outcome:
    """Run the program of that seed on an engine, in virtual time; a third of them is called off on the way."""
    dice = random.Random(seed)  # noqa: S311 - to be repeated, not to be secret
    program, called_off_after = grow(dice), dice.uniform(0.5, 8.0) if dice.random() < 0.33 else None
    clock = VirtualClock()
    performance, stop = Performance(clock), Promise[None]()
    world = World(Wire(clock), clock, stop=stop, expand=steps_of)

    def stops(after: float) -> Flow[None]:
        yield from Sleep(after)
        _ = stop.keep()

    def main() -> Flow[str]:
        if called_off_after is not None:
            _ = yield from Spawn(stops(called_off_after))
        return (yield from performance.flow(program, "0"))

    try:
        ended = RUNS[engine](main(), world, clock)
    except BaseException as error:  # noqa: BLE001
        ended = name_of(error)
    performance.tell("", "over")
    return Outcome(ended, tuple(sorted(performance.trace)))


def steps_of(effect: Effect[Any]) -> Flow[Any]:
    """What a plan consists of."""
    assert isinstance(effect, Plan)
    return effect.steps()


def blocking(flow: Flow[str], world: World, clock: VirtualClock) -> str:
    """Run on the blocking engine, and see its threads to their end: the losers of a race clean up on their own."""
    before = set(threading.enumerate())
    try:
        return run(flow, world)
    finally:
        world.background.close(World(clock=clock))
        for thread in set(threading.enumerate()) - before:
            thread.join(SECONDS)


async def awaiting(flow: Flow[str], world: World) -> str:
    """Run on the awaiting engine."""
    try:
        return await arun(flow, world)
    finally:
        await world.background.aclose()


def simulated(flow: Flow[str], world: World, clock: VirtualClock) -> str:
    """Run on the simulating engine."""
    with Simulation(clock, Wire(clock).flow, background=world.background) as simulation:
        return simulation.finish(simulation.begin(flow, world))


RUNS: dict[str, Callable[[Flow[str], World, VirtualClock], str]] = {
    "blocking": blocking,
    "asyncio": lambda flow, world, clock: run_asyncio(lambda: awaiting(flow, world), clock),
    "trio": lambda flow, world, clock: run_trio(lambda: awaiting(flow, world), clock),
    "simulation": simulated,
}


def disagreement(seed: int) -> str:
    """What differs between the engines for that seed; empty if nothing does."""
    outcomes = {engine: perform(seed, engine) for engine in ENGINES}
    wanted = outcomes["simulation"]
    said: list[str] = []
    for engine, outcome in outcomes.items():
        if outcome.ended != wanted.ended:
            said.append(f"{engine} ended with {outcome.ended}, not {wanted.ended}")
        said += [f"{engine} alone: {event}" for event in outcome.trace if event not in wanted.trace]
        said += [f"{engine} without: {event}" for event in wanted.trace if event not in outcome.trace]
    return "; ".join(said[:6])
