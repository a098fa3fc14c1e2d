"""Two figures, each of which needs the other at the same time."""

from __future__ import annotations

import os
from functools import partial

from tests.campaign.figure import Amounts, Figure, Measured

THERE, BACK = os.pipe(), os.pipe()
"""Where to read, and where to write."""


def meet(read: int, write: int, asked: Amounts) -> Measured:
    """Greet the other, and wait to be greeted."""
    _ = os.write(write, b"!")
    return Measured(value=os.read(read, 1).decode(), ok=True, done=asked)


FIGURES = (
    Figure(name="waits", wanted="!", run=partial(meet, THERE[0], BACK[1]), asked=Amounts(calls=1), beside=True),
    Figure(name="works", wanted="!", run=partial(meet, BACK[0], THERE[1]), asked=Amounts(calls=1)),
)
