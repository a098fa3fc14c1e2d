"""The codec's figures: what is sent and read means what was meant."""

from __future__ import annotations

from tests.campaign.codec_readers import compare_readers
from tests.campaign.codec_urls import VALUES, ask_hard_questions
from tests.campaign.figure import Amounts, Figure

FIGURES: tuple[Figure, ...] = (
    Figure(
        name="readers-agree",
        wanted="0 bodies that msgspec alone and cattrs read differently",
        run=compare_readers,
        asked=Amounts(seeds=900, calls=20_000),
    ),
    Figure(
        name="urls-round-trip",
        wanted="each value back as it was sent, no path, host or name changed",
        run=ask_hard_questions,
        asked=Amounts(seeds=5_000, calls=5_000 * VALUES),
        httpx2=True,
    ),
)
