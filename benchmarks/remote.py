"""Contenders as subjects: each in a process of its own, so that none pays for what another imports."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Generator, Iterable, Mapping
from contextlib import ExitStack, contextmanager

from attrs import field, frozen

from benchmarks.compare import Subject
from benchmarks.contenders.table import Contender
from benchmarks.cost import Cost


class Died(RuntimeError):
    """A contender's process ended before it answered; its own words stand on standard error."""


@frozen
class Remote:
    """A contender's process, started when it is first asked for a block of calls."""

    name: str
    command: list[str]
    until: ExitStack
    started: list[subprocess.Popen[str]] = field(factory=list[subprocess.Popen[str]], init=False)

    def run(self, calls: int) -> Cost:
        """Have it make so many calls."""
        process = self.started[0] if self.started else self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            _ = process.stdin.write(f"{calls}\n")
            process.stdin.flush()
            return Cost(*json.loads(process.stdout.readline()))
        except (OSError, ValueError) as error:
            raise Died(f"{self.name} did not answer") from error

    def _start(self) -> subprocess.Popen[str]:
        process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.started.append(self.until.enter_context(process))
        return process


def command(tool: str, contender: Contender, *arguments: str) -> list[str]:
    """Spell how one of this package's tools is run for a contender, under the alias if it wants it."""
    alias = ("benchmarks.aliased",) if contender.httpx2 else ()
    return [sys.executable, "-m", *alias, f"benchmarks.{tool}", contender.module, *arguments]


def told(tool: str, contender: Contender, *arguments: str) -> dict[str, float]:
    """Run one of this package's tools to its end for a contender and read the numbers it tells.

    Only the numbers matter: the threads of pyreqwest may abort a process that ends, after it has told them.
    """
    spelled = command(tool, contender, *arguments)
    try:
        numbers: dict[str, float] = json.loads(subprocess.run(spelled, stdout=subprocess.PIPE, check=False).stdout)
    except ValueError as error:
        raise Died(f"{contender.name} did not tell what it took") from error
    return numbers


@contextmanager
def remotes(  # noqa: PLR0913 - all but two are said by name
    contenders: Iterable[Contender],
    function: str,
    *,
    but: Mapping[str, str] | None = None,
    address: str = "null",
    ids: int = 1,
    tasks: int = 1,
) -> Generator[dict[str, Subject]]:
    """Contenders at one function, `but` some by name at another, each on so many ids and in so many tasks."""
    with ExitStack() as stack:
        subjects: dict[str, Subject] = {}
        for each in contenders:
            at = (but or {}).get(each.name, function)
            spelled = command("worker", each, at, address, str(ids), str(tasks))
            subjects[each.name] = Remote(each.name, spelled, stack)
        yield subjects
