"""P4: what one further layer adds to a call in which it has nothing to do."""

from __future__ import annotations

import asyncio

from benchmarks.compare import Subject, compare
from benchmarks.figures import Reading
from benchmarks.rows.nothing import LAYERS, Awaiting, Blocking, Watchful, Yardstick, excess, pipeline


def measure() -> tuple[Reading, ...]:
    """Ask through one layer and through nine more, in both worlds; a ninth of the difference is a layer."""
    few, many = pipeline(Watchful, 1), pipeline(Watchful, 1 + LAYERS)
    with asyncio.Runner() as runner:
        return (
            *added("blocking", Blocking(few), Blocking(many)),
            *added("awaiting", Awaiting(few, runner), Awaiting(many, runner)),
        )


def added(of: str, few: Subject, many: Subject) -> tuple[Reading, Reading]:
    """Read what one of the further layers adds."""
    subjects = {"yardstick": Yardstick(), "few": few, "many": many}
    return excess(of, compare(subjects, base="yardstick"), over="few", name="many", shares=LAYERS)
