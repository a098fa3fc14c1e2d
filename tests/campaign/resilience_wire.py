"""The table of faults through a whole client, cell by cell, in three worlds."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from functools import partial

from attrs import frozen

from tests.campaign.figure import Amounts, Measured
from tests.campaign.processes import in_processes
from tests.campaign.resilience_cell import HEALTHY, Cell, Found, play
from tests.campaign.resilience_foreign import ROWS as FOREIGN
from tests.campaign.resilience_rows import ROWS
from tests.campaign.wire_faults import share
from tests.campaign.wire_worlds import WORLDS, World

CELLS = tuple(Cell(row, way) for row in (*ROWS, *FOREIGN) for way in row.ways)
"""Those of one world."""
AT_ONCE, SECONDS, SHOWN = 16, 40.0, 60
PARTS = 2
"""Into which the cells of a world are divided, so that two processes have the same to do."""
NEVER = Found(wrong=("it never ended",))


@frozen
class Played:
    """A cell that was played, and what was found."""

    world: str
    row: str
    cell: str
    found: Found


def play_faults(asked: Amounts) -> Measured:
    """Play every cell, and a number of healthy calls behind each."""
    count = -(-asked.cells // len(WORLDS))
    parts = [(turn, part) for turn in range(len(WORLDS)) for part in range(PARTS)]
    played = in_processes(partial(play_parts, count), parts, few=count < len(CELLS) // 4)
    return measured([each for some in played for each in some])


def measured(played: Sequence[Played]) -> Measured:
    """Tell what is wrong, and sum it up."""
    wrong = [each for each in played if each.found.wrong]
    for each in wrong[:SHOWN]:
        _ = sys.stderr.write(f"{each.world}: {each.cell}: {'; '.join(each.found.wrong)}\n")
    for row, many in Counter(each.row for each in wrong).items():
        _ = sys.stderr.write(f"{row}: {many} cells wrong\n")
    found = [each.found for each in played]
    return Measured(value=summary(found), ok=not wrong, done=Amounts(cells=len(found)))


def play_parts(count: int, parts: Sequence[tuple[int, int]]) -> list[Played]:
    """Play parts of the cells, each of a world."""
    return [each for turn, part in parts for each in play_in(WORLDS[turn], share(CELLS, count, turn)[part::PARTS])]


def play_in(world: World, cells: Sequence[Cell]) -> list[Played]:
    """Play cells in a world, many at once."""
    found = world.each(bounded, cells, AT_ONCE)
    return [Played(world.name, cell.row.name, str(cell), each) for cell, each in zip(cells, found, strict=True)]


async def bounded(world: World, cell: Cell) -> Found:
    """Play a cell, for so many seconds at most."""
    return await world.within(SECONDS, partial(play, world, cell)) or NEVER


def summary(found: Sequence[Found]) -> str:
    """Tell what was found."""
    wrong = sum(bool(each.wrong) for each in found)
    doubled, leaked, healthy = (sum(getattr(each, kind) for each in found) for kind in KINDS)
    return (
        f"{wrong} of {len(found)} cells wrong, {doubled} doubled, {leaked} leaked,"
        f" {healthy} of {len(found) * HEALTHY} healthy"
    )


KINDS = ("doubled", "leaked", "healthy")
