"""Run every code block of the README and the documentation: `python -m tests.prose [FILE ...]`."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path

from tests.prose.command import ROOT
from tests.prose.fences import fences
from tests.prose.page import Page


def documents() -> list[Path]:
    """The README, how to contribute, and all pages of the documentation."""
    pages = (page for page in ROOT.glob("docs/**/*.md") if "_build" not in page.parts)
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(pages)]


def blocks_run(path: Path) -> tuple[int, bool]:
    """Run a document up to its first block that fails: how many blocks held, and whether none failed."""
    held = 0
    try:
        for _ in Page(path).run():
            held += 1
    except Exception:  # noqa: BLE001 - whatever a block raises is its failure
        traceback.print_exc()
        return held, False
    return held, True


def main(arguments: list[str]) -> int:
    """Print a line for each document and one for all; 0 only if every block that was found has run."""
    run = found = failures = 0
    for path in [Path(argument).resolve() for argument in arguments] or documents():
        there = len(list(fences(path.read_text(encoding="utf-8"))))
        held, well = blocks_run(path)
        print(f"{path.relative_to(ROOT)}: {held} of {there}", flush=True)
        run, found, failures = run + held, found + there, failures + (not well or held != there)
    print(f"blocks run = {run}, blocks found = {found}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
