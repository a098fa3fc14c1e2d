"""Campaigns in processes: two at a time or alone, each ended when its budget is spent."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from operator import attrgetter
from typing import TypeAlias

from tests.campaign.figure import Amounts, Line
from tests.campaign.outcome import Outcome, Part
from tests.campaign.table import Campaign

PROCESSES = 2

Say: TypeAlias = Callable[[str], None]


def run_all(campaigns: tuple[Campaign, ...], say: Say) -> tuple[Outcome, ...]:
    """Run campaigns in two processes, the longest first, then those that run alone; tell each figure as it is known."""
    longest_first = sorted(campaigns, key=attrgetter("budget"), reverse=True)
    with ThreadPoolExecutor(PROCESSES) as pool:
        outcomes = tuple(pool.map(partial(run_one, say=say), (each for each in longest_first if not each.alone)))
    return (*outcomes, *(run_one(each, say) for each in longest_first if each.alone))


def run_one(campaign: Campaign, say: Say) -> Outcome:
    """Run a campaign on httpx, then what is asked for on httpx2, both inside one budget."""
    start = time.monotonic()
    parts: tuple[Part, ...] = ()
    for httpx2 in (False, True):
        left = campaign.budget - (time.monotonic() - start)
        parts += (run_part(campaign, say, httpx2=httpx2, seconds=left),)
    outcome = Outcome(campaign=campaign, parts=parts, seconds=time.monotonic() - start)
    say(outcome.summary())
    return outcome


def run_part(campaign: Campaign, say: Say, *, httpx2: bool, seconds: float) -> Part:
    """Run one process of a campaign, for as many seconds as are left."""
    with (
        started(command(campaign, httpx2=httpx2)) as process,
        ended_after(seconds, process) as late,
    ):
        records = iter(process.stdout or ())
        names = tuple(json.loads(next(records, "[]")))
        lines = tuple(told(campaign, records, say))
        status = process.wait()
    return Part(names=names, lines=lines, status=None if late.is_set() else status, httpx2=httpx2)


def started(words: list[str]) -> subprocess.Popen[str]:
    """Start a process that leads a group of its own."""
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True, start_new_session=True)


def command(campaign: Campaign, *, httpx2: bool) -> list[str]:
    """Spell the process of a campaign, or of its part under httpx2."""
    worker = ("tests.campaign.worker", campaign.figures)
    words = ("tests.campaign.aliased", *worker, "--httpx2") if httpx2 else worker
    return [sys.executable, "-m", *words]


def told(campaign: Campaign, records: Iterator[str], say: Say) -> Iterator[Line]:
    """Read a worker's records as they come and say each."""
    for text in records:
        line = line_from(json.loads(text))
        say(f"{campaign.name}/{line}")
        yield line


def line_from(record: dict[str, object]) -> Line:
    """Read a worker's record back."""
    asked, done = (Amounts(**record.pop(kind)) for kind in ("asked", "done"))  # type: ignore[arg-type]  # JSON
    return Line(asked=asked, done=done, **record)  # type: ignore[arg-type]  # JSON


@contextmanager
def ended_after(seconds: float, process: subprocess.Popen[str]) -> Generator[threading.Event]:
    """End a process and all its children when its time is over; the event says that this was needed."""
    late = threading.Event()

    def end() -> None:
        late.set()
        end_group(process)

    timer = threading.Timer(max(0.0, seconds), end)
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()
        end_group(process)


def end_group(process: subprocess.Popen[str]) -> None:
    """End a process that leads a group, with all of the group."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
