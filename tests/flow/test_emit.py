"""Emit: iterations as flows."""

from __future__ import annotations

from typing import Any

import pytest

from restkit.errors import ConfigError
from restkit.flow import Ask, Emit, Emitting, Flow, Open, Sleep, next_item
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
