"""The core's figures: one definition serves both worlds, is shared by whoever likes, and is called off anywhere."""

from __future__ import annotations

from tests.campaign.core_engines import cancel_at_every_effect, compare_engines
from tests.campaign.core_sharing import hammer_promises, share_by_loops, share_by_threads
from tests.campaign.figure import Amounts, Figure
from tests.flow.cancelling import PLACES, WORLDS

FIGURES: tuple[Figure, ...] = (
    Figure(
        name="engines-agree",
        wanted="0 programs that differ on blocking, asyncio, trio and simulation",
        run=compare_engines,
        asked=Amounts(seeds=2_000, calls=8_000),
        httpx2=True,
    ),
    Figure(
        name="cancel-everywhere",
        wanted="0 cells with something left",
        run=cancel_at_every_effect,
        asked=Amounts(cells=len(PLACES) * len(WORLDS)),
        httpx2=True,
    ),
    Figure(
        name="promise-hammer",
        wanted="0 values lost or given twice",
        run=hammer_promises,
        asked=Amounts(seeds=2_000, calls=12_000),
    ),
    Figure(
        name="shared-by-threads",
        wanted="each call answered with its own, 16 connections at most",
        run=share_by_threads,
        asked=Amounts(calls=4_000),
        httpx2=True,
    ),
    Figure(
        name="shared-by-loops",
        wanted="each call answered with its own, no pool left",
        run=share_by_loops,
        asked=Amounts(calls=1_500),
        httpx2=True,
    ),
)
