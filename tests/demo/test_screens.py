"""How the demo looks: by rich on a terminal and in a file, and in plain lines without rich."""

from __future__ import annotations

import re
import sys

import pytest

from restkit.demo.__main__ import main
from restkit.demo.script import SCRIPT
from tests.demo.broken import Quick, wrong_value

TALLEST = 66


@pytest.fixture(autouse=True)
def no_colour_by_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look the same wherever the tests run."""
    for name in ("FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def _no_rich(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without rich."""
    monkeypatch.setitem(sys.modules, "rich", None)


@pytest.mark.parametrize("columns", [40, 80, 110, 160])
def test_table_fits_the_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    """A world fits its width and a tall window, a line for each call."""
    monkeypatch.setenv("COLUMNS", str(columns))
    _ = main(["--world", "blocking"], Quick)
    lines = capsys.readouterr().out.splitlines()

    assert max(map(len, lines)) <= columns
    assert len(lines) <= TALLEST
    assert sum(line.startswith(" ✓") for line in lines) == len(SCRIPT)


def test_wide_terminal_shows_the_requests(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is room, what the server received stands beside each call."""
    monkeypatch.setenv("COLUMNS", "160")
    _ = main(["--world", "awaiting"], Quick)

    assert re.search(
        r"✓ +await library\.books\.get\(99\) +NotFound 404: no book .* GET /books/99", capsys.readouterr().out
    )


def test_table_is_coloured_on_a_terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal the table grows in colour, call by call."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "110")
    _ = main(["--world", "blocking"], Quick)

    assert "\x1b[32m✓\x1b[0m" in capsys.readouterr().out


def test_table_marks_what_is_wrong(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that is not as it must be is marked, and its fault stands below it."""
    monkeypatch.setenv("COLUMNS", "110")
    _ = main(["--world", "blocking"], wrong_value)
    table = capsys.readouterr().out

    assert re.search(r"✗ +library\.loans\.renew\(1, days=14\) +'due on 2026-01-26'", table)
    assert "1 not as they must be" in table


@pytest.mark.usefixtures("_no_rich")
def test_plain_lines_without_rich(capsys: pytest.CaptureFixture[str]) -> None:
    """Without rich each call is a line of text."""
    status = main(["--world", "blocking"], Quick)
    output = capsys.readouterr().out

    assert status == 0
    assert re.search(r"^ok +[0-9.]+ ms  library\.books\.delete\(4\) -> None$", output, re.MULTILINE)


@pytest.mark.usefixtures("_no_rich")
def test_plain_lines_mark_what_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    """Without rich a fault stands below its call as well."""
    status = main(["--world", "blocking"], wrong_value)
    output = capsys.readouterr().out

    assert status == 1
    assert re.search(r"^WRONG .*renew.*\n +wanted 'due on 2026-02-09', got 'due on 2026-01-26'$", output, re.MULTILINE)
