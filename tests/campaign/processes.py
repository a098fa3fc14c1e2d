"""Work shared by two processes: what is decided by seeds alone takes half as long."""

from __future__ import annotations

import gc
import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")
PROCESSES = 2
FEW = 40
"""Items that one process does itself: another one would cost more than it helps."""
SHARES = 16
"""How many shares there are: whoever is done with one takes the next."""
NICE = 10
"""How far whoever yields stands back."""


def in_processes(
    act: Callable[[Sequence[T]], R], items: Sequence[T], *, few: bool | None = None, yields: bool = False
) -> list[R]:
    """Act on shares of the items, some at once; if there are `few`, here. Copies of this process: httpx2 stays.

    Who `yields` lets others have the processors first, such as a figure that is beside it and must not be late.
    """
    if len(items) <= FEW if few is None else few:
        return [act(items)]
    count = min(SHARES, len(items))
    shares = [items[first::count] for first in range(count)]
    fork = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(PROCESSES, fork, os.nice, (NICE if yields else 0,)) as pool:
        return list(pool.map(act, shares))


def swept(items: Sequence[T]) -> Iterator[T]:
    """The items one after the other: what is thrown away with one is swept up when it is over, and no sooner.

    So the memory in use stays small enough to be near the processor, and what lasts is not looked at again and again.
    """
    gc.freeze()
    gc.disable()
    try:
        for item in items:
            yield item
            _ = gc.collect()
    finally:
        gc.enable()
        gc.unfreeze()
