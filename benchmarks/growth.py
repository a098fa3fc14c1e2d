"""How memory grows over many large answers: `python -m benchmarks.growth MODULE FUNCTION ADDRESS [FIRST ANSWERS]`.

The garbage collector is off, so that whatever an answer leaves behind in a cycle stays. Tells the bytes by which the
process has grown over sixty answers, after a few that make room for them: `bytes` as the allocator left it, which keeps
the last answer's buffers or not as chance would have it, `held` when it has been asked to give back what is free, and
`peak` by how much larger it was at its largest. The first few are a tenth as long where a length can be chosen.
"""

from __future__ import annotations

import ctypes
import gc
import json
import sys
from itertools import chain, repeat

from benchmarks.machine import forget_peak, peak, resident
from benchmarks.worker import opened

FIRST = 5
TENTH = 10
ANSWERS = 60


def main(module: str, function: str, address: str, first: str = str(FIRST), answers: str = str(ANSWERS)) -> None:
    """Read a few large answers, then sixty more or so many, and tell the growth."""
    gc.disable()
    with opened(module, function, address, chain(repeat(TENTH, int(first)), repeat(1))) as run:
        forget_peak()
        _ = run(int(first))
        before, peak_before, held_before = resident(), peak(), held()
        forget_peak()
        _ = run(int(answers))
        grown = {"bytes": resident() - before, "peak": peak() - peak_before, "held": held() - held_before}
    _ = sys.stdout.write(json.dumps(grown))


def held() -> int:
    """Tell the bytes this process holds once the allocator has given back what is free, where it can (glibc)."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
    return resident()


if __name__ == "__main__":
    main(*sys.argv[1:])
