"""The figures of resilience: a call does what was asked, or fails in time, and no write is doubled or lost."""

from __future__ import annotations

from tests.campaign.figure import Amounts, Figure
from tests.campaign.resilience_simulation import CALLS, in_one_thread, in_tasks
from tests.campaign.resilience_wire import CELLS, play_faults
from tests.campaign.wire_worlds import WORLDS

FIGURES: tuple[Figure, ...] = (
    Figure(
        name="simulation",
        wanted="0 seeds with a write doubled or lost, a bound exceeded or something left; each repeats",
        run=in_one_thread,
        asked=Amounts(seeds=5_000, calls=5_000 * CALLS),
    ),
    Figure(
        name="simulation-in-tasks",
        wanted="0 seeds with a write doubled or lost, a bound exceeded or something left, on asyncio and trio",
        run=in_tasks,
        asked=Amounts(seeds=400, calls=400 * CALLS),
    ),
    Figure(
        name="faults-through-client",
        wanted="0 cells wrong, 0 doubled, 0 leaked, 20 of 20 healthy",
        run=play_faults,
        asked=Amounts(cells=len(CELLS) * len(WORLDS)),
        httpx2=True,
    ),
)
