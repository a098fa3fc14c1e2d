"""The wire's figures: what comes over it is read as the RFCs say, or refused by a rule of the table."""

from __future__ import annotations

from tests.campaign.figure import Amounts, Figure
from tests.campaign.wire_http1 import WAYS, compare_parsers

FIGURES: tuple[Figure, ...] = (
    Figure(
        name="parsers-agree",
        wanted="0 answers that h11 reads otherwise without a rule that says why, each rule broken",
        run=compare_parsers,
        asked=Amounts(seeds=100_000, calls=100_000 * WAYS),
    ),
)
