"""P14: a download of 200 MB that is written to a file, through restkit: speed and memory growth."""

from __future__ import annotations

from benchmarks.contenders.table import CARRYING, NATIVE
from benchmarks.figures import Reading
from benchmarks.rows.long import moved

SAVING = tuple(each for each in CARRYING if each not in NATIVE)
"""httpx by `iter_raw`, restkit by the `.stream` of a call."""


def measure() -> tuple[Reading, ...]:
    """Write it as it comes, to a file in memory: a disk is slower than anyone."""
    return moved("save", SAVING)
