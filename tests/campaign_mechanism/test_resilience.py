"""The table of faults through a whole client has every fault, and names what does not hold."""

from __future__ import annotations

import signal
from typing import Any

import pytest
from attrs import evolve

from restkit import GCRA
from restkit.errors import ReadError, ServerError
from restkit.testing import FAULTS, simulate
from restkit.testing.weather import checks
from restkit.testing.weather.report import Check
from tests.campaign.figure import Amounts, Run
from tests.campaign.processes import in_processes
from tests.campaign.resilience_bounds import (
    CHECKS,
    given_back,
    within_the_budget,
    within_the_bulkhead,
    within_the_probes,
    within_the_rate,
)
from tests.campaign.resilience_cell import HEALTHY, Cell, Found, play
from tests.campaign.resilience_crowds import cancel_many, gather_many
from tests.campaign.resilience_foreign import ROWS as OVER_HTTPX
from tests.campaign.resilience_foreign import UNMET
from tests.campaign.resilience_limiter import RATE, inversions, keep_pace, over_the_rate
from tests.campaign.resilience_outage import fail_all
from tests.campaign.resilience_permits import cancel_at_random
from tests.campaign.resilience_process import Fork, hearing, play_processes, press
from tests.campaign.resilience_roads import CELLS as ROADS
from tests.campaign.resilience_roads import Expected, expected, play_roads
from tests.campaign.resilience_row import AGAIN, RAISE, RETRIES, WAYS, WELL, Row, Way
from tests.campaign.resilience_rows import ROWS
from tests.campaign.resilience_simulation import CALLS, in_one_thread, in_tasks, report_of
from tests.campaign.resilience_stack import HOME, WEATHER, watch_of, whole
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
    planned = {told for row in ROWS for told in row.plan if isinstance(told, str)}

    assert set(FAULTS) == planned
    assert len(ROWS) == len(BY_NAME)
    assert len(CELLS) * len(WORLDS) > 1_000


def test_rows_that_do_not_hold_over_httpx_are_rows() -> None:
    """Each with its reason; all others are played."""
    assert set(UNMET) <= set(BY_NAME)
    assert len(OVER_HTTPX) == len(ROWS) - len(UNMET)


def test_what_follows_for_a_road() -> None:
    """From what one request comes to: whether it is sent again, by its method and what was written."""
    follows = {(cell.row.name, cell.method): expected(cell) for cell in ROADS}

    assert Expected(attempts=3, is_answered=False) == follows["F65 no proxy there", "POST"]
    assert Expected(attempts=1, is_answered=False) == follows["F65 CONNECT answered 407", "GET"]
    assert Expected(attempts=2, is_answered=True) == follows["F65 CONNECT answered 502", "POST"]
    assert Expected(attempts=2, is_answered=True) == follows["F66 stream refused", "POST"]
    assert Expected(attempts=1, is_answered=False) == follows["F66 stream reset, internal error", "POST"]
    assert Expected(attempts=2, is_answered=True) == follows["F66 stream reset, internal error", "GET"]


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"limits": (GCRA(0.01),)}, within_the_rate),
        ({"size": 0}, within_the_bulkhead),
        ({"probes": 0}, within_the_probes),
        ({"capacity": -1_000}, within_the_budget),
    ],
)
def test_a_bound_that_is_exceeded_is_found(changes: dict[str, Any], check: Check) -> None:
    """Had less been allowed, what was seen would have been too much."""
    reports = [report_of("simulation", seed) for seed in range(12)]
    watches = [watch_of(report) for report in reports]
    kept = [each.what for report in reports for each in check(report)]
    for watch in watches:
        watch.plan = evolve(watch.plan, **changes)

    assert [] == kept
    assert [each for report in reports for each in check(report)]


def test_what_is_not_given_back_is_found() -> None:
    """A slot that somebody has still."""
    report = report_of("simulation", 1)
    assert watch_of(report).slots.room(HOME).take()

    assert ["1 left: slots"] == [each.what for each in given_back(report)]


def test_a_seed_that_fails_fails_again() -> None:
    """In the same way, at the same moment."""
    strict = (*CHECKS, checks.sends_per_call(1))
    first, again = (simulate(whole, 3, calls=CALLS, checks=strict, weather=WEATHER) for _ in range(2))

    assert not first.ok
    assert (first.broken, first.trace) == (again.broken, again.trace)


def test_the_fullest_window() -> None:
    """A request too many is above the rate; as many as there may be are not."""
    burst = [(0.0, 0.0)] * RATE
    late = [(at / RATE, at / RATE) for at in range(1, 9)]

    assert (0, 1.0) == over_the_rate([*burst, late[0]])
    assert (1, 1 + 1 / RATE) == over_the_rate([*burst, burst[0]])
    assert 0 == over_the_rate([*burst, *late])[0]


def test_a_window_begins_when_its_first_request_is_let_go() -> None:
    """And ends when its last is written: what was let go in time and written late makes room for no more."""
    late = [(0.0, 1.0)] * RATE

    assert [0, 1, 5] == [over_the_rate([*late, *[(1.0, 1.0)] * (RATE + more)])[0] for more in (0, 1, 5)]


def test_whoever_is_overtaken_is_counted() -> None:
    """By those who came later."""
    assert [0, 1, 2] == [inversions(turns) for turns in ([0, 1, 2], [0, 2, 1], [2, 0, 1])]


def test_shares_of_two_processes() -> None:
    """Everything is done once, wherever."""
    assert sorted(range(100)) == sorted(number for share in in_processes(list, range(100)) for number in share)
    assert [[1, 2]] == in_processes(list, [1, 2])


def test_a_child_that_is_not_well_is_found(world: World) -> None:
    """Its exit status says how many of its calls were not."""
    client = world.client(base_url="http://127.0.0.1:9", retry=False)
    fork = Fork(world, [client])

    fork(None)  # type: ignore[arg-type] # it looks at no connection

    assert [HEALTHY] == fork.codes


def test_an_interrupt_is_heard() -> None:
    """Even where it was not before; and afterwards it is not again."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with pytest.raises(KeyboardInterrupt), hearing():
            press(None)  # type: ignore[arg-type] # likewise
        handler = signal.getsignal(signal.SIGINT)
    finally:
        _ = signal.signal(signal.SIGINT, before)

    assert signal.SIG_IGN == handler


@pytest.mark.parametrize(
    ("figure", "asked"),
    [
        (in_one_thread, Amounts(seeds=5)),
        (in_tasks, Amounts(seeds=4)),
        (fail_all, Amounts(calls=1_000)),
        (cancel_at_random, Amounts(calls=300)),
        (keep_pace, Amounts(calls=300)),
        (cancel_many, Amounts(calls=200)),
        (gather_many, Amounts(calls=200)),
        (play_faults, Amounts(cells=12)),
        (play_roads, Amounts(cells=12)),
        (play_processes, Amounts(cells=24)),
    ],
)
def test_the_figures_are_measured(figure: Run, asked: Amounts) -> None:
    """A few seeds, cells and calls of each."""
    assert () == figure(asked).done.short_of(asked)
