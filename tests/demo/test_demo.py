"""`python -m restkit.demo`: each call in both worlds, and a status that tells the truth."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from restkit.demo.__main__ import main
from restkit.demo.api import Api
from restkit.demo.script import SCRIPT
from tests.demo.broken import Haunted, Quick, doubled, dropped, error_status, lenient, wrong_body, wrong_value

Shown = list[dict[str, Any]]


def shown(capsys: pytest.CaptureFixture[str], *arguments: str, api: Callable[[], Api] = Quick) -> Shown:
    """What `--json` prints of a run where all is well."""
    status = main(["--json", *arguments], api)
    output = capsys.readouterr()
    assert (status, output.err) == (0, "")
    calls: Shown = json.loads(output.out)
    return calls


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The demo as a process."""
    return subprocess.run(  # noqa: S603 - this very Python
        [sys.executable, "-m", "restkit.demo", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "PYTHONUTF8": "1"},
    )


@pytest.mark.parametrize(
    "arguments", [("--world", "blocking"), ("--world", "awaiting"), ("--world", "awaiting", "--trio")]
)
def test_each_call_of_the_script_is_shown(capsys: pytest.CaptureFixture[str], arguments: Sequence[str]) -> None:
    """A world shows each entry of the script once, in its order, and each is as it must be."""
    calls = shown(capsys, *arguments)

    assert [(call["call"], call["ok"]) for call in calls] == [(call.name, True) for call in SCRIPT]


def test_both_worlds_show_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    """The blocking and the awaiting half have the same calls, outcomes and requests."""
    same = ("call", "section", "expected", "outcome", "requests", "ok")
    calls = shown(capsys)
    halves = [
        [[call[key] for key in same] for call in calls if call["world"] == world] for world in ("blocking", "awaiting")
    ]

    assert halves[0] == halves[1]
    assert len(calls) == 2 * len(SCRIPT)


def test_worlds_differ_in_how_they_are_written(capsys: pytest.CaptureFixture[str]) -> None:
    """What is shown of a call is what its world's user writes."""
    calls = {(call["world"], call["call"]): call["code"] for call in shown(capsys)}

    assert [calls[world, name] for name in ("get", "list all", "stream") for world in ("blocking", "awaiting")] == [
        "library.books.get(4)",
        "await library.books.get(4)",
        "for each in library.books.list()",
        "async for each in library.books.list()",
        "with library.books.export.stream()",
        "async with library.books.export.stream()",
    ]


@pytest.mark.parametrize("world", ["blocking", "awaiting"])
def test_what_was_tried_again_tells_its_story(capsys: pytest.CaptureFixture[str], world: str) -> None:
    """What came of each attempt, and how long was waited for the next; where there was but one, nothing."""
    stories = {call["call"]: call["story"] for call in shown(capsys, "--world", world) if call["story"]}
    came = {name: [each for each in story if "waited" not in each] for name, story in stories.items()}

    assert came == {
        "overloaded": ["503", "503", "200"],
        "throttled": ["429", "200"],
        "slow": ["ReadTimeout", "200"],
        "dropped": ["ReadError", "200"],
        "keyed": ["ReadError", "201"],
    }
    assert any(re.fullmatch(r"waited \d\.\d\d s", each) for story in stories.values() for each in story)


@pytest.mark.parametrize("world", ["blocking", "awaiting"])
def test_requests_shown_are_those_received(capsys: pytest.CaptureFixture[str], world: str) -> None:
    """The server received the requests that are shown, all of them, and no other."""
    apis: list[Api] = []

    def api() -> Api:
        """An API that is remembered."""
        apis.append(Quick())
        return apis[-1]

    calls = shown(capsys, "--world", world, api=api)

    assert [request for call in calls for request in call["requests"]] == [
        each for api in apis for each in api.received
    ]


@pytest.mark.parametrize("world", ["blocking", "awaiting"])
@pytest.mark.parametrize(
    ("api", "call", "fault"),
    [
        (wrong_body, "get", "wanted Book(id=4, .*, got DecodeError"),
        (wrong_value, "renew", "wanted 'due on 2026-02-09', got 'due on 2026-01-26'"),
        (error_status, "borrow", "wanted Loan(.*, got ServerError 500"),
        (dropped, "find nothing", "wanted None, got NoAnswer"),
        (doubled, "list below", "wanted [Review(id=1, .*], got [Review(id=1, .*, Review(id=2, .*]"),
        (lenient, "not found", "wanted NotFound 404: no book has the id 99, got Book(id=99, .*"),
        (Haunted, "stream", "wanted to send GET /books/export, the server received GET /ghost, GET /books/export"),
        (Haunted, "stream", "the server received GET /ghost, .*, the observer was told of GET /books/export"),
    ],
)
def test_broken_server_is_found_out(
    capsys: pytest.CaptureFixture[str], api: Callable[[], Api], call: str, fault: str, world: str
) -> None:
    """Where the server does not do what it must the status is 1, and the call and its fault are named."""
    status = main(["--json", "--world", world], api)
    complaints = capsys.readouterr().err
    wanted = re.escape(f"{world}, {call}: {fault}").replace(re.escape(".*"), ".*")

    assert (status, bool(re.search(f"^{wanted}", complaints, re.MULTILINE))) == (1, True), complaints


def test_only_what_is_broken_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """Calls that are as they must be stay so beside one that is not."""
    _ = main(["--json"], wrong_value)
    calls = json.loads(capsys.readouterr().out)

    assert [(call["world"], call["call"]) for call in calls if not call["ok"]] == [
        ("blocking", "renew"),
        ("awaiting", "renew"),
    ]


def test_data_says_what_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    """A call as data has its world, what was expected, what came, whether that is right, and its time."""
    _ = main(["--json", "--world", "blocking"], wrong_value)
    (call,) = (call for call in json.loads(capsys.readouterr().out) if call["call"] == "renew")

    assert call.pop("milliseconds") > 0
    assert call == {
        "world": "blocking",
        "section": "operations, of one step and of several",
        "call": "renew",
        "code": "library.loans.renew(1, days=14)",
        "expected": "'due on 2026-02-09'",
        "outcome": "'due on 2026-01-26'",
        "story": [],
        "requests": ["POST /loans/1/renewal"],
        "ok": False,
        "wrongs": ["wanted 'due on 2026-02-09', got 'due on 2026-01-26'"],
    }


def test_process_shows_both_worlds() -> None:
    """As a process it ends with status 0, and its last words are the verdict."""
    done = run()

    assert (done.returncode, done.stderr) == (0, "")
    assert f"{2 * len(SCRIPT)} calls" in done.stdout
    assert "each as it must be" in done.stdout


def test_process_prints_data_alone() -> None:
    """With --json its output is JSON and nothing else."""
    done = run("--json", "--world", "blocking")

    assert (done.returncode, len(json.loads(done.stdout))) == (0, len(SCRIPT))


def test_unknown_world_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong argument ends with argparse's status, and names the worlds."""
    with pytest.raises(SystemExit) as left:
        _ = main(["--world", "other"])

    assert (left.value.code, "blocking" in capsys.readouterr().err) == (2, True)
