"""A process that has nothing left of something."""

from __future__ import annotations

import gc
import os
import resource
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress

HUGE = 1 << 50
"""Bytes of a stack for which no address space has room: a thread that wants it cannot start."""


@contextmanager
def without_descriptors() -> Generator[None]:
    """Leave the process no descriptor."""
    _ = gc.collect()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    taken = [os.dup(0)]
    resource.setrlimit(resource.RLIMIT_NOFILE, (taken[0] + 1, hard))
    try:
        with suppress(OSError):
            while True:
                taken.append(os.dup(0))
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        for each in taken:
            os.close(each)


@contextmanager
def without_threads() -> Generator[None]:
    """Have no thread start in this process. Those that run go on."""
    before = threading.stack_size(HUGE)
    try:
        yield
    finally:
        _ = threading.stack_size(before)


STARVING: Mapping[str | None, Callable[[], AbstractContextManager[None]]] = {
    "descriptors": without_descriptors,
    "threads": without_threads,
    None: nullcontext,
}
"""What there is none left of."""
