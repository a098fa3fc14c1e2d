"""The awaiting engine, for asyncio and trio alike."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any, Protocol

from typing_extensions import TypeVar, override

from restkit.flow.background import start_task
from restkit.flow.effects import GRACE, Effect, Emit, Emitting, Flow, next_item
from restkit.flow.promise import Abandoned, loop_caller
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


class Arun(Protocol):
    """Runs a flow: `arun`, or a client's way to."""

    async def __call__(self, flow: Flow[T], world: World, opened: list[Acloses] | None = None, /) -> T:
        """Return what it returns."""
        ...


class Aiteration(AsyncIterator[T]):
    """A flow that emits, run an item at a time, as far as the items are asked for.

    No asynchronous generator, so that whoever breaks off may drop it on any loop: what is open then is closed in a task
    of its own.
    """

    def __init__(self, flow: Emitting[T], world: World, runs: Arun = arun) -> None:
        self._flow, self._world, self._runs = flow, world, runs
        self._opened: list[Acloses] = []
        self._is_running = False
        self._call_soon: Callable[[Callable[[], object]], object] | None = None

    @override
    async def __anext__(self) -> T:
        self._begin()
        try:
            emitted: Emit[T] | None = await self._runs(next_item(self._flow), self._world, self._opened)
        except GeneratorExit:  # the loop is gone: nothing can be awaited any more
            raise
        except BaseException:
            self._flow.close()
            await aclose_all(self._opened)
            raise
        finally:
            self._is_running = False
        if emitted is None:
            self._opened = []  # it has not failed: what it opened is for others
            raise StopAsyncIteration
        if self._opened and self._call_soon is None:
            self._call_soon = loop_caller()
        return emitted.item

    async def aclose(self) -> None:
        """Break off, and close what is open."""
        self._begin()
        try:
            self._flow.close()
            await aclose_all(self._opened)
        finally:
            self._is_running = False

    def _begin(self) -> None:
        if self._is_running:
            raise RuntimeError("this iteration is under way in another task")
        self._is_running = True

    def __del__(self) -> None:
        self._flow.close()
        opened = self._opened
        if opened and self._call_soon is not None:
            with contextlib.suppress(RuntimeError):  # that loop is closed
                _ = self._call_soon(lambda: start_task(lambda: aclose_all(opened)))


def aiterate(flow: Emitting[T], world: World, runs: Arun = arun) -> Aiteration[T]:
    """Run a flow that emits, an item at a time, as far as the items are asked for; each step by `runs`."""
    return Aiteration(flow, world, runs)


async def aclose_all(opened: list[Acloses]) -> None:
    """Close what a failed run leaves, last opened first, whatever cancels us; an error does not stop the others."""
    if not opened:
        return
    import anyio

    with anyio.move_on_after(GRACE, shield=True):
        while opened:
            with contextlib.suppress(Exception):
                _ = await opened.pop().aclose()
