"""The wire's figures: every fault has the end that its table says, and costs no other call anything."""

from __future__ import annotations

from tests.campaign.figure import Amounts, Figure
from tests.campaign.wire_bombs import CELLS as BOMBS
from tests.campaign.wire_bombs import defuse
from tests.campaign.wire_crowds import cancel_many, gather_many
from tests.campaign.wire_faults import CELLS, play_faults
from tests.campaign.wire_http1 import WAYS, compare_parsers
from tests.campaign.wire_poison import TIMINGS, poison_connections
from tests.campaign.wire_worlds import WORLDS

FIGURES: tuple[Figure, ...] = (
    Figure(
        name="faults",
        wanted="0 cells wrong, 0 doubled, 0 leaked, 20 of 20 healthy, at most 500 ms late (blocking 2,500)",
        run=play_faults,
        asked=Amounts(cells=len(CELLS) * len(WORLDS)),
        httpx2=True,
    ),
    Figure(
        name="cancelled",
        wanted="70 % cancelled, 0 others failed, 0 bytes of another's answer, 20 of 20 healthy, 0 connections leaked",
        run=cancel_many,
        asked=Amounts(calls=100_000),
    ),
    Figure(
        name="gathered",
        wanted="0 errors, 20 of 20 healthy, 0 connections leaked",
        run=gather_many,
        asked=Amounts(calls=2 * 32_768),
    ),
    Figure(
        name="poisoned",
        wanted="0 answers of another request",
        run=poison_connections,
        asked=Amounts(calls=len(TIMINGS) * 1_000),
        httpx2=True,
    ),
    Figure(
        name="bombs",
        wanted="grown at most streamed 16 MiB, buffered 64 MiB",
        run=defuse,
        asked=Amounts(cells=BOMBS),
    ),
    Figure(
        name="parsers-agree",
        wanted="0 answers that h11 reads otherwise without a rule that says why, each rule broken, 0 crashes, 0 hangs",
        run=compare_parsers,
        asked=Amounts(seeds=250_000, calls=250_000 * WAYS),
    ),
)
