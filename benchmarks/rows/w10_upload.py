"""W10: an upload of 200 MB, blocking, under a plain `httpx.Client`."""

from __future__ import annotations

from benchmarks.figures import Reading
from benchmarks.rows.long import moved


def measure() -> tuple[Reading, ...]:
    """Send it in pieces of 64 KiB."""
    return moved("upload")
