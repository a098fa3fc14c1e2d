"""Every line marked `# error` in wrong*.py is refused by mypy and by pyright, and no other line is.

Run as `python -m tests.typing.refused`, by the session `typing`.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PYRIGHT = Path(__file__).with_name("wrong.pyright.json")
MARK = re.compile(r"#\s*error\b")
Line = tuple[str, int]


def marked(paths: list[Path]) -> set[Line]:
    """The lines that must be refused."""
    return {
        (path.name, number)
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if MARK.search(line)
    }


def answer_of(*command: str) -> str:
    """What a checker printed; its status says only that it found errors, as it should."""
    done = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True, check=False)
    print(done.stderr, end="", file=sys.stderr)
    return done.stdout


def refused_by_mypy(paths: list[Path]) -> Iterator[Line]:
    """The lines with an error of mypy."""
    for line in answer_of("mypy", "--output=json", *map(str, paths)).splitlines():
        if line.startswith("{"):
            found: dict[str, Any] = json.loads(line)
            if found["severity"] == "error":
                yield Path(found["file"]).name, found["line"]


def refused_by_pyright() -> Iterator[Line]:
    """The lines with an error of pyright."""
    report: dict[str, Any] = json.loads(answer_of("pyright", "--outputjson", "-p", str(PYRIGHT)))
    for found in report["generalDiagnostics"]:
        if found["severity"] == "error":
            yield Path(found["file"]).name, found["range"]["start"]["line"] + 1


def differences(wanted: set[Line], refused: set[Line]) -> Iterator[str]:
    """A sentence for each line that is accepted and should not be, or refused and should not be."""
    for name, number in sorted(wanted - refused):
        yield f"{name}:{number} is marked as an error and accepted"
    for name, number in sorted(refused - wanted):
        yield f"{name}:{number} is refused and not marked as an error"


def main() -> int:
    """Print a line for each checker and difference; 0 only if there is none and something to refuse."""
    paths = sorted(Path(__file__).parent.glob("wrong*.py"))
    wanted = marked(paths)
    failures = 0 if wanted else 1
    for checker, refused in {"mypy": refused_by_mypy(paths), "pyright": refused_by_pyright()}.items():
        found = list(differences(wanted, set(refused)))
        print(f"{checker}: lines to refuse = {len(wanted)}, differences = {len(found)}")
        for difference in found:
            print(f"  {checker}: {difference}")
        failures += len(found)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
