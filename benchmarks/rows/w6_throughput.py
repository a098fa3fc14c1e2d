"""W6: calls in a second, of 100 tasks, where an answer takes 10 ms; ideally that is 10,000."""

from __future__ import annotations

from attrs import evolve

from benchmarks.compare import compare, in_tasks
from benchmarks.contenders.table import CROWDING, present
from benchmarks.figures import Reading
from benchmarks.loopback import loopback
from benchmarks.remote import remotes
from benchmarks.rows.w2_awaiting import OWN

TASKS = 100
ROUNDS = 5


def measure() -> tuple[Reading, ...]:
    """Fetch one user in many tasks; how fast it goes is judged, beside httpx and beside aiohttp."""
    contenders = present(among=CROWDING, awaiting=True)
    with (
        loopback("delaying", "0.01") as address,
        remotes(contenders, "awaiting", but=OWN, address=address, tasks=TASKS) as subjects,
    ):
        compared = compare(subjects, base="httpx", rounds=ROUNDS, calls=in_tasks(TASKS))
    aiohttp = (evolve(compared, base="aiohttp").faster("over aiohttp"),) if "aiohttp" in subjects else ()
    return (compared.faster("over httpx"), *aiohttp, compared.rate("calls in a second", "calls/s"))
