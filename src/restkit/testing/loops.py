"""Coroutines in virtual time: on asyncio, whose loop asks our clock, and on trio, whose own clock leads ours."""

from __future__ import annotations

import asyncio
import functools
import math
import selectors
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from typing_extensions import TypeVar, override

from restkit.testing.clock import VirtualClock

T = TypeVar("T")


class VirtualSelector(selectors.SelectSelector):
    """Where a loop would wait for its next timer, its time comes at once, unless other threads still work."""

    def __init__(self, clock: VirtualClock) -> None:
        super().__init__()
        self._clock = clock

    @override
    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None and len(self.get_map()) > 1:  # besides its own pipe it watches real sockets
            return super().select(timeout)
        if timeout is None or timeout > 0:
            until = math.inf if timeout is None else self._clock.now() + timeout
            _ = self._clock.wait(until, self._is_ready)
        return super().select(0)

    def _is_ready(self) -> bool:
        return bool(super().select(0))


class VirtualLoop(asyncio.SelectorEventLoop):
    """An asyncio loop whose time is a virtual clock's."""

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        super().__init__(VirtualSelector(clock))

    @override
    def time(self) -> float:
        return self.clock.now()


def run_asyncio(main: Callable[[], Coroutine[Any, Any, T]], clock: VirtualClock) -> T:
    """Run `main()` on an asyncio loop of its own in that clock's time."""
    with asyncio.Runner(loop_factory=functools.partial(VirtualLoop, clock)) as runner:
        return runner.run(main())


def run_trio(main: Callable[[], Awaitable[T]], clock: VirtualClock) -> T:
    """Run `main()` on trio, in time that jumps to the next timer whenever all tasks wait; our clock follows."""
    import trio
    import trio.testing

    mock = trio.testing.MockClock(autojump_threshold=0)
    clock.follow(mock)
    try:
        return trio.run(main, clock=mock)
    finally:
        clock.unfollow()
