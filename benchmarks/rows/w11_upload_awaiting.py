"""W11: an upload of 200 MB, awaiting, under a plain `httpx.AsyncClient`."""

from __future__ import annotations

from benchmarks.figures import Reading
from benchmarks.rows.long import moved


def measure() -> tuple[Reading, ...]:
    """Send it in pieces of 64 KiB."""
    return moved("upload_awaiting")
