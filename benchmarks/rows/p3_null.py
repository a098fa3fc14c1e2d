"""P3: a typed call on a transport that goes nowhere, beside the bare `httpx.Client.get` on the same."""

from __future__ import annotations

from benchmarks.compare import compare
from benchmarks.contenders.table import present
from benchmarks.figures import Reading
from benchmarks.remote import remotes

BARE = {"httpx": "bare", "httpx2": "bare"}
"""The base only gets: it neither checks the status nor decodes."""


def measure() -> tuple[Reading, ...]:
    """Fetch one user over and over, then a thousand in turn: what is remembered of one URL helps only the first."""
    return (on("one id", 1), on("1,000 ids", 1000))


def on(of: str, ids: int) -> Reading:
    """Fetch so many users in turn."""
    with remotes(present(null=True), "blocking", but=BARE, ids=ids) as subjects:
        return compare(subjects, base="httpx").reading(of)
