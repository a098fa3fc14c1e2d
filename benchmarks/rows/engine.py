"""engine: what the engine and nine empty layers add to a transport.

Beside it stands the same as a `Pipeline`, which notes each attempt and its time as well.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from benchmarks.compare import Subject, compare
from benchmarks.figures import Reading
from benchmarks.rows.nothing import Awaiting, Blocking, Empty, Flows, Same, Yardstick, excess, pipeline


def measure() -> tuple[Reading, ...]:
    """Ask the transport alone and through nine layers, in both worlds; the difference is the engine and the layers."""
    alone, flows, piped = Same(), Flows(Same()), pipeline(Empty)
    with asyncio.Runner() as runner:
        blocking = {"alone": Blocking(alone), "flows": Blocking(flows), "pipeline": Blocking(piped)}
        awaiting = {
            "alone": Awaiting(alone, runner),
            "flows": Awaiting(flows, runner),
            "pipeline": Awaiting(piped, runner),
        }
        return (*added("blocking", blocking), *added("awaiting", awaiting))


def added(of: str, subjects: Mapping[str, Subject]) -> tuple[Reading, ...]:
    """Read what the layers add to the transport alone."""
    compared = compare({"yardstick": Yardstick(), **subjects}, base="yardstick")
    return (
        *excess(of, compared, over="alone", name="flows"),
        *excess(f"{of}, as a Pipeline", compared, over="alone", name="pipeline"),
    )
