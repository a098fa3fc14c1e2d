"""How memory grows over many large answers: `python -m benchmarks.growth MODULE FUNCTION ADDRESS`.

The garbage collector is off, so that whatever an answer leaves behind in a cycle stays. Tells the bytes by which the
process has grown over sixty answers, after a few that make room for them: `bytes` as the allocator left it, which keeps
the last answer's buffers or not as chance would have it, and `held` when it has been asked to give back what is free.
"""

from __future__ import annotations

import ctypes
import gc
import json
import sys
from itertools import repeat

from benchmarks.machine import resident
from benchmarks.worker import opened

FIRST = 5
ANSWERS = 60


def main(module: str, function: str, address: str) -> None:
    """Read a few large answers, then sixty more, and tell the growth."""
    gc.disable()
    with opened(module, function, address, repeat(1)) as run:
        _ = run(FIRST)
        before, held_before = resident(), held()
        _ = run(ANSWERS)
        grown = {"bytes": resident() - before, "held": held() - held_before}
    _ = sys.stdout.write(json.dumps(grown))


def held() -> int:
    """Tell the bytes this process holds once the allocator has given back what is free, where it can (glibc)."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
    return resident()


if __name__ == "__main__":
    main(*sys.argv[1:])
