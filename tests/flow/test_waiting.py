"""Sleep and Wait: time, and other callers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from restkit.flow import Abandoned, Flow, Promise, Sleep, Spawn, Wait, World, run
from restkit.testing import Simulation, VirtualClock, run_asyncio, run_trio
from tests.flow.engines import Engine


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
    from restkit.flow.awaiting import arun

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
