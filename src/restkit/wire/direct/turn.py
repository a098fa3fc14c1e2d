"""Waiting for one's turn: in a thread, or in a task."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Any, TypeVar

from typing_extensions import override

from restkit.flow.effects import Effect
from restkit.flow.promise import Abandoned, Promise
from restkit.wire.bound import CLOCK

if TYPE_CHECKING:
    from restkit.flow.world import World
    from restkit.wire.direct.pace import Pace

T = TypeVar("T")


class Turn(Effect[T]):
    """Wait until a promise is kept, as long as there is time for the pool. Raises httpx.PoolTimeout."""

    __slots__ = ("pace", "promise")
    promise: Promise[T]
    pace: Pace

    def __init__(self, promise: Promise[T], pace: Pace) -> None:
        self.promise, self.pace = promise, pace

    @override
    def block(self, world: World) -> T:
        try:
            return self.promise.block(CLOCK, self.pace.seconds("pool"), self.pace.stop)
        except TimeoutError:
            raise self.pace.late("pool") from None
        except Abandoned:
            raise self.pace.over() from None

    @override
    async def wait(self, world: World) -> T:
        seconds, stop = self.pace.seconds("pool"), self.pace.stop
        try:
            if in_trio():
                return await self.promise.wait(CLOCK, seconds, stop)
            return await on_asyncio(self.promise, seconds, stop)
        except TimeoutError:
            raise self.pace.late("pool") from None
        except Abandoned:
            raise self.pace.over() from None


async def on_asyncio(promise: Promise[T], seconds: float | None, stop: Promise[Any] | None) -> T:
    """What `Promise.wait` does, without a cancel scope: whoever keeps the promise is nearly always of the same loop."""
    import asyncio

    loop, thread = asyncio.get_running_loop(), threading.get_ident()
    waiter: asyncio.Future[None] = loop.create_future()

    def rouse() -> None:
        if not waiter.done():
            waiter.set_result(None)

    def wake() -> bool:
        try:
            if threading.get_ident() == thread:
                rouse()
            else:
                _ = loop.call_soon_threadsafe(rouse)
        except RuntimeError:  # that loop is closed
            return False
        return True

    timer = None if seconds is None else loop.call_later(seconds, rouse)
    try:
        if (stop is None or stop.enlist(wake)) and promise.enlist(wake):
            await waiter
    finally:
        promise.forget(wake)
        if stop is not None:
            stop.forget(wake)
        if timer is not None:
            timer.cancel()
    if promise.is_kept:
        return promise.value
    raise Abandoned if stop is not None and stop.is_kept else TimeoutError


def in_trio() -> bool:
    """Whether this task is one of trio's."""
    trio = sys.modules.get("trio")
    return trio is not None and trio.lowlevel.in_trio_run()
