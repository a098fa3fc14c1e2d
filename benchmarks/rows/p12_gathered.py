"""P12: 4,000 calls gathered at once, beside httpx whose callers queue for ten permits in the order they came."""

from __future__ import annotations

from benchmarks.compare import compare
from benchmarks.contenders.table import CROWDING, present
from benchmarks.figures import Reading
from benchmarks.loopback import loopback
from benchmarks.remote import remotes
from benchmarks.rows.w2_awaiting import OWN

TASKS = 4000
ROUNDS = 5
GATED = dict.fromkeys(("httpx", "httpx2"), "gated_awaiting")
"""Without a gate they take some fifty times as long."""


def measure() -> tuple[Reading, ...]:
    """Gather them, everyone else without a gate."""
    contenders = present(among=CROWDING, awaiting=True)
    with (
        loopback("delaying", "0") as address,
        remotes(contenders, "awaiting", but={**OWN, **GATED}, address=address, tasks=TASKS) as subjects,
    ):
        compared = compare(subjects, base="httpx", rounds=ROUNDS, calls=TASKS)
    return (compared.reading("calls"),)
