"""The commands of a `console` block: performed by CI itself, or run here."""

from __future__ import annotations

import functools
import json
import shlex
import subprocess
import sys
from importlib import metadata
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

ROOT = Path(__file__).parents[2]
DISTRIBUTION = "restkit-httpx"
SECONDS = 120
STARTED_BY_CI = frozenset({".ci/run", "python3 -m venv .venv", ".venv/bin/pip install nox"})


class CommandError(AssertionError):
    """A command of the prose that a reader could not use."""


def commands(source: str) -> list[str]:
    """What stands after `$`, a line that ends in a backslash joined with the next; all else is output."""
    joined = source.replace("\\\n", " ")
    found = [line.removeprefix("$ ") for line in joined.splitlines() if line.startswith("$ ")]
    if not found:
        raise CommandError("a console block without a line that begins with `$ `")
    return found


def check(command: str) -> None:
    """Run each step of a command that CI does not perform itself."""
    for step in command.split(" && "):
        if not performed_by_ci(step.strip()):
            run(step)


def performed_by_ci(step: str) -> bool:
    """Whether another gate does this very thing: a nox session, or installing the distribution."""
    match shlex.split(step):
        case ["nox" | ".venv/bin/nox", "-s", *names]:
            return all(is_session(name) for name in names_before_arguments(names))
        case ["pip", "install", requirement] | [_, "-m", "pip", "install", requirement]:
            return step in STARTED_BY_CI or is_ours(requirement)
        case _:
            return step in STARTED_BY_CI


def names_before_arguments(words: list[str]) -> list[str]:
    """The words before `--`."""
    return words[: words.index("--")] if "--" in words else words


def is_session(name: str) -> bool:
    """Whether the noxfile has this session."""
    if name not in sessions():
        raise CommandError(f"nox has no session {name}")
    return True


@functools.cache
def sessions() -> frozenset[str]:
    """The sessions of the noxfile: `tests` as well as `tests-3.11`."""
    listing = [sys.executable, "-m", "nox", "--list", "--json"]
    done = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True)
    return frozenset(row[key] for row in json.loads(done.stdout) for key in ("name", "session"))


def is_ours(requirement: str) -> bool:
    """Whether this installs our distribution, with extras that it has; another name is never installed from here."""
    try:
        asked = Requirement(requirement)
    except InvalidRequirement as invalid:
        raise CommandError(f"cannot install {requirement}: {invalid}") from invalid
    if asked.name != DISTRIBUTION:
        raise CommandError(f"the distribution is {DISTRIBUTION}, not {asked.name}")
    unknown = asked.extras - set(metadata.metadata(DISTRIBUTION).get_all("Provides-Extra", []))
    if unknown:
        raise CommandError(f"{DISTRIBUTION} has no extra {', '.join(sorted(unknown))}")
    return True


def run(command: str) -> None:
    """Run a command at the root of the project; it must succeed."""
    done = subprocess.run(  # noqa: S602 - a reader types it into a shell too
        command,
        cwd=ROOT,
        shell=True,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    if done.returncode:
        raise CommandError(f"`{command}` ended with {done.returncode}\n{done.stdout}{done.stderr}")
