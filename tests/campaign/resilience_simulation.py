"""A whole client in bad weather, seed after seed: no write doubled, none lost, no bound exceeded, nothing left over."""

from __future__ import annotations

import gc
import sys
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

from restkit import Client
from restkit.settings import NAMES
from restkit.testing import Report, Scene, simulate
from restkit.testing.weather import checks
from restkit.testing.weather.report import Check, Engine
from tests.campaign.figure import Amounts, Measured

CALLS, SHOWN, SWEEP = 100, 3, 50
"""Calls of each seed; reports that are shown; seeds between two sweeps of the memory."""
WANTED: dict[str, Any] = {"retry": True, "bulkhead": True, "breaker": True}
"""What the client has on, as far as there is such a setting."""
SETTINGS = {name: value for name, value in WANTED.items() if name in NAMES}
CHECKS: tuple[Check, ...] = (checks.sends_per_call(3 if "retry" in NAMES else 1),)
"""What must hold besides what always must."""


def whole(scene: Scene) -> Client[Any]:
    """The client, with everything on."""
    return scene.client(Client, **SETTINGS)  # type: ignore[arg-type]  # as far as there are such settings


def in_one_thread(asked: Amounts) -> Measured:
    """Very many seeds on the simulating engine."""
    return over(range(asked.seeds), ("simulation",))


def in_tasks(asked: Amounts) -> Measured:
    """Many seeds on asyncio and trio."""
    return over(range(asked.seeds // 2), ("asyncio", "trio"))


def over(seeds: Sequence[int], engines: Sequence[Engine]) -> Measured:
    """Run every seed on every engine; the first of them twice, which must give the same trace."""
    start, made, succeeded, cancelled = time.process_time(), 0, 0, 0
    broken: list[Report] = []
    gc.disable()  # it would look again and again at what every seed throws away
    try:
        for engine in engines:
            for seed in seeds:
                report = simulate(whole, seed, calls=CALLS, engine=engine, checks=CHECKS)
                made, succeeded, cancelled = made + 1, succeeded + report.succeeded, cancelled + report.cancelled
                broken += [] if report.ok else [report]
                if made % SWEEP == 0:
                    _ = gc.collect()
    finally:
        gc.enable()
    tell(broken)
    differing = sum(not repeats(seed) for seed in (*seeds[:5], *(each.seed for each in broken[:SHOWN])))
    micros = (time.process_time() - start) / max(1, made * CALLS) * 1e6
    said = f"{len(broken)} of {made} broken, {differing} not repeated, {succeeded} calls well, {cancelled} cancelled"
    return Measured(
        value=f"{said}, {micros:.0f} us a call",
        ok=not broken and not differing and cancelled > 0,
        done=Amounts(seeds=made, calls=made * CALLS),
    )


def repeats(seed: int) -> bool:
    """Whether a seed gives the same trace again."""
    first, again = (simulate(whole, seed, calls=CALLS).trace for _ in range(2))
    return first == again


def tell(broken: Sequence[Report]) -> None:
    """Tell of some of the seeds that broke a promise."""
    for report in broken[:SHOWN]:
        _ = sys.stderr.write(f"{report}\n")
    kinds = Counter(each.what.partition(": ")[2] or each.what for report in broken for each in report.broken)
    for kind, count in kinds.most_common(SHOWN):
        _ = sys.stderr.write(f"{count} times: {kind}\n")
