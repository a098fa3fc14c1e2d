"""The awaiting engine, for asyncio and trio alike."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator
from typing import Any, Protocol

import anyio
from typing_extensions import TypeVar

from restkit.flow.effects import GRACE, Effect, Emit, Emitting, Flow, next_item
from restkit.flow.promise import Abandoned
from restkit.flow.world import World

T = TypeVar("T")


class Acloses(Protocol):
    """What a run has opened."""

    async def aclose(self) -> object:
        """Give it back."""


async def arun(flow: Flow[T], world: World, opened: list[Acloses] | None = None) -> T:
    """Run a flow in this task and return what it returns.

    Whatever an effect raises, cancellation included, is thrown into the flow where it asked. If the run fails, the
    flow is closed, then everything it had opened, shielded from cancellation for a tenth of a second.
    """
    opened = [] if opened is None else opened
    try:
        effect: Effect[Any] = next(flow)
        while True:
            try:
                answer = await effect.wait(world)
            except BaseException as error:  # noqa: BLE001 - not swallowed: the flow has it
                effect = flow.throw(Abandoned() if world.is_stopped and isinstance(error, Exception) else error)
            else:
                if effect.opens:
                    opened.append(answer)
                effect = flow.send(answer)
    except StopIteration as stop:
        return stop.value  # type: ignore[no-any-return] # a Flow[T] returns T
    except GeneratorExit:  # the loop is gone: nothing can be awaited any more
        flow.close()
        raise
    except BaseException:
        flow.close()
        await aclose_all(opened)
        raise


async def aiterate(flow: Emitting[T], world: World) -> AsyncGenerator[T, None]:
    """Run a flow that emits, an item at a time, as far as the items are asked for."""
    opened: list[Acloses] = []
    emitted: Emit[T] | None
    try:
        while (emitted := await arun(next_item(flow), world, opened)) is not None:
            yield emitted.item
    except GeneratorExit:  # whoever iterated went away
        flow.close()
        await aclose_all(opened)
        raise


async def aclose_all(opened: list[Acloses]) -> None:
    """Close what a failed run leaves, last opened first, whatever cancels us; an error does not stop the others."""
    if not opened:
        return
    with anyio.move_on_after(GRACE, shield=True):
        while opened:
            with contextlib.suppress(Exception):
                _ = await opened.pop().aclose()
