"""The blocking engine."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, Protocol

from typing_extensions import TypeVar

from restkit.flow.effects import Effect, Emit, Emitting, Flow, next_item
from restkit.flow.promise import Abandoned
from restkit.flow.world import World

T = TypeVar("T")


class Closes(Protocol):
    """What a run has opened."""

    def close(self) -> object:
        """Give it back."""


def run(flow: Flow[T], world: World, opened: list[Closes] | None = None) -> T:
    """Run a flow in this thread and return what it returns.

    Whatever an effect raises is thrown into the flow where it asked. If the run fails, the flow is closed, then
    everything it had opened.
    """
    opened = [] if opened is None else opened
    try:
        effect: Effect[Any] = next(flow)
        while True:
            try:
                answer = effect.block(world)
            except BaseException as error:  # noqa: BLE001 - not swallowed: the flow has it
                effect = flow.throw(Abandoned() if world.is_stopped and isinstance(error, Exception) else error)
            else:
                if effect.opens:
                    opened.append(answer)
                effect = flow.send(answer)
    except StopIteration as stop:
        return stop.value  # type: ignore[no-any-return] # a Flow[T] returns T
    except BaseException:
        flow.close()
        close_all(opened)
        raise


def iterate(flow: Emitting[T], world: World) -> Iterator[T]:
    """Run a flow that emits, an item at a time, as far as the items are asked for."""
    opened: list[Closes] = []
    emitted: Emit[T] | None
    try:
        while (emitted := run(next_item(flow), world, opened)) is not None:
            yield emitted.item
    except GeneratorExit:  # whoever iterated went away
        flow.close()
        close_all(opened)
        raise


def close_all(opened: list[Closes]) -> None:
    """Close what a failed run leaves, last opened first; an error on the way does not stop the others."""
    while opened:
        with contextlib.suppress(Exception):
            _ = opened.pop().close()
