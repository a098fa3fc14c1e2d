"""P1: a typed GET end to end, blocking, on everyone's stock transport."""

from __future__ import annotations

from benchmarks.compare import compare
from benchmarks.contenders.table import present
from benchmarks.figures import Reading
from benchmarks.loopback import loopback
from benchmarks.remote import remotes

STOCK = dict.fromkeys(("restkit", "restkit on httpx2"), "stock_blocking")


def measure() -> tuple[Reading, ...]:
    """Fetch one user over and over on a kept connection."""
    with loopback() as address, remotes(present(), "blocking", but=STOCK, address=address) as subjects:
        return (compare(subjects, base="httpx").reading("call"),)
