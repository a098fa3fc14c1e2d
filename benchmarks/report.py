"""The table that is printed, and the file that is kept."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from attrs import asdict

from benchmarks.contenders.table import NAMES
from benchmarks.figures import Figure, Limit, Reading
from benchmarks.machine import Machine
from benchmarks.table import FIGURES

RESULTS = Path(__file__).parent / "results.json"

Record: TypeAlias = dict[str, Any]
"""A figure in the file: its row of the table, and either its readings and machine or the reason there are none."""

BESIDE = tuple(name for name in NAMES if name != "restkit")
HEAD = ("id", "figure", "part", "must", "goal", "restkit", "by", *BESIDE)


def record(figure: Figure, readings: tuple[Reading, ...], machine: Machine) -> Record:
    """Spell a measured figure for the file."""
    return {
        **described(figure),
        "missed": list(figure.missed(readings)),
        "readings": [asdict(reading) for reading in readings],
        "machine": asdict(machine),
    }


def unmeasured(figure: Figure) -> Record:
    """Spell a figure that has not been measured, with the reason."""
    return {**described(figure), "reason": figure.missing or "it has not been run yet"}


def described(figure: Figure) -> Record:
    """Spell the figure's row of the table."""
    return {
        "figure": figure.figure,
        "base": figure.base,
        "limits": [asdict(limit) for limit in figure.limits],
    }


def load(path: Path = RESULTS) -> dict[str, Record]:
    """Read what was measured before, if anything was."""
    if not path.exists():
        return {}
    results: dict[str, Record] = json.loads(path.read_text(encoding="utf-8"))
    return results


def merged(
    kept: Mapping[str, Record], new: Mapping[str, Record], figures: tuple[Figure, ...] = FIGURES
) -> dict[str, Record]:
    """Put new records among those kept: every id of the table, in its order, and no other."""
    return {
        figure.id: new.get(figure.id) or (kept.get(figure.id) if figure.rows else None) or unmeasured(figure)
        for figure in figures
    }


def save(results: Mapping[str, Record], path: Path = RESULTS) -> None:
    """Write the file, whole."""
    _ = path.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


def table(measured: Mapping[str, tuple[Reading, ...]], figures: Iterable[Figure]) -> str:
    """Lay out figures with what was measured of them; those without a way to measure say what they wait for."""
    lines = [HEAD, *(line for figure in figures for line in lines_of(figure, measured.get(figure.id, ())))]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def lines_of(figure: Figure, readings: tuple[Reading, ...]) -> list[tuple[str, ...]]:
    """Spell a figure's lines: one for each part that is limited or was measured, and one if there is none."""
    limits = {limit.of: limit for limit in figure.limits}
    found = {reading.of: reading for reading in readings}
    parts = dict.fromkeys((*limits, *found)) or {"": None}
    names = [(figure.id, figure.figure), *[("", "")] * (len(parts) - 1)]
    unit = figure.limits[0].unit if figure.limits else "x"
    return [
        (*name, of, *bounds(limits.get(of)), *came_out(figure, limits.get(of), found.get(of), unit))
        for name, of in zip(names, parts, strict=True)
    ]


def bounds(limit: Limit | None) -> tuple[str, str]:
    """Spell what a part must be and what it should be; nothing for a part that is only shown."""
    return (spelled(limit.must, limit.unit), spelled(limit.goal, limit.unit)) if limit else ("", "")


def came_out(figure: Figure, limit: Limit | None, reading: Reading | None, unit: str) -> tuple[str, ...]:
    """Spell what came out of a part, and everyone else's beside it."""
    if reading is None:
        return (figure.missing or "not measured", "", *("" for _ in BESIDE))
    unit = limit.unit if limit else reading.unit or unit
    others = (spelled(reading.beside[name], unit) if name in reading.beside else "-" for name in BESIDE)
    return (f"{spelled(reading.value, unit)} {verdict(limit, reading)}".strip(), reading.by, *others)


def spelled(value: float, unit: str) -> str:
    """Spell a value with its unit; a share of the base stands without one."""
    shown = f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"
    return shown if unit == "x" else f"{shown} {unit}"


def verdict(limit: Limit | None, reading: Reading) -> str:
    """Say which of its bounds a value keeps."""
    if limit is None:
        return ""
    if not limit.keeps(reading.value, limit.must, reading.by):
        return "MISSED"
    for name, bound in (("goal", limit.goal), ("must", limit.must)):
        if limit.keeps(reading.value, bound, "exactly"):
            return name
    return "must, within what CPU time can tell"
