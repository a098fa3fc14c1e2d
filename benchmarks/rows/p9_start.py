"""P9: what importing costs, and a whole process from its start to its first typed answer.

Whole processes are measured by the CPU the kernel has charged to them. An import is what such a process costs more than
one that imports nothing.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from attrs import field, frozen

from benchmarks.compare import compare
from benchmarks.contenders.table import CONTENDERS
from benchmarks.cost import Cost, Meter
from benchmarks.figures import Reading
from benchmarks.loopback import loopback

FIRST_ANSWER = Path(__file__).parent.parent / "first_answer"
ALIAS = "import httpx2; httpx2.alias_httpx(); "

IMPORTS = {
    "httpx": "import httpx",
    "import restkit": "import restkit",
    "from restkit import Client": "from restkit import Client",
    "httpx2": "import httpx2",
    "restkit on httpx2": ALIAS + "from restkit import Client",
    "openai": "import openai",
    "clientele": "from clientele import api",
    "api-client": "import apiclient",
}


@frozen
class Process:
    """A Python process that is run to its end."""

    arguments: tuple[str, ...]
    meter: Meter = field(factory=Meter)

    def run(self, calls: int) -> Cost:
        """Run it so many times, one after the other."""
        costs = [self.once() for _ in range(calls)]
        counted = [cost.instructions for cost in costs if cost.instructions is not None]
        return Cost(sum(cost.cpu for cost in costs), sum(counted) if counted else None)

    def once(self) -> Cost:
        """Run it and read what the kernel charged it; instructions count what starting it took here as well."""
        charges: list[float] = []
        counted = self.meter.measure(lambda: charges.append(charge(self.arguments)))
        return Cost(charges[0], counted.instructions)


def charge(arguments: tuple[str, ...]) -> float:
    """Run Python to its end and tell the seconds of CPU the kernel charged it."""
    child = os.posix_spawn(sys.executable, (sys.executable, *arguments), os.environ)
    _, status, usage = os.wait4(child, 0)
    if status:
        raise ChildProcessError(f"{arguments} ended with {os.waitstatus_to_exitcode(status)}")
    return usage.ru_utime + usage.ru_stime


def measure() -> tuple[Reading, ...]:
    """Measure both imports, then the first answer."""
    return (*imports(), first_answer())


def imports() -> tuple[Reading, ...]:
    """Import everyone who is here, each in a process that does nothing else."""
    absent = {contender.name for contender in CONTENDERS if not contender.here}
    processes = {name: Process(("-c", statement)) for name, statement in IMPORTS.items() if name not in absent}
    compared = compare({"nothing": Process(("-c", "pass")), **processes}, base="httpx", rounds=15, calls=1)
    less = compared.less("nothing")
    return tuple(less.reading(name, name) for name in ("import restkit", "from restkit import Client"))


def first_answer() -> Reading:
    """Start everyone who is here, fetch one typed user, and end."""
    with loopback() as address:
        processes = {
            contender.name: Process(first(contender.module, address, httpx2=contender.httpx2))
            for contender in CONTENDERS
            if contender.here
        }
        return compare(processes, base="httpx", rounds=9, calls=1).reading("first typed answer")


def first(module: str, address: str, *, httpx2: bool) -> tuple[str, ...]:
    """Spell a process that fetches one user: a program of its own for each library, as one would write it."""
    program = str(FIRST_ANSWER / f"{module.rpartition('.')[2]}.py")
    return ("-m", "benchmarks.aliased", program, address) if httpx2 else (program, address)
