"""The table of faults cannot pass without having played its rows, nor blame a transport for what it did not do."""

from __future__ import annotations

import os
import threading

import pytest
from attrs import evolve

from restkit.errors import ReadError, ReadTimeout
from tests.campaign.wire_cell import HEALTHY, Cell, Found, play
from tests.campaign.wire_faults import CELLS, ROWS, share
from tests.campaign.wire_row import TUNNEL, Answer, Row
from tests.campaign.wire_script import Ask, Reset, Say, Script, Shake, SpeakTwo, Stall, answer
from tests.campaign.wire_starving import without_descriptors, without_threads
from tests.campaign.wire_two import NEXT, answered, going
from tests.campaign.wire_worlds import WORLDS, World

WELL = Row(
    name="well", scripts=((Ask(), Say(answer(b"well"))),), becomes=Answer(b"well"), keeps=True, exact=True, methods=()
)
OVER_TWO: Script = (Shake(protocol="h2"), SpeakTwo(), Ask(), Say(answered(b"first")))
WELL_OVER_TWO = evolve(
    WELL,
    name="well over HTTP/2",
    scripts=((*OVER_TWO, Ask(), Say(answered(b"well", NEXT))),),
    prior="read",
    tls=True,
    http2=True,
)
UNSEEN = evolve(
    WELL_OVER_TWO,
    name="unseen",
    scripts=((*OVER_TWO, Ask(), Say(going(1))),),
    becomes=Answer(b"/cell"),
    connections=2,
    unseen=1,
)
TUNNELLED = evolve(
    WELL, name="in a tunnel", scripts=((*TUNNEL, Shake(), Ask(), Say(answer(b"well"))),), proxy="http", tls=True
)
RESET = Row(name="reset", scripts=((Ask(), Reset()),), becomes=(ReadError,))


def played(world: World, row: Row, method: str = "POST") -> Found:
    """Play a row at the transport."""
    (found,) = world.each(play, [Cell(row, method, "whole")], 1)
    return found


@pytest.fixture(params=WORLDS, ids=lambda world: world.name)
def world(request: pytest.FixtureRequest) -> World:
    """Each of the three worlds in turn."""
    found: World = request.param
    return found


@pytest.mark.parametrize("row", [WELL, RESET, WELL_OVER_TWO, UNSEEN, TUNNELLED], ids=lambda row: row.name)
def test_a_row_that_holds(world: World, row: Row) -> None:
    """Nothing is wrong, nothing doubled or leaked, and what comes after is healthy."""
    assert Found(wrong=(), overshoot=None, healthy=HEALTHY, doubled=0, leaked=0) == played(world, row)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (evolve(WELL, becomes=Answer(b"ill")), "body b'well' of 4"),
        (evolve(WELL, becomes=Answer(b"well", 201)), "status 200"),
        (evolve(WELL, becomes=(ReadError,)), "answered 200 b'well', not ReadError"),
        (evolve(WELL, keeps=False), "its connection was used again"),
        (evolve(WELL, connections=2), "1 connections, not 2"),
        (evolve(RESET, sends_nothing=True), "bytes sent, they say"),
        (evolve(RESET, becomes=(ReadTimeout,)), "not ReadTimeout"),
        (evolve(RESET, due=9.0), "instead of 9.0 s"),
        (evolve(UNSEEN, unseen=0), "sent 2 times"),
        (evolve(TUNNELLED, sends_nothing=True), "bytes sent, they say"),
    ],
)
def test_a_row_that_does_not_hold(world: World, row: Row, said: str) -> None:
    """What is wrong is named."""
    assert any(said in each for each in played(world, row).wrong)


def test_a_call_that_is_late(world: World) -> None:
    """Its overshoot is measured."""
    row = evolve(RESET, scripts=((Ask(), Stall()),), becomes=(ReadTimeout,), timeouts={"read": 0.05}, due=0.0)
    overshoot = played(world, row).overshoot

    assert overshoot is not None
    assert overshoot >= 0.04


def test_no_descriptor_is_left() -> None:
    """Until it is over."""
    with without_descriptors(), pytest.raises(OSError, match="Too many open files"):
        _ = os.dup(0)

    os.close(os.dup(0))


def test_no_thread_is_left() -> None:
    """Likewise."""
    with without_threads(), pytest.raises(RuntimeError, match="start new thread"):
        threading.Thread(target=int).start()

    threading.Thread(target=int).start()


def test_a_quarter_has_every_row() -> None:
    """In each world."""
    names = {row.name for row in ROWS}

    assert [names] * 3 == [{cell.row.name for cell in share(CELLS, len(CELLS) // 4, turn)} for turn in range(3)]


def test_all_of_it_is_all_of_it() -> None:
    """Whatever the turn."""
    assert sorted(map(str, CELLS)) == sorted(map(str, share(CELLS, len(CELLS), 2)))


def test_rows_have_names_of_their_own() -> None:
    """And so have cells."""
    assert len(CELLS) == len(set(map(str, CELLS)))
