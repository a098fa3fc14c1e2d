"""Sleep and Wait: time, and other callers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anyio
import pytest

from restkit.flow import Abandoned, Clock, Flow, Promise, Sleep, Spawn, Wait, World, run
from restkit.flow.awaiting import arun
from restkit.testing import Simulation, VirtualClock, run_asyncio, run_trio, threads
from tests.flow.engines import Engine

SECONDS = 20.0
"""Seconds of real time after which a wait has failed."""


def sleeps(seconds: float) -> Flow[str]:
    """A flow that sleeps once."""
    yield from Sleep(seconds)
    return "rested"


def waits(promise: Promise[Any], until: float | None = None) -> Flow[Any]:
    """A flow that waits once."""
    return (yield from Wait(promise, until))


def keeps(promise: Promise[Any], after: float, value: object) -> Flow[None]:
    """A flow that keeps a promise later."""
    yield from Sleep(after)
    _ = promise.keep(value)


def test_sleep_lets_time_pass(engine: Engine) -> None:
    """A flow goes on after exactly the seconds it asked for."""
    began = engine.clock.now()

    said = engine.perform(sleeps(3_600.0))

    assert ("rested", began + 3_600.0) == (said, engine.clock.now())


def test_wait_answers_what_came_already(engine: Engine) -> None:
    """A promise that is kept is not waited for."""
    promise: Promise[int] = Promise()
    _ = promise.keep(7)

    assert 7 == engine.perform(waits(promise))


def test_wait_answers_what_another_flow_gives(engine: Engine) -> None:
    """A promise is kept by a flow elsewhere: in another thread, task or strand."""
    promise: Promise[int] = Promise()

    def flow() -> Flow[tuple[int, float]]:
        assert (yield from Spawn(keeps(promise, 2.0, 7)))
        value = yield from Wait(promise)
        return value, engine.clock.now()

    assert (7, 1_002.0) == engine.perform(flow())


def test_wait_ends_at_its_moment(engine: Engine) -> None:
    """A promise that is not kept in time is a TimeoutError, and the waiter has left."""
    promise: Promise[int] = Promise()

    with pytest.raises(TimeoutError):
        _ = engine.perform(waits(promise, engine.clock.now() + 2.0))

    assert (1_002.0, {}) == (engine.clock.now(), promise._wakers)  # noqa: SLF001 - nobody is left in it


def test_wait_within_its_moment(engine: Engine) -> None:
    """A promise that is kept in time is no TimeoutError later."""
    promise: Promise[int] = Promise()

    def flow() -> Flow[int]:
        assert (yield from Spawn(keeps(promise, 2.0, 7)))
        value = yield from Wait(promise, engine.clock.now() + 5.0)
        yield from Sleep(10.0)
        return value

    assert 7 == engine.perform(flow())


@pytest.mark.parametrize("what", [lambda: sleeps(9.0), lambda: waits(Promise())])
@pytest.mark.parametrize("kind", ["blocking", "asyncio", "trio", "simulation"])
@pytest.mark.parametrize("before", [True, False])
def test_a_stopped_run_is_abandoned(what: Callable[[], Flow[object]], kind: str, *, before: bool) -> None:
    """Whoever sleeps or waits when the run is called off is abandoned, and so is whoever begins to afterwards."""
    clock, stop = VirtualClock(), Promise()

    def main() -> Flow[Any]:
        assert (yield from Spawn(keeps(stop, 1.0, None)))
        return (yield from what())

    def late() -> Flow[Any]:
        _ = stop.keep()
        return (yield from what())

    flow, world = late() if before else main(), World(clock=clock, stop=stop)
    with pytest.raises(Abandoned):
        perform(kind, flow, world, clock)

    assert (1_000.0 if before else 1_001.0) == clock.now()


def perform(kind: str, flow: Flow[Any], world: World, clock: VirtualClock) -> object:
    """Run a flow in a world that can be stopped."""
    match kind:
        case "blocking":
            return run(flow, world)
        case "asyncio":
            return run_asyncio(lambda: arun(flow, world), clock)
        case "trio":
            return run_trio(lambda: arun(flow, world), clock)
        case _:
            simulation = Simulation(clock)
            return simulation.finish(simulation.begin(flow, world))


class Noting(Clock):
    """A clock of a user's own, on which nobody waits."""

    def __init__(self) -> None:
        self.slept: list[float | None] = []

    async def asleep(self, seconds: float) -> None:
        """Note it."""
        self.slept.append(seconds)

    async def park(self, event: anyio.Event, timeout: float | None) -> bool:  # noqa: ARG002, ASYNC109
        """Note it."""
        self.slept.append(timeout)
        return False


async def test_a_clock_of_ones_own_is_asked() -> None:
    """Whoever sleeps in a client, which can be closed meanwhile, sleeps by the client's clock."""
    clock = Noting()

    said = await arun(sleeps(3_600.0), World(clock=clock, stop=Promise(shared=True)))

    assert ("rested", [3_600.0]) == (said, clock.slept)


async def test_a_clock_of_ones_own_measures_waits() -> None:
    """Whoever waits until a moment does so by the client's clock."""
    clock = Noting()

    with pytest.raises(TimeoutError):
        await arun(waits(Promise(), clock.now() - 1.0), World(clock=clock, stop=Promise(shared=True)))

    assert [0.0] == clock.slept


async def test_virtual_time_on_any_loop() -> None:
    """An hour is slept in no time where a run can be called off, too."""
    clock = VirtualClock()

    with anyio.fail_after(SECONDS):
        _ = await arun(sleeps(3_600.0), World(clock=clock, stop=Promise(shared=True)))

    assert 4_600.0 == clock.now()


async def test_a_virtual_moment_on_any_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not come in a while of real time does not come until its moment."""
    monkeypatch.setattr(threads, "PATIENCE", 0.01)
    clock = VirtualClock()

    with pytest.raises(TimeoutError), anyio.fail_after(SECONDS):
        await arun(waits(Promise(), clock.now() + 3_600.0), World(clock=clock))

    assert 4_600.0 == clock.now()


async def test_a_value_before_its_virtual_moment_on_any_loop() -> None:
    """What another task gives meanwhile takes no time."""
    clock, promise = VirtualClock(), Promise[int]()
    world = World(clock=clock)

    async def gives() -> None:
        """What the other task does."""
        await anyio.wait_all_tasks_blocked()
        _ = promise.keep(7)

    async with anyio.create_task_group() as group:
        _ = group.start_soon(gives)
        value = await arun(waits(promise, clock.now() + 3_600.0), world)

    assert (7, 1_000.0) == (value, clock.now())
