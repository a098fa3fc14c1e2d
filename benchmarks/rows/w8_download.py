"""W8: a download of 200 MB, blocking, under a plain `httpx.Client`."""

from __future__ import annotations

from benchmarks.figures import Reading
from benchmarks.rows.long import moved


def measure() -> tuple[Reading, ...]:
    """Read it as it comes, and drop it."""
    return moved("download")
