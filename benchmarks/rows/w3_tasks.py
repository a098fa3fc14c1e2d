"""W3: typed GETs in 64 tasks at once, on restkit's own transport."""

from __future__ import annotations

from benchmarks.compare import compare, in_tasks
from benchmarks.contenders.table import CROWDING, present
from benchmarks.figures import Reading
from benchmarks.loopback import loopback
from benchmarks.remote import remotes
from benchmarks.rows.w2_awaiting import OWN

TASKS = 64


def measure() -> tuple[Reading, ...]:
    """Fetch one user in many tasks, each over and over."""
    contenders = present(among=CROWDING, awaiting=True)
    with (
        loopback("delaying", "0") as address,
        remotes(contenders, "awaiting", but=OWN, address=address, tasks=TASKS) as subjects,
    ):
        return (compare(subjects, base="httpx", rounds=9, calls=in_tasks(TASKS)).reading("call"),)
