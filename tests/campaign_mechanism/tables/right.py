"""Everything as asked, on both libraries; what a figure prints stays out of the report."""

from __future__ import annotations

import sys

import httpx

from tests.campaign.figure import Amounts, Figure, Measured


def library(asked: Amounts) -> Measured:
    """Tell which library `import httpx` gives."""
    _ = sys.stdout.write("a figure may print\n")
    return Measured(value=httpx.__title__, ok=True, done=asked)


FIGURES = (
    Figure(name="both", wanted="any", run=library, asked=Amounts(seeds=2, cells=10, calls=20), httpx2=True),
    Figure(name="httpx-only", wanted="httpx", run=library, asked=Amounts(seeds=1)),
)
