"""The circuit breaker's figures: it does what its model does, and lets no more calls try than it may."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.breaker.model import walk
from tests.breaker.programs import Programs
from tests.breaker.trying import most_at_once
from tests.campaign.figure import Amounts, Figure, Measured
from tests.campaign.processes import PROCESSES, in_processes

STEPS = 1_000
"""How far each seed walks."""
SEVERAL = 200
"""Programs for which another process is worth it."""


def walk_beside_model(asked: Amounts) -> Measured:
    """Step circuits of random policies beside their models, and count those that diverge."""
    diverged = {seed: said for seed in range(asked.seeds) if (said := walk(seed, STEPS))}
    for seed, said in diverged.items():
        _ = sys.stderr.write(f"seed {seed}: {said}\n")
    done = Amounts(seeds=asked.seeds, calls=asked.seeds * STEPS)
    return Measured(value=f"{len(diverged)} diverged", ok=not diverged, done=done)


def look_for_programs(asked: Amounts) -> Measured:
    """Have Hypothesis look for a program that tells a circuit from its model. It raises if there is one."""
    counts = in_processes(look_in, [-(-asked.seeds // PROCESSES)] * PROCESSES, few=asked.seeds < SEVERAL)
    return Measured(value="0 found", ok=True, done=Amounts(seeds=sum(counts)))


def look_in(shares: Sequence[int]) -> int:
    """Look at so many programs, in a process: how many there were. Each process has dice of its own."""
    before = Programs.count
    chosen = settings(max_examples=sum(shares), stateful_step_count=30, deadline=None, database=None)
    run_state_machine_as_test(Programs, settings=chosen)
    return Programs.count - before


def try_by_threads(asked: Amounts) -> Measured:
    """Have threads pass a half-open gate as fast as they can, and count how many try at the same time."""
    most, calls = most_at_once(threads=8, calls=asked.calls // 8)
    return Measured(value=f"{most} at most", ok=most <= 5, done=Amounts(calls=calls))


FIGURES: tuple[Figure, ...] = (
    Figure(
        name="breaker-model",
        wanted="0 seeds diverge from the model",
        run=walk_beside_model,
        asked=Amounts(seeds=1_000, calls=1_000 * STEPS),
    ),
    Figure(
        name="breaker-programs",
        wanted="0 programs that tell a circuit from its model",
        run=look_for_programs,
        asked=Amounts(seeds=2_000),
    ),
    Figure(
        name="breaker-threads",
        wanted="5 tries at the same time at most",
        run=try_by_threads,
        asked=Amounts(calls=200_000),
    ),
)
