"""Comparing fairly: every subject a block in each round, in shuffled order, each against the base of its own round.

A machine that others use too is slow for seconds at a time. Whoever is measured in the same second is slowed alike, so
the ratio within a round holds where the times do not; the median over rounds leaves out the rounds that were torn.
"""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from functools import partial
from typing import Protocol, TypeAlias

from attrs import frozen

from benchmarks.cost import Cost
from benchmarks.figures import By, Reading, Unit

ROUNDS = 15
BLOCK = 0.05
"""Seconds of CPU that a block of calls should take: long beside the clock, short beside a disturbance."""

FEWEST = 8
"""Calls in the shortest block."""

LONG_BLOCK = 0.2
"""Seconds of CPU for a block of many tasks: they connect at its beginning, and most connections close at its end."""

LEAST_EACH = 4
"""Calls of each of many tasks in the shortest block."""


class Subject(Protocol):
    """Something that can do its work so many times and say what that cost."""

    def run(self, calls: int) -> Cost:
        """Do it so many times; the cost of all of them."""
        ...


Subjects: TypeAlias = Mapping[str, Subject]
Calls: TypeAlias = Callable[[Subject], int]
Costs: TypeAlias = Mapping[str, tuple[Cost, ...]]
"""What a call cost each subject, round by round."""


@frozen
class Spread:
    """A median with its quartiles, and whether instructions or CPU time were compared."""

    median: float
    low: float
    high: float
    by: By


@frozen
class Comparison:
    """The cost of one call for each subject and round."""

    base: str
    costs: Costs

    def ratio(self, name: str) -> Spread:
        """Compare with the base: the median of the ratios within each round."""
        return ratio_of(self.costs[name], self.costs[self.base])

    def excess(self, name: str, over: str) -> Spread:
        """Compare what one subject costs more than another with the base, within each round."""
        more = tuple(own.less(other) for own, other in zip(self.costs[name], self.costs[over], strict=True))
        return ratio_of(more, self.costs[self.base])

    def reading(self, of: str, name: str = "restkit") -> Reading:
        """Read one subject's ratio to the base, with everyone else's beside it."""
        own = self.ratio(name)
        return Reading(
            of=of,
            value=round(own.median, 4),
            by=own.by,
            beside={each: round(self.ratio(each).median, 3) for each in self.costs if each != name},
            microseconds=self.microseconds(),
            quartiles=(round(own.low, 4), round(own.high, 4)),
        )

    def faster(self, of: str, name: str = "restkit") -> Reading:
        """Read how many times as much one subject does in the same time as the base, with everyone else's beside it."""
        gains = {each: self.gain(each) for each in self.costs}
        own = gains.pop(name)
        return Reading(
            of=of,
            value=round(own.median, 4),
            by=own.by,
            beside={each: round(gain.median, 3) for each, gain in gains.items()},
            microseconds=self.microseconds(),
            quartiles=(round(own.low, 4), round(own.high, 4)),
        )

    def gain(self, name: str) -> Spread:
        """Compare the base's time with a subject's: the median of the ratios within each round."""
        pairs = zip(self.costs[name], self.costs[self.base], strict=True)
        return spread([base.wall / own.wall for own, base in pairs], by="wall")

    def rate(self, of: str, unit: Unit, amount: float = 1.0, name: str = "restkit") -> Reading:
        """Read what everyone does in a second of its median round, where a call does so much."""
        rates = {
            each: round(amount / statistics.median(cost.wall for cost in costs), 1)
            for each, costs in self.costs.items()
        }
        return Reading(of=of, value=rates.pop(name), by="wall", beside=rates, unit=unit)

    def less(self, name: str) -> Comparison:
        """Take one subject's cost off everyone else's, round by round: what they have in common with it."""
        off = self.costs[name]
        return Comparison(
            self.base,
            {
                each: tuple(own.less(common) for own, common in zip(costs, off, strict=True))
                for each, costs in self.costs.items()
                if each != name
            },
        )

    def cpu(self, name: str) -> float:
        """Tell the CPU seconds of one call: the least of all rounds, since other work on the machine only adds."""
        return min(cost.cpu for cost in self.costs[name])

    def microseconds(self) -> dict[str, float]:
        """Tell the CPU time of every subject's call, in a form to print."""
        return {name: round(self.cpu(name) * 1e6, 2) for name in self.costs}


def ratio_of(costs: Sequence[Cost], bases: Sequence[Cost]) -> Spread:
    """Compare costs with those of a base round by round, by instructions where both were counted."""
    counted = tuple(
        own.instructions / base.instructions
        for own, base in zip(costs, bases, strict=True)
        if own.instructions is not None and base.instructions
    )
    if counted:
        return spread(counted, by="instructions")
    return spread([own.cpu / base.cpu for own, base in zip(costs, bases, strict=True)], by="CPU")


def spread(values: Sequence[float], *, by: By) -> Spread:
    """Give the median and the quartiles of at least two values."""
    low, median, high = statistics.quantiles(values, n=4, method="inclusive")
    return Spread(median, low, high, by)


def compare(subjects: Subjects, *, base: str, rounds: int = ROUNDS, calls: int | Calls | None = None) -> Comparison:
    """Run every subject once in each round; blocks fill their time unless told otherwise."""
    counted = calls_for if calls is None else calls
    return Comparison(base, WAY.get()(subjects, rounds, counted if callable(counted) else lambda _: counted))


def in_rounds(subjects: Subjects, rounds: int, calls: Calls) -> Costs:
    """Measure subjects, in an order that is shuffled anew for each round."""
    counts = {name: calls(subject) for name, subject in subjects.items()}
    costs: dict[str, list[Cost]] = {name: [] for name in subjects}
    dice = random.Random(1)  # noqa: S311 - shuffles rounds, guards nothing
    for _ in range(rounds):
        for name in dice.sample(list(subjects), len(subjects)):
            costs[name].append(subjects[name].run(counts[name]).per(counts[name]))
    return {name: tuple(each) for name, each in costs.items()}


WAY: ContextVar[Callable[[Subjects, int, Calls], Costs]] = ContextVar("WAY", default=in_rounds)
"""How the subjects of a comparison are measured."""


def in_tasks(tasks: int) -> Calls:
    """Find how many calls of so many tasks fill a block that is long beside its ends."""
    return partial(calls_for, fewest=LEAST_EACH * tasks, block=LONG_BLOCK)


def calls_for(subject: Subject, fewest: int = FEWEST, block: float = BLOCK) -> int:
    """Find how many calls fill a block, by warming the subject up: its first calls load what it needs."""
    _ = subject.run(fewest)
    calls = fewest
    while (cpu := subject.run(calls).cpu) < block / 4:
        calls *= 2
    return max(fewest, int(calls * block / cpu))
