"""P13: what a call costs where 10,000 tasks wait at a rate limit, beside one task that waits alone.

Nobody sleeps: the clock is put forward instead, so that only the work of waiting is measured. The garbage collector is
off: what it takes to look through 10,000 tasks, whatever they wait for, is Python's. With it on stands beside it.
"""

from __future__ import annotations

import asyncio
import gc

from attrs import field, frozen
from typing_extensions import override

from benchmarks.compare import compare
from benchmarks.contenders.restkit_sdk import AsyncAcme
from benchmarks.cost import Cost, Meter
from benchmarks.figures import Reading
from benchmarks.null import Null
from restkit import Clock, RateLimiter, TokenBucket

TASKS = 10_000
ROUNDS = 5


class Jumping(Clock):
    """A clock that is put forward by whoever would sleep."""

    def __init__(self) -> None:
        """Begin anywhere."""
        self._seconds = 1000.0

    @override
    def now(self) -> float:
        """Give the seconds of all sleeps."""
        return self._seconds

    @override
    async def asleep(self, seconds: float) -> None:
        """Put it forward, and let the others run."""
        self._seconds += seconds
        await asyncio.sleep(0)  # noqa: TID251 - others run, and no time passes


@frozen
class Waiting:
    """Calls of a client, of which each but the first has to wait, in so many tasks."""

    tasks: int
    runner: asyncio.Runner
    collects: bool = False
    meter: Meter = field(factory=Meter)

    def run(self, calls: int) -> Cost:
        """Make so many calls."""
        _ = gc.collect()
        if not self.collects:
            gc.disable()
        try:
            return self.meter.measure(lambda: self.runner.run(self._run(calls)))
        finally:
            gc.enable()

    async def _run(self, calls: int) -> None:
        limiter = RateLimiter(TokenBucket(1000, burst=1))
        settings = {"rate_limit": limiter, "bulkhead": None, "breaker": True, "deadline": None, "clock": Jumping()}
        async with AsyncAcme(transport=Null(), **settings) as client:

            async def some() -> None:
                for _ in range(calls // self.tasks):
                    _ = await client.users.get(7)

            _ = await asyncio.gather(*(some() for _ in range(self.tasks)))


def measure() -> tuple[Reading, ...]:
    """Have as many calls wait together and one after the other."""
    with asyncio.Runner() as runner:
        return tuple(
            compare(
                {"1 task": Waiting(1, runner, collects), "restkit": Waiting(TASKS, runner, collects)},
                base="1 task",
                rounds=ROUNDS,
                calls=TASKS,
            ).reading(of)
            for of, collects in (("call", False), ("call, garbage collector on", True))
        )
