"""A campaign cannot pass without having done what it says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.campaign.__main__ import main
from tests.campaign.figure import Amounts, Line, Measured
from tests.campaign.outcome import Outcome, Part
from tests.campaign.run import run_one
from tests.campaign.table import BUDGETS, CAMPAIGNS, Campaign, UnknownCampaign, chosen

TABLES = "tests.campaign_mechanism.tables"
ASKED = Amounts(seeds=2, cells=8, calls=16)


def campaign(table: str, *, budget: float = 60.0) -> Campaign:
    """Name one of the tables kept beside this file."""
    return Campaign(name=table, budget=budget, figures=f"{TABLES}.{table}")


def ran(table: str, *, budget: float = 60.0) -> tuple[Outcome, list[str]]:
    """Run a table for real, in processes, and keep what was said."""
    said: list[str] = []
    return run_one(campaign(table, budget=budget), said.append), said


def line(*, ok: bool = True, done: Amounts = ASKED) -> Line:
    """Spell a figure that has run."""
    return Line(name="lost", wanted="0", measured="0", ok=ok, seconds=1.5, asked=ASKED, done=done, httpx2=False)


def part(*lines: Line, status: int | None = 0) -> Part:
    """Spell a process that meant to run exactly the figures it reported."""
    return Part(names=tuple(each.name for each in lines), lines=lines, status=status, httpx2=False)


def outcome(*parts: Part, seconds: float = 1.0) -> Outcome:
    """Spell a campaign of ten seconds that has run."""
    return Outcome(campaign=campaign("any", budget=10.0), parts=parts, seconds=seconds)


def test_line_shows_done_beside_asked() -> None:
    """A figure's line has the name, what was wanted and measured, the verdict, the seconds and the amounts."""
    text = str(line(done=Amounts(seeds=2, cells=7, calls=16)))

    assert text == "lost  wanted: 0  measured: 0  ok  1.50 s  seeds=2/2 cells=7/8 calls=16/16"


@pytest.mark.parametrize("kind", ["seeds", "cells", "calls"])
def test_doing_less_is_a_fault(kind: str) -> None:
    """One seed, cell or call fewer than asked is named."""
    asked = {"seeds": 2, "cells": 8, "calls": 16}
    done = Amounts(**{**asked, kind: asked[kind] - 1})

    assert outcome(part(line(done=done))).faults == (f"lost: only {asked[kind] - 1} of {asked[kind]} {kind}",)


def test_missing_a_figure_is_a_fault() -> None:
    """A figure that is not good enough fails its campaign."""
    assert outcome(part(line(ok=False))).faults == ("lost: wanted 0, measured 0",)


def test_exceeding_the_budget_is_a_fault() -> None:
    """All figures reached, but too late."""
    assert outcome(part(line()), seconds=10.5).faults == ("it took 10.5 s of 10 s",)


def test_dying_is_a_fault() -> None:
    """A process that ends badly fails its campaign, whatever it reported before."""
    assert outcome(part(line(), status=-9)).faults == ("its httpx process ended with status -9",)


def test_all_done_in_time_is_ok() -> None:
    """Nothing missed, nothing cut short, nothing late: no fault."""
    assert outcome(part(line())).faults == ()


@pytest.mark.parametrize(
    ("asked", "quarter"),
    [
        (Amounts(seeds=8, cells=10, calls=80), Amounts(seeds=8, cells=3, calls=20)),
        (Amounts(seeds=8, calls=8), Amounts(seeds=2, calls=2)),
        (Amounts(cells=1), Amounts(cells=1)),
    ],
)
def test_httpx2_is_asked_for_a_quarter(asked: Amounts, quarter: Amounts) -> None:
    """A quarter of the cells, or of the seeds where there are no cells; never nothing of something."""
    assert asked.quarter() == quarter


def test_unknown_name_names_the_known() -> None:
    """A misspelt campaign is an error that says which there are."""
    with pytest.raises(UnknownCampaign, match=r"no campaign is named 'cor'; there are: core"):
        _ = chosen(("cor",))


def test_every_campaign_has_its_budget() -> None:
    """Each campaign's seconds are those of the table of budgets, and its name stands there."""
    assert {each.name: each.budget for each in CAMPAIGNS}.items() <= BUDGETS.items()


def test_measured_needs_what_was_done() -> None:
    """A run cannot leave out how much it did."""
    with pytest.raises(TypeError, match="done"):
        _ = Measured(value="0", ok=True)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # the point


def test_right_table_runs_on_both_libraries() -> None:
    """In processes: httpx first, then a quarter of what says so on httpx2; prints stay out of the report."""
    result, said = ran("right")

    assert (result.faults, [(each.name, each.measured, each.asked.cells) for each in result.lines]) == (
        (),
        [("both", "httpx", 10), ("httpx-only", "httpx", 0), ("both", "httpx2", 3)],
    )
    assert said[0].startswith("right/both  wanted: any  measured: httpx  ok  ")


def test_short_table_fails() -> None:
    """In processes: fewer calls than asked fail the campaign."""
    result, _ = ran("short")

    assert result.faults == ("lazy: only 7 of 8 calls",)


def test_missed_table_runs_to_its_end() -> None:
    """In processes: a missed figure and one that raises fail it, and those after them still run."""
    result, _ = ran("missed")

    assert result.faults == (
        "missed: wanted 0 lost, measured 3 lost",
        "broken: wanted 0 lost, measured raised RuntimeError: no 4 cells here",
        "broken: only 0 of 4 cells",
    )


def test_endless_table_is_ended() -> None:
    """In processes: what never ends is ended with its children when the budget is spent, and fails."""
    result, said = ran("endless", budget=1.0)

    assert (result.in_time, "FAILED" in said[-1]) == (False, True)


def test_leaving_early_fails() -> None:
    """In processes: a good exit status does not stand for a report."""
    result, _ = ran("gone")

    assert "leave: never reported on httpx" in result.faults


def test_what_waits_runs_beside_the_others() -> None:
    """In processes: from the beginning on, and is told last."""
    result, _ = ran("beside")

    assert (result.faults, ["works", "waits"]) == ((), [each.name for each in result.lines])


def test_leaving_early_beside_the_others_fails() -> None:
    """In processes: the others are reported, and what left is missed."""
    result, _ = ran("astray")

    assert ["both", "both"] == [each.name for each in result.lines]
    assert "leave: never reported on httpx" in result.faults


def test_empty_table_fails() -> None:
    """In processes: a campaign without figures has shown nothing."""
    result, _ = ran("empty")

    assert result.faults == ("it has no figures, or reported none",)


def test_command_writes_its_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command exits 1 when any campaign fails, and the report says what each did."""
    path = tmp_path / "report.json"
    status = main(["--json", str(path)], (campaign("right"), campaign("short")))
    report = json.loads(path.read_text(encoding="utf-8"))

    assert status == 1
    assert {each["name"]: each["ok"] for each in report["campaigns"]} == {"right": True, "short": False}
    assert "short/lazy  wanted: 0 lost" in capsys.readouterr().out


def test_command_refuses_an_unknown_name(capsys: pytest.CaptureFixture[str]) -> None:
    """The command exits 2 for a name it does not know, and runs nothing."""
    status = main(["right", "wrong"], (campaign("right"),))

    assert (status, capsys.readouterr().out) == (2, "no campaign is named 'wrong'; there are: right\n")
