"""W9: a download of 200 MB, awaiting, under a plain `httpx.AsyncClient`."""

from __future__ import annotations

from benchmarks.figures import Reading
from benchmarks.rows.long import moved


def measure() -> tuple[Reading, ...]:
    """Read it as it comes, and drop it."""
    return moved("download_awaiting")
