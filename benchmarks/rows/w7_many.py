"""W7: what a call costs where 256 tasks call at once, beside one task: a pool must not slow down with its queue."""

from __future__ import annotations

from benchmarks.compare import Comparison, compare, in_tasks, ratio_of
from benchmarks.contenders.table import CROWDING, present
from benchmarks.figures import Reading
from benchmarks.loopback import loopback
from benchmarks.remote import remotes
from benchmarks.rows.w2_awaiting import OWN

TASKS = 256
ROUNDS = 5
ALONE = ", 1 task"


def measure() -> tuple[Reading, ...]:
    """Fetch one user in many tasks and in one, everyone with the limits they have by default."""
    contenders = present(among=CROWDING, awaiting=True)
    with (
        loopback("delaying", "0") as address,
        remotes(contenders, "awaiting", but=OWN, address=address, tasks=TASKS) as many,
        remotes(contenders, "awaiting", but=OWN, address=address) as one,
    ):
        alone = {name + ALONE: subject for name, subject in one.items()}
        return (read(compare({**many, **alone}, base="restkit" + ALONE, rounds=ROUNDS, calls=in_tasks(TASKS // 2))),)


def read(compared: Comparison) -> Reading:
    """Read everyone's ratio to themselves."""
    names = [name for name in compared.costs if not name.endswith(ALONE)]
    ratios = {name: ratio_of(compared.costs[name], compared.costs[name + ALONE]) for name in names}
    own = ratios.pop("restkit")
    return Reading(
        of="call",
        value=round(own.median, 4),
        by=own.by,
        beside={name: round(ratio.median, 3) for name, ratio in ratios.items()},
        microseconds=compared.microseconds(),
        quartiles=(round(own.low, 4), round(own.high, 4)),
    )
