"""The figures of resilience: a call does what was asked, or fails in time, and no write is doubled or lost."""

from __future__ import annotations

from tests.campaign import breaker, redirects
from tests.campaign.figure import Amounts, Figure
from tests.campaign.resilience_crowds import TOGETHER, cancel_many, gather_many
from tests.campaign.resilience_limiter import keep_pace
from tests.campaign.resilience_outage import fail_all
from tests.campaign.resilience_permits import cancel_at_random
from tests.campaign.resilience_process import CELLS as BEFALLEN
from tests.campaign.resilience_process import play_processes
from tests.campaign.resilience_roads import CELLS as ROADS
from tests.campaign.resilience_roads import play_roads
from tests.campaign.resilience_simulation import CALLS, in_one_thread, in_tasks
from tests.campaign.resilience_wire import CELLS, play_faults
from tests.campaign.wire_worlds import WORLDS

SIMULATED: tuple[Figure, ...] = (
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
        httpx2=True,
    ),
    Figure(
        name="total-outage",
        wanted="0 of 100 clients send more than 35 times beyond their calls",
        run=fail_all,
        asked=Amounts(calls=100_000),
    ),
    Figure(
        name="limiter-cancelled",
        wanted="0 permits, slots or turns lost or made, nobody overtaken",
        run=cancel_at_random,
        asked=Amounts(calls=100_000),
    ),
)
ON_SOCKETS: tuple[Figure, ...] = (
    Figure(
        name="limiter-pace",
        wanted="0 windows above 4000 a second, at least 99 % used, 0 overtaken",
        run=keep_pace,
        asked=Amounts(calls=200_000),
        beside=True,
    ),
    Figure(
        name="cancelled-through-client",
        wanted="70 % cancelled, 0 others failed, 0 foreign, 20 of 20 healthy, 0 permits lost, 0 leaked",
        run=cancel_many,
        asked=Amounts(calls=100_000),
    ),
    Figure(
        name="gathered-through-client",
        wanted="0 errors, nobody overtaken, 20 of 20 healthy, 0 permits lost, 0 leaked",
        run=gather_many,
        asked=Amounts(calls=round(32_768 * TOGETHER)),
    ),
    Figure(
        name="faults-through-client",
        wanted="0 cells wrong, 0 doubled, 0 leaked, 20 of 20 healthy",
        run=play_faults,
        asked=Amounts(cells=len(CELLS) * len(WORLDS)),
        httpx2=True,
    ),
    Figure(
        name="roads-through-client",
        wanted="0 cells wrong, 20 of 20 healthy",
        run=play_roads,
        asked=Amounts(cells=len(ROADS) * len(WORLDS)),
        httpx2=True,
    ),
    Figure(
        name="process-through-client",
        wanted="0 cells wrong, 0 doubled, 0 leaked, 20 of 20 healthy",
        run=play_processes,
        asked=Amounts(cells=len(BEFALLEN) * len(WORLDS)),
        httpx2=True,
    ),
)
FIGURES: tuple[Figure, ...] = (*SIMULATED, *ON_SOCKETS, *redirects.FIGURES, *breaker.FIGURES)
"""What is simulated comes first: its processes are copies of this one, still without threads."""
