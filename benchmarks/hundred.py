"""What the 2nd to the 100th client cost: `python -m benchmarks.hundred MODULE ADDRESS ANSWERS`.

Each client is made, opened and kept; with ANSWERS it fetches so many users at once. The first client is not counted: it
pays for what all of them share. Tells the CPU seconds, the instructions if they can be counted, and the bytes.
"""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from importlib import import_module
from typing import TypeAlias

from benchmarks.cost import Meter
from benchmarks.machine import resident

FURTHER = 99

Opened: TypeAlias = Callable[[str], AbstractContextManager[Callable[[int], object]]]


def main(module: str, address: str, answers: str) -> None:
    """Make a hundred clients and tell what all but the first cost."""
    meter = Meter()
    with ExitStack() as kept:
        make = partial(made, kept, import_module(module).blocking, address, int(answers))
        make(1)
        _ = gc.collect()
        before = resident()
        cost = meter.measure(partial(make, FURTHER))
        _ = gc.collect()
        told = {"cpu": cost.cpu, "instructions": cost.instructions or 0, "bytes": resident() - before}
    _ = sys.stdout.write(json.dumps(told))


def made(kept: ExitStack, blocking: Opened, address: str, answers: int, count: int) -> None:
    """Make, open and keep so many clients, each with so many answers."""
    for _ in range(count):
        fetch = kept.enter_context(blocking(address))
        for number in range(answers):
            _ = fetch(number)


if __name__ == "__main__":
    main(*sys.argv[1:])
