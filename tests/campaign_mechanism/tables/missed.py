"""A figure that is missed, one that raises, and one after them that is reached."""

from __future__ import annotations

from tests.campaign.figure import Amounts, Figure, Measured


def missed(asked: Amounts) -> Measured:
    """Do all that is asked and find the value wanting."""
    return Measured(value="3 lost", ok=False, done=asked)


def broken(asked: Amounts) -> Measured:
    """Raise."""
    raise RuntimeError(f"no {asked.cells} cells here")


def reached(asked: Amounts) -> Measured:
    """Do all that is asked."""
    return Measured(value="0 lost", ok=True, done=asked)


FIGURES = (
    Figure(name="missed", wanted="0 lost", run=missed, asked=Amounts(calls=4)),
    Figure(name="broken", wanted="0 lost", run=broken, asked=Amounts(cells=4)),
    Figure(name="reached", wanted="0 lost", run=reached, asked=Amounts(cells=4)),
)
