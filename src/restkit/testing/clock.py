"""Time that passes only by being slept through."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from typing_extensions import override

from restkit.flow import Clock
from restkit.testing import threads
from restkit.testing.threads import Threads

if TYPE_CHECKING:
    import anyio

START, START_OF_2025 = 1_000.0, 1_735_689_600.0


class Leader(Protocol):
    """A clock that leads ours: trio's MockClock."""

    def current_time(self) -> float:
        """Seconds since it began."""
        ...

    def jump(self, seconds: float) -> None:
        """Let them pass."""


class VirtualClock(Clock):
    """A clock on which an hour passes in no time: `sleep` sets it forward, and nothing else does.

    Parameters: `now`, what `now()` begins with; `wall`, what `wall()` begins with, seconds since 1970.

    Threads may share it: time passes once all of them wait. An event loop is run in it by `run_asyncio` or `run_trio`;
    on any other loop each `asleep` sets the clock forward by itself, so that simultaneous sleeps add up, and whoever
    waits for something that does not come within a second of real time finds that its moment has come.
    """

    __slots__ = ("_ahead", "_at", "_lead", "_threads")

    def __init__(self, now: float = START, wall: float = START_OF_2025) -> None:
        self._at, self._ahead = now, wall - now
        self._lead: tuple[Leader, float] | None = None
        self._threads = Threads()

    @override
    def now(self) -> float:
        if self._lead is None:
            return self._at
        leader, began = self._lead
        return began + leader.current_time()

    @override
    def wall(self) -> float:
        return self.now() + self._ahead

    @override
    def sleep(self, seconds: float) -> None:
        if self._lead is None:
            return self.sleep_until(self._at + max(0.0, seconds))
        return self._lead[0].jump(max(0.0, seconds))

    def sleep_until(self, moment: float) -> None:
        """Sleep until `now()` has that value; not at all if it has passed."""
        _ = self.wait(moment, never)

    @override
    async def asleep(self, seconds: float) -> None:
        if self._lead is not None or drives_this_loop(self):
            return await super().asleep(max(0.0, seconds))
        import anyio.lowlevel

        self.sleep(seconds)
        return await anyio.lowlevel.checkpoint()

    @override
    async def park(self, event: anyio.Event, timeout: float | None) -> bool:
        if timeout is None or self._lead is not None or drives_this_loop(self):
            return await super().park(event, timeout)
        until = self._at + timeout
        if await super().park(event, min(timeout, threads.PATIENCE)):
            return True
        self.sleep_until(until)
        return event.is_set()

    @override
    def block(self, gate: threading.Lock, timeout: float | None) -> bool:
        """Wait until another thread releases `gate`. Raises Deadlock if there is no other thread, and no timeout."""
        until = math.inf if timeout is None else self._at + max(0.0, timeout)
        return self.wait(until, lambda: not gate.locked()) and gate.acquire(blocking=False)

    def wait(self, until: float, came: Callable[[], bool]) -> bool:
        """Let time pass until that moment, or until `came()`; False if it did not come. `math.inf` is no moment.

        Raises Deadlock if there is no moment, and no other thread.
        """
        if self._threads.wait(until, came):
            return True
        self._at = max(self._at, until)
        return False

    def step(self, seconds: float) -> None:
        """Set the wall clock forward, or back, as somebody does who corrects it: `now()` stays as it is."""
        self._ahead += seconds

    def follow(self, leader: Leader) -> None:
        """Show another clock's time from now on, as `run_trio` needs it, until `unfollow`."""
        self._lead = (leader, self._at - leader.current_time())

    def unfollow(self) -> None:
        """Go on alone, from the time that the other clock has reached."""
        self._at, self._lead = self.now(), None


def never() -> bool:
    """Nothing else is waited for."""
    return False


def drives_this_loop(clock: VirtualClock) -> bool:
    """Whether the running asyncio loop has that clock's time."""
    import asyncio

    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:  # no loop, or trio's
        return False
    return getattr(loop, "clock", None) is clock
