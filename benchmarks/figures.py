"""What a figure is: a row of the table, the limits it is held to, and what was measured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from attrs import Factory, frozen

Unit: TypeAlias = Literal["x", "us", "MiB", "MB/s", "calls/s", "times faster"]
"""`x` is a share of the base's, `us` microseconds of CPU for a call."""

By: TypeAlias = Literal["instructions", "CPU", "memory", "wall"]

TOLERANCE = {"CPU": 1.10}
"""CPU time varies by 9 % where instructions vary by 0.1 %: what is judged by CPU time is allowed this much more."""


@frozen(kw_only=True)
class Limit:
    """A part of a figure, with what it must be and what it should be; at most, or at least."""

    of: str
    must: float
    goal: float
    unit: Unit = "x"
    at_least: bool = False

    def keeps(self, value: float, bound: float, by: str) -> bool:
        """Whether a value is within a bound, as exactly as it can be told."""
        tolerance = TOLERANCE.get(by, 1.0)
        return value >= bound / tolerance if self.at_least else value <= bound * tolerance


@frozen(kw_only=True)
class Reading:
    """A measured part of a figure: restkit's value, and others' beside it.

    `microseconds` tells the CPU time of a call for each, and `quartiles` the spread over rounds, where there are any. A
    part with a limit has the limit's unit, one that is only shown its own, else that of the figure's first limit.
    """

    of: str
    value: float
    by: By
    beside: Mapping[str, float] = Factory(dict[str, float])
    microseconds: Mapping[str, float] = Factory(dict[str, float])
    quartiles: tuple[float, float] | None = None
    unit: Unit | None = None


@frozen(kw_only=True)
class Figure:
    """A row of the table. `rows` names the module that measures it; without one `missing` says what it waits for."""

    id: str
    figure: str
    base: str
    limits: tuple[Limit, ...]
    rows: str = ""
    missing: str = ""

    def missed(self, readings: tuple[Reading, ...]) -> tuple[str, ...]:
        """Name the limits whose "must" was not kept, or was not measured."""
        measured = {reading.of: reading for reading in readings}
        return tuple(
            limit.of
            for limit in self.limits
            if limit.of not in measured or not limit.keeps(measured[limit.of].value, limit.must, measured[limit.of].by)
        )
