"""Emit: iterations as flows."""

from __future__ import annotations

import gc
from typing import Any

import anyio
import pytest

from restkit.errors import ConfigError
from restkit.flow import Ask, Emit, Emitting, Flow, Open, Sleep, World, next_item
from restkit.flow.awaiting import Acloses, Aiteration, aiterate, arun
from tests.flow.engines import Engine
from tests.flow.test_ask import Door


def numbers(count: int, log: list[str]) -> Emitting[int]:
    """Emit numbers, a second apart, with something open."""
    yield from Open(Door(log))
    try:
        for number in range(count):
            yield from Emit(number)
            yield from Sleep(1.0)
    finally:
        log.append("finally")


def test_items_come_one_at_a_time(engine: Engine) -> None:
    """An iteration gives every item, performing what the flow asks for in between."""
    log: list[str] = []

    assert [0, 1, 2] == engine.items(numbers(3, log))
    assert (1_003.0, ["open door", "finally"]) == (engine.clock.now(), log)


def test_stopping_early_closes(engine: Engine) -> None:
    """Whoever breaks off leaves nothing open, and nothing more is performed."""
    log: list[str] = []

    assert [0, 1] == engine.items(numbers(9, log), at_most=2)
    assert (1_001.0, ["open door", "finally", "close door"]) == (engine.clock.now(), log)


def test_an_error_ends_the_iteration(engine: Engine) -> None:
    """An error of an effect is raised in the flow, and what it does not catch ends the iteration."""
    log: list[str] = []

    def emits() -> Emitting[int]:
        yield from Open(Door(log))
        yield from Emit(1)
        try:
            yield from Ask.of(int, "two")
        except ValueError:
            yield from Emit(2)
        yield from Ask.of(int, "three")

    with pytest.raises(ValueError, match="three"):
        _ = engine.items(emits())

    assert ["open door", "close door"] == log


def test_an_iteration_within_a_flow(engine: Engine) -> None:
    """A flow takes the items of another one by one."""

    def flow() -> Flow[list[Any]]:
        items, found = numbers(2, []), []
        while (emitted := (yield from next_item(items))) is not None:
            found.append(emitted.item)
        return found

    assert [0, 1] == engine.perform(flow())


def test_emitting_where_nobody_iterates(engine: Engine) -> None:
    """A flow that emits cannot simply be run."""
    with pytest.raises(ConfigError, match="nobody iterates"):
        engine.perform(numbers(1, []))


def aiter_of(flow: Emitting[int]) -> Aiteration[int]:
    """An iteration in real time."""
    return aiterate(flow, World())


def holds(log: list[str]) -> Emitting[int]:
    """Emit two numbers, with something open."""
    yield from Open(Door(log))
    yield from Emit(1)
    yield from Emit(2)


async def test_an_iteration_that_is_dropped_is_closed() -> None:
    """Whoever breaks off owes nothing: on either loop a task closes what is open, and there is no warning."""
    log: list[str] = []

    async for item in aiter_of(holds(log)):
        assert 1 == item
        break
    _ = gc.collect()
    await anyio.wait_all_tasks_blocked()

    assert ["open door", "close door"] == log


async def test_an_iteration_that_is_dropped_with_nothing_open() -> None:
    """Nothing is to be done."""

    def emits() -> Emitting[int]:
        """Emit what there is."""
        yield from Emit(1)

    async for _ in aiter_of(emits()):
        break


def test_an_iteration_that_outlives_its_loop() -> None:
    """Nothing can be closed there any more."""
    log: list[str] = []
    items = aiter_of(holds(log))
    assert 1 == anyio.run(items.__anext__)

    del items
    _ = gc.collect()

    assert ["open door"] == log


async def test_an_iteration_belongs_to_one_task() -> None:
    """Two that ask at once would get in each other's way."""
    items = aiter_of(iter(Sleep(60.0)))

    async with anyio.create_task_group() as group:
        _ = group.start_soon(anext, items)
        await anyio.wait_all_tasks_blocked()
        with pytest.raises(RuntimeError, match="another task"):
            _ = await anext(items)
        with pytest.raises(RuntimeError, match="another task"):
            await items.aclose()
        group.cancel_scope.cancel()

    assert 7 == await anext(items, 7)


async def test_an_iteration_is_over_when_it_is_closed() -> None:
    """As often as one likes."""
    log: list[str] = []
    items = aiter_of(holds(log))
    assert (items, 1) == (aiter(items), await anext(items))

    await items.aclose()
    await items.aclose()

    assert (["open door", "close door"], None) == (log, await anext(items, None))


async def test_the_steps_of_an_iteration_are_run_as_its_owner_likes() -> None:
    """A client runs each, and says so if it was closed meanwhile."""
    ran: list[object] = []

    async def runs(flow: Flow[Any], world: World, opened: list[Acloses] | None = None) -> Any:
        """Run a step, in this test's own way."""
        ran.append(flow)
        return await arun(flow, world, opened)

    assert [1, 2] == [item async for item in aiterate(holds([]), World(), runs)]
    assert 3 == len(ran)


async def test_a_step_that_is_refused_ends_an_iteration() -> None:
    """What is open is closed, though the flow itself has not failed."""
    log: list[str] = []
    steps = iter([arun])

    async def runs(flow: Flow[Any], world: World, opened: list[Acloses] | None = None) -> Any:
        """Run a step, in this test's own way."""
        for step in steps:
            return await step(flow, world, opened)
        flow.close()
        raise LookupError

    items = aiterate(holds(log), World(), runs)
    assert 1 == await anext(items)
    with pytest.raises(LookupError):
        _ = await anext(items)

    assert ["open door", "close door"] == log


async def test_an_iteration_whose_coroutine_is_closed() -> None:
    """Where the loop is gone nothing can be awaited."""
    items = aiter_of(iter(Sleep(60.0)))
    step = items.__anext__()
    _ = step.send(None)

    step.close()

    assert 7 == await anext(items, 7)
