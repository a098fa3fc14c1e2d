"""One campaign in a process of its own: `python -m tests.campaign.worker MODULE [--httpx2]`.

Standard output carries the names of the figures that will run, then one JSON record for each; whatever a figure itself
prints goes to standard error. With `--httpx2` only the figures that say so run, on a quarter of what they are asked.
"""

from __future__ import annotations

import importlib
import json
import multiprocessing
import os
import sys
import time
import traceback
from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import IO

from attrs import asdict

from tests.campaign.figure import Amounts, Figure, Line, Measured


def main(module: str, *, httpx2: bool) -> None:
    """Run every figure of the module's table and report each as soon as it is known."""
    table: tuple[Figure, ...] = importlib.import_module(module).FIGURES
    figures = [figure for figure in table if figure.httpx2 or not httpx2]
    with report_stream() as report:
        tell(report, [figure.name for figure in figures])
        waiting = [figure for figure in figures if figure.beside]
        lines = begun(waiting, httpx2=httpx2)
        for figure in figures:
            if not figure.beside:
                tell(report, asdict(line_of(figure, httpx2=httpx2)))
        for _ in waiting:
            tell(report, asdict(lines.recv()))


def begun(figures: Sequence[Figure], *, httpx2: bool) -> Connection:
    """Begin to run figures in a copy of this process, which is still without threads: where their lines come from."""
    context = multiprocessing.get_context("fork")
    lines, report = context.Pipe(duplex=False)

    def run() -> None:
        """Run them one after the other."""
        for figure in figures:
            report.send(line_of(figure, httpx2=httpx2))

    context.Process(target=run).start()
    report.close()
    return lines


def report_stream() -> IO[str]:
    """Keep standard output for the report alone: from now on `print` goes to standard error."""
    kept = os.fdopen(os.dup(1), "w", encoding="utf-8")
    _ = os.dup2(2, 1)
    return kept


def tell(report: IO[str], item: object) -> None:
    """Report one thing at once, so that it is known even if the next figure never ends."""
    _ = report.write(json.dumps(item) + "\n")
    report.flush()


def line_of(figure: Figure, *, httpx2: bool) -> Line:
    """Run one figure and time it."""
    asked = figure.asked.quarter() if httpx2 else figure.asked
    start = time.perf_counter()
    measured = attempt(figure, asked)
    return Line(
        name=figure.name,
        wanted=figure.wanted,
        measured=measured.value,
        ok=measured.ok,
        seconds=time.perf_counter() - start,
        asked=asked,
        done=measured.done,
        httpx2=httpx2,
    )


def attempt(figure: Figure, asked: Amounts) -> Measured:
    """Run a figure; one that raises has done nothing and is missed."""
    try:
        return figure.run(asked)
    except Exception as error:  # noqa: BLE001 - whatever a figure raises is its outcome, and the next one still runs
        traceback.print_exc()
        return Measured(value=f"raised {type(error).__name__}: {error}", ok=False, done=Amounts())


if __name__ == "__main__":
    main(sys.argv[1], httpx2="--httpx2" in sys.argv[2:])
