"""The table of faults through a whole client, cell by cell, in three worlds."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from functools import partial

from tests.campaign.figure import Amounts, Measured
from tests.campaign.resilience_cell import HEALTHY, Cell, Found, play
from tests.campaign.resilience_rows import ROWS
from tests.campaign.wire_faults import share
from tests.campaign.wire_worlds import WORLDS, World

CELLS = tuple(Cell(row, way) for row in ROWS for way in row.ways)
"""Those of one world."""
AT_ONCE, SECONDS, SHOWN = 16, 40.0, 60
NEVER = Found(wrong=("it never ended",))


def play_faults(asked: Amounts) -> Measured:
    """Play every cell, and a number of healthy calls behind each."""
    count = -(-asked.cells // len(WORLDS))
    found = [
        (world, cell, what)
        for turn, world in enumerate(WORLDS)
        for cell, what in play_in(world, share(CELLS, count, turn))
    ]
    wrong = [(world, cell, what) for world, cell, what in found if what.wrong]
    for world, cell, what in wrong[:SHOWN]:
        _ = sys.stderr.write(f"{world.name}: {cell}: {'; '.join(what.wrong)}\n")
    for row, many in Counter(cell.row.name for _, cell, _ in wrong).items():
        _ = sys.stderr.write(f"{row}: {many} cells wrong\n")
    return Measured(value=summary(found), ok=not wrong, done=Amounts(cells=len(found)))


def play_in(world: World, cells: Sequence[Cell]) -> list[tuple[Cell, Found]]:
    """Play cells in a world, many at once."""
    return list(zip(cells, world.each(bounded, cells, AT_ONCE), strict=True))


async def bounded(world: World, cell: Cell) -> Found:
    """Play a cell, for so many seconds at most."""
    return await world.within(SECONDS, partial(play, world, cell)) or NEVER


def summary(found: Sequence[tuple[World, Cell, Found]]) -> str:
    """Tell what was found."""
    wrong = sum(bool(what.wrong) for _, _, what in found)
    doubled, leaked, healthy = (sum(getattr(what, kind) for _, _, what in found) for kind in KINDS)
    return (
        f"{wrong} of {len(found)} cells wrong, {doubled} doubled, {leaked} leaked,"
        f" {healthy} of {len(found) * HEALTHY} healthy"
    )


KINDS = ("doubled", "leaked", "healthy")
