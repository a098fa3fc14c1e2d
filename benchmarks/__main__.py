"""Measure what restkit costs: `python -m benchmarks [ID ...]`, every figure without an id."""

from __future__ import annotations

import argparse
import sys
from contextlib import nullcontext
from importlib import import_module
from pathlib import Path

from benchmarks.counting import counting
from benchmarks.figures import Figure, Reading
from benchmarks.machine import this_machine
from benchmarks.report import RESULTS, load, merged, record, save, table
from benchmarks.table import UnknownFigure, chosen


def main(arguments: list[str]) -> int:
    """Measure what is asked for; 0 if every "must" is kept, 1 if not, 2 for an id the table does not have."""
    asked = parser().parse_args(arguments)
    try:
        figures = chosen(tuple(asked.ids))
    except UnknownFigure as unknown:
        say(str(unknown))
        return 2
    measured = {figure.id: kept(figure, asked.results, counts=asked.count) for figure in figures if figure.rows}
    say(table(measured, figures))
    missed = [f"{figure.id} {of}" for figure in figures if figure.rows for of in figure.missed(measured[figure.id])]
    say(f"missed: {', '.join(missed)}" if missed else "every must is kept")
    return 1 if missed else 0


def parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    described = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure what restkit costs.")
    _ = described.add_argument("ids", nargs="*", metavar="ID", help="a figure, such as P1; every one without an id")
    _ = described.add_argument("--results", type=Path, default=RESULTS, metavar="PATH", help="where results are kept")
    _ = described.add_argument("--count", action="store_true", help="count instructions by valgrind's cachegrind")
    return described


def kept(figure: Figure, results: Path, *, counts: bool = False) -> tuple[Reading, ...]:
    """Measure one figure and keep it beside the others; one that breaks keeps what it had, and has missed."""
    say(f"measuring {figure.id}: {figure.figure}")
    try:
        with counting(figure.rows) if counts else nullcontext():
            readings: tuple[Reading, ...] = import_module(figure.rows).measure()
    except Exception as error:  # noqa: BLE001 - whatever breaks a figure, the next one is still measured
        say(f"{figure.id} broke: {type(error).__name__}: {error}")
        return ()
    save(merged(load(results), {figure.id: record(figure, readings, this_machine())}), results)
    return readings


def say(text: str) -> None:
    """Print at once: someone is watching."""
    _ = sys.stdout.write(text + "\n")
    _ = sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
