"""The benchmarks judge as they say, and their committed results are whole."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import count
from pathlib import Path
from typing import TypeAlias

import pytest
from attrs import evolve

from benchmarks.__main__ import main
from benchmarks.answer import BODY, EXPECTED, User
from benchmarks.bulk import DOWNLOAD
from benchmarks.compare import Comparison, calls_for, compare, in_tasks
from benchmarks.contenders import plain
from benchmarks.contenders.by_hand import CONVERTER
from benchmarks.contenders.by_hand import blocking as by_hand
from benchmarks.contenders.restkit_sdk import stock_blocking, wire_blocking
from benchmarks.contenders.table import BASE, Contender, present
from benchmarks.cost import Cost, Meter
from benchmarks.counting import Alone, Counting, Uncounted
from benchmarks.figures import Figure, Limit, Reading
from benchmarks.loopback import loopback
from benchmarks.machine import forget_peak, peak, this_machine
from benchmarks.report import RESULTS, lines_of, load, merged, record, save, table, unmeasured
from benchmarks.rows.w7_many import read
from benchmarks.table import FIGURES, UnknownFigure, chosen
from benchmarks.worker import opened

Opener: TypeAlias = Callable[[str], AbstractContextManager[Callable[[int], object]]]

AT_MOST = Limit(of="call", must=0.8, goal=0.7)
AT_LEAST = Limit(of="pages", must=8.0, goal=12.0, unit="times faster", at_least=True)
P1 = Figure(id="P1", figure="typed GET", base="httpx", limits=(AT_MOST,), rows="benchmarks.rows.p1_blocking")
P5 = Figure(id="P5", figure="retry", base="tenacity", limits=(AT_MOST,), missing="there is no retry yet")
READING = Reading(of="call", value=0.75, by="instructions", beside={"httpx": 1.0, "httpx2": 0.88})


class Counted:
    """A subject whose every call costs the same, and that remembers the blocks it was asked for."""

    def __init__(self, cost: Cost) -> None:
        """Take the cost of a call."""
        self._cost = cost
        self.blocks: list[int] = []

    def run(self, calls: int) -> Cost:
        """Pretend to make so many calls."""
        self.blocks.append(calls)
        return Cost(self._cost.cpu * calls, self._cost.instructions and self._cost.instructions * calls)


def test_results_hold_every_figure() -> None:
    """The committed results have each id of the table, in its order, and no other."""
    assert list(load()) == [figure.id for figure in FIGURES]


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.id)
def test_results_are_measured_or_say_why_not(figure: Figure) -> None:
    """A committed figure that can be measured has its machine and every part; one that cannot has its reason."""
    kept = load()[figure.id]
    measured = {reading["of"] for reading in kept.get("readings", ()) if "machine" in kept}

    assert measured >= {limit.of for limit in figure.limits} if figure.rows else kept["reason"] == figure.missing


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.id)
def test_results_keep_every_must(figure: Figure) -> None:
    """What is committed as measured keeps its "must", by the limits of today's table."""
    readings = tuple(
        Reading(of=kept["of"], value=kept["value"], by=kept["by"]) for kept in load()[figure.id].get("readings", ())
    )

    assert not readings or figure.missed(readings) == ()


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.id)
def test_every_figure_is_measured_or_waits(figure: Figure) -> None:
    """A row of the table names its module, or what it waits for; not both."""
    assert bool(figure.rows) != bool(figure.missing)


@pytest.mark.parametrize(
    ("limit", "value", "by", "kept"),
    [
        (AT_MOST, 0.80, "instructions", True),
        (AT_MOST, 0.81, "instructions", False),
        (AT_MOST, 0.88, "CPU", True),
        (AT_MOST, 0.89, "CPU", False),
        (AT_MOST, 0.81, "memory", False),
        (AT_LEAST, 8.0, "wall", True),
        (AT_LEAST, 7.9, "wall", False),
        (AT_LEAST, 7.3, "CPU", True),
    ],
)
def test_must_is_judged(limit: Limit, value: float, by: str, kept: bool) -> None:  # noqa: FBT001 - a column of the table
    """Instructions and memory are judged exactly, CPU time with a tenth of tolerance, either way round."""
    assert limit.keeps(value, limit.must, by) is kept


def test_unmeasured_part_is_missed() -> None:
    """A figure that left one of its parts out has missed it."""
    two = evolve(P1, limits=(AT_MOST, evolve(AT_MOST, of="other")))

    assert two.missed((READING,)) == ("other",)


def test_ratio_is_paired_by_round() -> None:
    """A round in which everything was slow does not change the ratio."""
    costs = {"base": (Cost(1.0), Cost(9.0), Cost(1.0)), "own": (Cost(0.5), Cost(4.5), Cost(0.5))}
    ratio = Comparison("base", costs).ratio("own")

    assert (ratio.low, ratio.median, ratio.high, ratio.by) == (0.5, 0.5, 0.5, "CPU")


def test_instructions_decide_where_they_are_counted() -> None:
    """With a counter the ratio is one of instructions, whatever the clock says."""
    costs = {"base": (Cost(1.0, 100.0), Cost(1.0, 100.0)), "own": (Cost(5.0, 50.0), Cost(7.0, 50.0))}
    ratio = Comparison("base", costs).ratio("own")

    assert (ratio.median, ratio.by) == (0.5, "instructions")


def test_common_cost_is_taken_off() -> None:
    """What an empty process costs is no part of an import."""
    costs = {"empty": (Cost(1.0), Cost(2.0)), "base": (Cost(3.0), Cost(4.0)), "own": (Cost(2.0), Cost(3.0))}
    less = Comparison("base", costs).less("empty")

    assert (sorted(less.costs), less.ratio("own").median) == (["base", "own"], 0.5)


def test_speed_is_paired_by_round() -> None:
    """Who takes half the base's time in each round is twice as fast, however slow a round was."""
    costs = {"base": (Cost(1, wall=4.0), Cost(1, wall=20.0)), "restkit": (Cost(1, wall=2.0), Cost(1, wall=10.0))}
    speed = Comparison("base", costs).faster("speed")

    assert (speed.value, speed.by, speed.beside) == (2.0, "wall", {"base": 1.0})


def test_rate_is_that_of_the_median_round() -> None:
    """What is done in a second is told for everyone, in its unit."""
    costs = {"base": (Cost(1, wall=4.0),) * 3, "restkit": (Cost(1, wall=2.0), Cost(1, wall=2.0), Cost(1, wall=50.0))}
    rate = Comparison("base", costs).rate("in a second", "MB/s", 200)

    assert (rate.value, rate.unit, rate.beside) == (100.0, "MB/s", {"base": 50.0})


def test_many_tasks_are_compared_with_their_own_one() -> None:
    """What a call costs among many is everyone's ratio to themselves alone."""
    alone = {"restkit, 1 task": (Cost(1.0),) * 2, "httpx, 1 task": (Cost(4.0),) * 2}
    many = {"restkit": (Cost(1.1),) * 2, "httpx": (Cost(12.0),) * 2}
    reading = read(Comparison("restkit, 1 task", {**many, **alone}))

    assert (reading.value, reading.beside) == (1.1, {"httpx": 3.0})


@pytest.mark.parametrize("tasks", [1, 3, 20])
def test_tasks_share_the_calls(tasks: int) -> None:
    """However many tasks there are, together they make the calls that were asked for."""
    ids = count(1)
    with opened("benchmarks.contenders.by_hand", "awaiting", "null", ids, tasks) as run:
        _ = run(7)

    assert next(ids) == 8


def test_blocks_of_tasks_are_longer() -> None:
    """A block of many tasks takes longer, and each of them has its share."""
    assert [in_tasks(100)(Counted(Cost(cpu))) for cpu in (0.0001, 0.1)] == [2000, 400]


def test_rounds_are_interleaved() -> None:
    """Each subject runs one block of its own length in every round, after its warm-up."""
    cheap, dear = Counted(Cost(0.001)), Counted(Cost(0.01))
    compared = compare({"cheap": cheap, "dear": dear}, base="dear", rounds=4)

    assert (cheap.blocks[-4:], dear.blocks[-4:]) == ([50] * 4, [calls_for(Counted(Cost(0.01)))] * 4)
    assert compared.reading("call", "cheap").value == pytest.approx(0.1)


CACHEGRIND = """#!{python}
import subprocess, sys
*_, rows, number, name, calls = sys.argv
for executed in (3_000_000, int(calls) * 50):
    print(f"==7== I refs:      {{executed:,}}", file=sys.stderr)
sys.exit(name == "other")
"""


@pytest.fixture
def cachegrind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A valgrind that tells of two processes, of which one executes 50 instructions a call."""
    script = tmp_path / "valgrind"
    _ = script.write_text(CACHEGRIND.format(python=sys.executable))
    script.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.mark.usefixtures("cachegrind")
def test_instructions_are_those_of_further_calls() -> None:
    """What every process executes, however many calls it makes, is no part of a call."""
    costs = Counting("rows")({"own": Counted(Cost(0.001))}, 2, lambda _: 5)

    assert {"own": (Cost(0.001, 50.0),) * 2} == costs


@pytest.mark.usefixtures("cachegrind")
def test_what_fails_is_not_counted() -> None:
    """It has executed something, but not its calls."""
    with pytest.raises(Uncounted, match="other failed"):
        _ = Counting("rows")({"other": Counted(Cost(0.001))}, 2, lambda _: 5)


def test_without_cachegrind_nothing_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the error says what is missing."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Uncounted, match="no valgrind"):
        _ = Counting("rows")({"own": Counted(Cost(0.001))}, 2, lambda _: 5)


def test_a_subject_is_counted_alone() -> None:
    """In its own comparison, and the process ends with it; the comparisons before it measure nothing."""
    own, other = Counted(Cost(1.0)), Counted(Cost(1.0))
    alone = Alone(1, "own", 7)
    before = alone({"own": own, "other": other}, 15, calls_for)
    with pytest.raises(SystemExit):
        _ = alone({"own": own, "other": other}, 15, calls_for)

    assert (1.0, [7], []) == (Comparison("other", before).ratio("own").median, own.blocks, other.blocks)


def test_meter_measures_cpu() -> None:
    """Work has a cost, and instructions are counted or are not."""
    cost = Meter().measure(lambda: sum(range(100_000)))

    assert cost.cpu > 0
    assert cost.instructions is None or cost.instructions > 100_000
    assert cost.wall > 0


def test_peak_is_remembered() -> None:
    """Memory that was given back is still in the peak, until the peak is forgotten."""
    forget_peak()
    before = peak()
    del bytearray(b"x" * 32_000_000)[:]
    remembered = peak()
    forget_peak()

    assert (remembered - before > 30_000_000, peak() < remembered) == (True, True)


def test_everyone_decodes_the_same() -> None:
    """The base's answer is the user the server describes, so nobody is measured at less work."""
    with by_hand(None) as fetch:
        assert fetch(7) == EXPECTED


@pytest.mark.parametrize("opener", [stock_blocking, wire_blocking, by_hand])
@pytest.mark.parametrize("server", [("loopback",), ("delaying", "0"), ("delaying", "0.001")], ids=" ".join)
def test_servers_answer_everyone_the_same(opener: Opener, server: tuple[str, ...]) -> None:
    """Every small server describes the same user, at once or late, and every transport brings it twice."""
    with loopback(*server) as address, opener(address) as fetch:
        assert [fetch(7), fetch(8)] == [EXPECTED, EXPECTED]


def test_long_bodies_are_whole() -> None:
    """A download has all its bytes, written to a file or not, and an upload is answered once all of it was taken."""
    with (
        loopback("bulk") as address,
        plain.download(address) as fetch,
        plain.save(address) as write,
        plain.upload(address) as send,
    ):
        moved = [fetch(1), write(1), send(1), fetch(1), write(1), send(1)]

    assert moved == [DOWNLOAD, DOWNLOAD, "taken"] * 2


def test_contenders_are_asked_for_what_they_can() -> None:
    """Who only awaits is not asked to block, who takes no transport not to go nowhere."""
    contender = Contender(name="aiohttp", module="", package="attrs", null=False, blocking=False)
    among = (contender, BASE)

    assert [present(among=among), present(among=among, awaiting=True)] == [(BASE,), among]
    assert present(among=among, awaiting=True, null=True) == (BASE,)


def test_answer_has_twelve_fields() -> None:
    """The body is what the class says, with nothing left over."""
    assert CONVERTER.loads(BODY, User) == EXPECTED
    assert len(json.loads(BODY)) == 12


def test_single_rows_keep_the_others() -> None:
    """A figure measured anew replaces its own record, and leaves the others as they were."""
    other = evolve(P1, id="P2")
    kept = {"P1": {"old": 1}, "P2": {"old": 2}, "gone": {"old": 3}}
    results = merged(kept, {"P1": record(P1, (READING,), this_machine())}, (P1, other, P5))

    assert list(results) == ["P1", "P2", "P5"]
    assert (results["P1"]["missed"], results["P2"], results["P5"]) == ([], {"old": 2}, unmeasured(P5))


def test_results_survive_the_file(tmp_path: Path) -> None:
    """What is written is read back the same; where nothing was written there is nothing."""
    path = tmp_path / "results.json"
    before = load(path)
    results = merged({}, {"P1": record(P1, (READING,), this_machine())}, (P1, P5))
    save(results, path)

    assert (before, load(path)) == ({}, results)


def test_table_shows_bounds_and_others() -> None:
    """A line has the id, the bounds, restkit's value with its verdict, and everyone else's."""
    assert lines_of(P1, (READING,)) == [
        ("P1", "typed GET", "call", "0.8", "0.7", "0.75 must", "instructions", "1", "0.88", *["-"] * 6)
    ]


def test_table_shows_what_has_no_limit() -> None:
    """A figure without limits is shown in the unit of what was measured."""
    speed = Reading(of="speed", value=1234.5, by="wall", unit="MB/s")

    assert lines_of(evolve(P1, limits=()), (speed,)) == [
        ("P1", "typed GET", "speed", "", "", "1,234 MB/s", "wall", *["-"] * 8)
    ]


def test_table_shows_what_broke() -> None:
    """A figure of which nothing was measured still has its line."""
    assert lines_of(evolve(P1, limits=()), ()) == [("P1", "typed GET", "", "", "", "not measured", "", *[""] * 8)]


def test_table_says_what_a_figure_waits_for() -> None:
    """A figure without layers to measure is listed with its reason."""
    assert "there is no retry yet" in table({}, (P5,))


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        (0.70, "0.7 goal"),
        (0.71, "0.71 must"),
        (0.81, "0.81 must, within what CPU time can tell"),
        (0.89, "0.89 MISSED"),
    ],
)
def test_table_judges(value: float, verdict: str) -> None:
    """The verdict is the best bound that is kept; that it is kept only by the tolerance is said."""
    ((_, _, _, _, _, shown, *_),) = lines_of(P1, (evolve(READING, value=value, by="CPU"),))

    assert shown == verdict


def test_unknown_id_names_the_known() -> None:
    """A misspelt id is an error that says which there are."""
    with pytest.raises(UnknownFigure, match=r"no figure has the id 'P99'; there are: P1, P2"):
        _ = chosen(("P99",))


def test_command_refuses_an_unknown_id(capsys: pytest.CaptureFixture[str]) -> None:
    """The command exits 2 for an id it does not know, and measures nothing."""
    status = main(["P99"])

    assert (status, capsys.readouterr().out.startswith("no figure has the id 'P99'")) == (2, True)


def test_command_lists_what_waits(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A figure that waits for its layer is listed and is no failure; nothing is written for it."""
    path = tmp_path / "results.json"
    status = main(["P7", "--results", str(path)])

    assert (status, "there is no cache yet" in capsys.readouterr().out, path.exists()) == (0, True, False)


def test_results_are_beside_the_benchmarks() -> None:
    """The file that is committed is the one the command writes."""
    assert RESULTS.name == "results.json"
    assert RESULTS.exists()
