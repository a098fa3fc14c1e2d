"""A contender in a process of its own: `python -m benchmarks.worker MODULE FUNCTION ADDRESS IDS TASKS`.

It reads a number of calls from standard input, makes them, and answers with their cost, until standard input ends. What
awaits makes them in so many tasks, each of which takes the next call as soon as it has its answer.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
from collections.abc import Awaitable, Callable, Generator, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager, AsyncExitStack, contextmanager
from functools import partial
from importlib import import_module
from itertools import cycle, islice
from typing import TypeAlias

from benchmarks.cost import Meter

Run: TypeAlias = Callable[[int], object]
"""Makes so many calls."""


def main(module: str, function: str, address: str, ids: str, tasks: str) -> None:
    """Serve blocks of calls until the parent has had enough."""
    meter = Meter()
    with opened(module, function, address, cycle(range(1, int(ids) + 1)), int(tasks)) as run:
        for line in sys.stdin:
            _ = gc.collect()
            cost = meter.measure(partial(run, int(line)))
            _ = sys.stdout.write(json.dumps([cost.cpu, cost.instructions, cost.wall]) + "\n")
            _ = sys.stdout.flush()


def opened(module: str, function: str, address: str, ids: Iterator[int], tasks: int = 1) -> AbstractContextManager[Run]:
    """Open a contender's client, blocking or awaiting as the function's name says."""
    where = None if address == "null" else address
    contender = getattr(import_module(module), function)(where)
    return awaited(contender, ids, tasks) if function.endswith("awaiting") else called(contender, ids)


@contextmanager
def called(contender: AbstractContextManager[Callable[[int], object]], ids: Iterator[int]) -> Generator[Run]:
    """Make calls one after the other."""
    with contender as fetch:

        def run(calls: int) -> None:
            for number in islice(ids, calls):
                _ = fetch(number)

        yield run


@contextmanager
def awaited(
    contender: AbstractAsyncContextManager[Callable[[int], Awaitable[object]]], ids: Iterator[int], tasks: int
) -> Generator[Run]:
    """Await calls in so many tasks, all on one loop."""
    stack = AsyncExitStack()
    with asyncio.Runner() as runner:
        fetch = runner.run(stack.enter_async_context(contender))

        async def each(numbers: Iterator[int]) -> None:
            for number in numbers:
                _ = await fetch(number)

        async def run(calls: int) -> None:
            numbers = islice(ids, calls)
            _ = await (each(numbers) if tasks == 1 else asyncio.gather(*(each(numbers) for _ in range(tasks))))

        yield lambda calls: runner.run(run(calls))
        runner.run(stack.aclose())


if __name__ == "__main__":
    main(*sys.argv[1:])
