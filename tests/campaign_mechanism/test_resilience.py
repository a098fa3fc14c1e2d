"""The table of faults through a whole client has every fault, and names what does not hold."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from restkit.errors import ReadError, ServerError
from restkit.testing import FAULTS
from tests.campaign.figure import Amounts
from tests.campaign.resilience_cell import HEALTHY, Cell, Found, play
from tests.campaign.resilience_row import AGAIN, RAISE, RETRIES, WAYS, WELL, Row, Way
from tests.campaign.resilience_rows import ROWS
from tests.campaign.resilience_simulation import in_one_thread, in_tasks
from tests.campaign.resilience_wire import CELLS, play_faults
from tests.campaign.wire_worlds import WORLDS, World

BY_NAME = {row.name: row for row in ROWS}
POST = next(way for way in WAYS if way.name == "POST")
GOOD = Found(healthy=HEALTHY)


@pytest.fixture(params=WORLDS, ids=lambda world: world.name)
def world(request: pytest.FixtureRequest) -> World:
    """Each of the three worlds in turn."""
    found: World = request.param
    return found


def played(world: World, row: Row, way: Way = POST) -> Found:
    """Play a row."""
    (found,) = world.each(play, [Cell(row, way)], 1)
    return found


@pytest.mark.parametrize(
    "name", ["reset unanswered, applied", "503", "folded field", "first address dead", "handshake reset"]
)
def test_a_row_that_holds(world: World, name: str) -> None:
    """Nothing is wrong, nothing doubled or leaked, and what comes after is healthy."""
    assert GOOD == played(world, BY_NAME[name])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"once": (ReadError,)}, "not ReadError"),
        ({"unsafe": WELL}, "raised ServerError"),
        ({"status": 500}, "the first attempt: 503"),
    ],
)
def test_a_row_that_does_not_hold(world: World, changes: dict[str, Any], said: str) -> None:
    """What is wrong is named."""
    assert any(said in each for each in played(world, evolve(BY_NAME["503"], **changes)).wrong)


def test_what_is_expected_without_retries() -> None:
    """What would be sent again raises."""
    row = Row(name="row", plan=(), once=(ServerError,), safe=AGAIN, unsafe=RAISE)

    assert [AGAIN if RETRIES and way.safe and not way.once else RAISE for way in WAYS] == [
        row.then(way) for way in WAYS
    ]


def test_every_fault_has_a_row() -> None:
    """And each row a name of its own; a thousand cells are the least."""
    planned = {told for row in ROWS for told in row.plan if told is not None}

    assert set(FAULTS) == planned
    assert len(ROWS) == len(BY_NAME)
    assert len(CELLS) * len(WORLDS) > 1_000


def test_the_figures_are_measured() -> None:
    """A few seeds and cells of each."""
    assert in_one_thread(Amounts(seeds=5)).ok
    assert in_tasks(Amounts(seeds=4)).ok
    assert 12 == play_faults(Amounts(cells=12)).done.cells
