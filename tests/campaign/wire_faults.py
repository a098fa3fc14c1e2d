"""The table of faults, cell by cell, in three worlds."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from functools import partial
from itertools import zip_longest

from tests.campaign import (
    wire_rows_bodies,
    wire_rows_connecting,
    wire_rows_heads,
    wire_rows_proxies,
    wire_rows_resources,
    wire_rows_sending,
    wire_rows_two,
)
from tests.campaign.figure import Amounts, Measured
from tests.campaign.wire_cell import HEALTHY, Cell, Found, play
from tests.campaign.wire_worlds import WORLDS, World

ROWS = (
    *wire_rows_connecting.ROWS,
    *wire_rows_sending.ROWS,
    *wire_rows_heads.ROWS,
    *wire_rows_bodies.ROWS,
    *wire_rows_proxies.ROWS,
    *wire_rows_two.ROWS,
    *wire_rows_resources.ROWS,
)
"""The whole table."""
CELLS = tuple(Cell(row, method, way) for row in ROWS for method in row.methods for way in row.ways)
"""Those of one world."""
AT_ONCE = 16
SHOWN = 60
SECONDS = 30.0
"""What a cell may take."""
NEVER = Found(wrong=("it never ended",), overshoot=None, healthy=0, doubled=0, leaked=0)


def share(cells: Sequence[Cell], count: int, turn: int = 0) -> list[Cell]:
    """So many of the cells: of each row one, then of each row another, and so on; other ones at each turn."""
    rows: dict[str, list[Cell]] = {}
    for cell in cells:
        rows.setdefault(cell.row.name, []).append(cell)
    turned = [mine[at % len(mine) :] + mine[: at % len(mine)] for at, mine in enumerate(rows.values(), start=turn)]
    rounds = zip_longest(*turned)
    return [cell for each in rounds for cell in each if cell is not None][:count]


def play_faults(asked: Amounts) -> Measured:
    """Play every cell, and a number of healthy calls behind each."""
    count = -(-asked.cells // len(WORLDS))
    shares = [(world, share(CELLS, count, turn)) for turn, world in enumerate(WORLDS)]
    found = [(world, cell, what) for world, picked in shares for cell, what in play_in(world, picked)]
    wrong = [(world, cell, what) for world, cell, what in found if what.wrong]
    for world, cell, what in wrong[:SHOWN]:
        _ = sys.stderr.write(f"{world.name}: {cell}: {'; '.join(what.wrong)}\n")
    rows = Counter(cell.row.name for _, cell, _ in wrong)
    for row, count in rows.items():
        _ = sys.stderr.write(f"{row}: {count} cells wrong\n")
    return Measured(value=summary(found), ok=not wrong, done=Amounts(cells=len(found), calls=calls(found)))


def play_in(world: World, cells: Sequence[Cell]) -> list[tuple[Cell, Found]]:
    """Play cells in a world: many at once, but each alone that takes all of the processor, or the descriptors."""
    many = [cell for cell in cells if not cell.row.alone]
    alone = [cell for cell in cells if cell.row.alone]
    found = world.each(bounded, many, AT_ONCE) + world.each(bounded, alone, 1)
    return list(zip(many + alone, found, strict=True))


async def bounded(world: World, cell: Cell) -> Found:
    """Play a cell, for so many seconds at most."""
    return await world.within(SECONDS, partial(play, world, cell)) or NEVER


def calls(found: Sequence[tuple[World, Cell, Found]]) -> int:
    """Calls that were made: the one in each cell, and the healthy ones."""
    return sum(1 + what.healthy for _, _, what in found)


def summary(found: Sequence[tuple[World, Cell, Found]]) -> str:
    """Tell what was found."""
    wrong = sum(bool(what.wrong) for _, _, what in found)
    doubled, leaked = (sum(getattr(what, kind) for _, _, what in found) for kind in ("doubled", "leaked"))
    healthy = sum(what.healthy for _, _, what in found)
    late = {name: latest(found, name) for name in ("blocking", "asyncio", "trio")}
    overshoot = ", ".join(f"{name} {seconds * 1000:.0f} ms" for name, seconds in late.items())
    return (
        f"{wrong} of {len(found)} cells wrong, {doubled} doubled, {leaked} leaked,"
        f" {healthy} of {len(found) * HEALTHY} healthy, latest {overshoot}"
    )


def latest(found: Sequence[tuple[World, Cell, Found]], name: str) -> float:
    """Seconds by which the latest call of a world outlasted its due time."""
    return max((what.overshoot or 0.0 for world, _, what in found if world.name == name), default=0.0)
