"""A whole client in bad weather, seed after seed: no write doubled, none lost, no bound exceeded, nothing left over."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Sequence
from functools import partial, reduce
from operator import add

from attrs import field, frozen

from restkit.testing import Report, simulate
from restkit.testing.weather.report import Engine
from tests.campaign.figure import Amounts, Measured
from tests.campaign.processes import in_processes, swept
from tests.campaign.resilience_bounds import CHECKS
from tests.campaign.resilience_stack import WEATHER, watch_of, whole

CALLS, SHOWN = 100, 3
"""Calls of each seed; reports that are shown."""
REPEATED = 5
"""Seeds that are run twice, besides those that broke a promise."""


@frozen(kw_only=True)
class Tally:
    """What came of some seeds."""

    made: int = 0
    broken: tuple[int, ...] = ()
    """Seeds that broke a promise."""
    said: tuple[str, ...] = ()
    """Their reports, or some of them."""
    kinds: Counter[str] = field(factory=Counter[str])
    """Which promises were broken, how often."""
    seconds: float = 0.0
    """Of the processor."""
    seen: Counter[str] = field(factory=Counter[str])
    """How often what was to be seen: without it nothing is shown."""

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            made=self.made + other.made,
            broken=self.broken + other.broken,
            said=(self.said + other.said)[:SHOWN],
            kinds=self.kinds + other.kinds,
            seconds=self.seconds + other.seconds,
            seen=self.seen + other.seen,
        )


def in_one_thread(asked: Amounts) -> Measured:
    """Very many seeds on the simulating engine."""
    return over(range(asked.seeds), ("simulation",))


def in_tasks(asked: Amounts) -> Measured:
    """Many seeds on asyncio and trio."""
    return over(range(-(-asked.seeds // 2)), ("asyncio", "trio"))


def over(seeds: Sequence[int], engines: Sequence[Engine]) -> Measured:
    """Run every seed on every engine; some of them twice, which must give the same trace."""
    found = [(engine, tally) for engine in engines for tally in in_processes(partial(play, engine), seeds, yields=True)]
    tally = reduce(add, (each for _, each in found), Tally())
    tell(tally)
    again = {(engine, seed) for engine, each in found for seed in each.broken[:SHOWN]}
    again |= {(engine, seed) for engine in engines for seed in seeds[:REPEATED]}
    differing = sum(not repeats(engine, seed) for engine, seed in again if engine != "trio")  # its order is its own
    micros = tally.seconds / max(1, tally.made * CALLS) * 1e6
    seen = ", ".join(f"{count} {what}" for what, count in tally.seen.items())
    return Measured(
        value=f"{len(tally.broken)} of {tally.made} broken, {differing} not repeated, {seen}, {micros:.0f} us a call",
        ok=not tally.broken and not differing and all(tally.seen.values()),
        done=Amounts(seeds=tally.made, calls=tally.made * CALLS),
    )


def play(engine: Engine, seeds: Sequence[int]) -> Tally:
    """Run some seeds."""
    tally, start = Tally(), time.process_time()
    for seed in swept(seeds):
        tally += tally_of(report_of(engine, seed))
    return tally + Tally(seconds=time.process_time() - start)


def report_of(engine: Engine, seed: int) -> Report:
    """Run a seed."""
    return simulate(whole, seed, calls=CALLS, engine=engine, checks=CHECKS, weather=WEATHER)


def tally_of(report: Report) -> Tally:
    """What came of one seed."""
    watch = watch_of(report)
    seen = {
        "calls well": report.succeeded,
        "cancelled": report.cancelled,
        "sent again": watch.retries,
        "hedged": watch.hedges,
        "redirected": sum(event.what == "redirect" for event in report.trace),
        "sent half open": watch.probed,
        "budgets spent": int(watch.is_spent),
    }
    is_broken = not report.ok
    return Tally(
        made=1,
        broken=(report.seed,) if is_broken else (),
        said=(str(report),) if is_broken else (),
        kinds=Counter(each.what.partition(": ")[2] or each.what for each in report.broken),
        seen=Counter(seen),
    )


def repeats(engine: Engine, seed: int) -> bool:
    """Whether a seed does the same again: the same trace, and the same promises broken."""
    first, again = (report_of(engine, seed) for _ in range(2))
    return (first.trace, first.broken) == (again.trace, again.broken)


def tell(tally: Tally) -> None:
    """Tell of some of the seeds that broke a promise."""
    for report in tally.said:
        _ = sys.stderr.write(f"{report}\n")
    if tally.broken:
        _ = sys.stderr.write(f"seeds: {tally.broken}\n")
    for kind, count in tally.kinds.most_common(SHOWN):
        _ = sys.stderr.write(f"{count} times: {kind}\n")
