"""P10: the 2nd to the 100th client, made and opened: CPU and memory.

A client could put work off until its first call, so each is shown with a first answer as well; that answer costs the
same connection for everyone, which is why the share of it is no limit.
"""

from __future__ import annotations

import statistics

from attrs import frozen

from benchmarks.compare import Comparison
from benchmarks.contenders.table import BASE, RESTKIT, Contender, present
from benchmarks.cost import Cost
from benchmarks.figures import Reading
from benchmarks.hundred import FURTHER
from benchmarks.loopback import loopback
from benchmarks.remote import told

ROUNDS = 3
USED = (BASE, RESTKIT)
"""Who is shown with a first answer as well: the others stand on the base's own pool."""


@frozen
class Hundred:
    """What one contender's further clients cost in one round."""

    cost: Cost
    held: float
    """Bytes."""


def measure() -> tuple[Reading, ...]:
    """Make a hundred clients of everyone's, unused and used."""
    with loopback() as address:
        return (*made(present(), address, 0), *made(USED, address, 1, ", with a first answer each"))


def made(contenders: tuple[Contender, ...], address: str, answers: int, suffix: str = "") -> tuple[Reading, Reading]:
    """Run everyone's process, round after round."""
    rounds = [
        {each.name: hundred(told("hundred", each, address, str(answers))) for each in contenders} for _ in range(ROUNDS)
    ]
    names = tuple(rounds[0])
    costs = Comparison("httpx", {name: tuple(each[name].cost.per(FURTHER) for each in rounds) for name in names})
    held = {name: statistics.median(each[name].held for each in rounds) for name in names}
    return (costs.reading("CPU" + suffix), share(held, "memory" + suffix))


def hundred(told: dict[str, float]) -> Hundred:
    """Read what a process told."""
    return Hundred(Cost(told["cpu"], told["instructions"] or None), told["bytes"])


def share(held: dict[str, float], of: str) -> Reading:
    """Read restkit's memory as a share of httpx's, everyone else's beside it."""
    shares = {name: round(each / held["httpx"], 4) for name, each in held.items()}
    return Reading(of=of, value=shares.pop("restkit"), by="memory", beside=shares)
