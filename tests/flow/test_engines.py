"""The engines: what they throw, what they close, and how they are called off."""

from __future__ import annotations

import asyncio
from typing import Any

import anyio
import pytest

from restkit.errors import ConfigError
from restkit.flow import Abandoned, Ask, Flow, Open, Promise, Sleep, Wait, World, run
from restkit.flow.awaiting import arun
from restkit.op import Op, Plan
from restkit.testing import Simulation, VirtualClock, run_asyncio
from tests.flow.engines import Engine
from tests.flow.test_ask import Door


def parks(log: list[str]) -> Flow[None]:
    """Open something and wait for ever, with a clean-up of plain functions."""
    yield from Open(Door(log))
    try:
        yield from Wait(Promise[None]())
    finally:
        log.append("finally")


CLEANED_UP = ["open door", "finally", "close door"]


def test_an_error_is_thrown_where_it_was_asked(engine: Engine) -> None:
    """A flow that catches an effect's error goes on."""

    def flow() -> Flow[str]:
        try:
            yield from Ask.of(int, "x")
        except ValueError:
            yield from Sleep(1.0)
            return "went on"
        raise AssertionError

    assert "went on" == engine.perform(flow())


def test_a_described_call_needs_a_client(engine: Engine) -> None:
    """A flow that uses an Op outside a client is told so."""

    def flow() -> Flow[Any]:
        return (yield from Op("GET", "/users/7"))

    with pytest.raises(ConfigError, match="no client"):
        engine.perform(flow())


def test_a_described_call_runs_on_its_own(engine: Engine) -> None:
    """A described call is expanded into a flow whose own failure closes what it alone has opened."""
    log: list[str] = []

    def steps() -> Flow[None]:
        yield from Open(Door(log, "inner"))
        raise LookupError

    def flow() -> Flow[str]:
        yield from Open(Door(log, "outer"))
        try:
            yield from Plan("steps", steps)
        except LookupError:
            return "caught"
        raise AssertionError

    engine.expand = lambda plan: plan.steps()  # type: ignore[attr-defined]

    assert "caught" == engine.perform(flow())
    assert ["open outer", "open inner", "close inner"] == log


def test_a_described_call_answers_its_value(engine: Engine) -> None:
    """What a described call returns is what the flow gets."""

    def steps() -> Flow[int]:
        yield from Sleep(1.0)
        return 7

    def flow() -> Flow[int]:
        return (yield from Plan("steps", steps))

    engine.expand = lambda plan: plan.steps()  # type: ignore[attr-defined]

    assert 7 == engine.perform(flow())


async def test_cancelled_by_a_scope() -> None:
    """A cancelled scope ends the run at once, cleaned up."""
    log: list[str] = []

    with anyio.CancelScope() as scope:
        async with anyio.create_task_group() as group:
            group.start_soon(arun, parks(log), World())
            await anyio.wait_all_tasks_blocked()
            scope.cancel()

    assert CLEANED_UP == log


def test_cancelled_as_a_task() -> None:
    """A cancelled asyncio task ends the run at once, cleaned up, and stays cancelled."""
    log: list[str] = []

    async def main() -> bool:
        """What runs on the loop."""
        task = asyncio.ensure_future(arun(parks(log), World()))
        await anyio.wait_all_tasks_blocked()
        assert task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return task.cancelled()

    assert (True, CLEANED_UP) == (asyncio.run(main()), log)


def test_a_coroutine_that_is_closed() -> None:
    """Where the loop is gone nothing can be awaited: the flow is closed, and that is all."""
    log: list[str] = []
    clock = VirtualClock()

    async def main() -> None:
        """What runs on the loop."""
        run_of = arun(parks(log), World(clock=clock))
        task = run_of.send(None)
        assert task is not None
        run_of.close()

    run_asyncio(main, clock)

    assert ["open door", "finally"] == log


def test_closing_is_bounded(awaiting: Engine) -> None:
    """What takes longer than a tenth of a second to close is left."""

    class Heavy(Door):
        """A door that is slow to close."""

        async def aclose(self) -> None:
            """Close."""
            self._note("close")
            await awaiting.clock.asleep(60.0)
            self._note("closed")

    log: list[str] = []

    def flow() -> Flow[None]:
        yield from Open(Heavy(log))
        raise LookupError

    with pytest.raises(LookupError):
        awaiting.perform(flow())

    assert (["open door", "close door"], 1_000.1) == (log, round(awaiting.clock.now(), 6))


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, Abandoned])
def test_an_interruption_ends_a_blocking_run(error: type[BaseException]) -> None:
    """Ctrl-C ends a run cleaned up, and travels on."""
    log: list[str] = []

    def interrupt() -> None:
        raise error

    def flow() -> Flow[None]:
        yield from Open(Door(log))
        try:
            yield from Ask.of(interrupt)
        finally:
            log.append("finally")

    with pytest.raises(error):
        run(flow(), World())

    assert CLEANED_UP == log


def test_an_error_after_the_end_was_called_is_abandonment(engine: Engine) -> None:
    """In a run that was called off, an effect that fails because of it does not look like a failure of the network."""
    stop: Promise[None] = Promise()
    seen: list[str] = []

    def shut() -> None:
        _ = stop.keep()
        raise OSError("the socket was shut")

    def flow() -> Flow[None]:
        try:
            yield from Ask.of(shut)
        except BaseException as error:
            seen.append(type(error).__name__)
            raise

    engine.stop = stop
    with pytest.raises(Abandoned):
        engine.perform(flow())

    assert ["Abandoned"] == seen


def test_a_cancelled_strand_is_cleaned_up() -> None:
    """A simulated run is called off at any moment, by hand."""
    log: list[str] = []
    simulation = Simulation()
    strand = simulation.start(parks(log))
    simulation.advance(5.0)

    strand.cancel()

    assert (CLEANED_UP, True) == (log, strand.is_over)
    with pytest.raises(Abandoned):
        strand.result()


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_an_interruption_after_the_end_was_called_travels_on(engine: Engine, error: type[BaseException]) -> None:
    """Ctrl-C in a run that was called off is Ctrl-C."""
    stop: Promise[None] = Promise(shared=True)
    seen: list[type[BaseException]] = []

    def interrupt() -> None:
        _ = stop.keep()
        raise error

    def flow() -> Flow[None]:
        try:
            yield from Ask.of(interrupt)
        except BaseException as raised:
            seen.append(type(raised))
            raise

    engine.stop = stop
    with pytest.raises(error if engine.name != "simulation" else BaseException):
        engine.perform(flow())

    assert engine.name == "simulation" or [error] == seen
