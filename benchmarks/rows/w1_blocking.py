"""W1: a typed GET end to end, blocking, on restkit's own transport."""

from __future__ import annotations

from benchmarks.compare import compare
from benchmarks.contenders.table import CALLING, present
from benchmarks.figures import Reading
from benchmarks.loopback import loopback
from benchmarks.remote import remotes

OWN = dict.fromkeys(("restkit", "restkit on httpx2"), "wire_blocking")


def measure() -> tuple[Reading, ...]:
    """Fetch one user over and over on a kept connection."""
    contenders = present(among=CALLING)
    with loopback() as address, remotes(contenders, "blocking", but=OWN, address=address) as subjects:
        return (compare(subjects, base="httpx").reading("call"),)
