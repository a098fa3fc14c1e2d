"""Instructions where the kernel has no counter for us: counted by cachegrind, a tool of valgrind's.

Theory of operation. A row is measured as always. Then, for each subject of each of its comparisons, cachegrind runs the
row once more, in a process where `compare` has that subject alone do its work, so many times, and ends. That is done
twice, with more calls the second time: what the second executes beyond the first is the cost of the further calls;
whatever it takes to get that far is in both. A contender's process is counted along, a server's is not. Instructions
of the kernel are not seen; those of user space are the same from run to run to a thousandth, however busy the machine.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from itertools import count

from attrs import evolve, field, frozen

from benchmarks.compare import WAY, Calls, Costs, Subjects, in_rounds
from benchmarks.cost import Cost

CACHEGRIND = ("valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null")
SERVERS = ("benchmarks.loopback", "benchmarks.bulk", "benchmarks.delaying")
CHILDREN = ("--trace-children=yes", f"--trace-children-skip-by-arg={','.join(SERVERS)}")
EXECUTED = re.compile(r"I\s+refs:\s+([\d,]+)")
ENOUGH = 0.1
"""Seconds of CPU that the further calls take without cachegrind, where they take a fiftieth of the time."""
FEWEST = 1000
"""Calls in the first of both runs: by then all that is remembered is known, of a thousand ids as well."""


class Uncounted(RuntimeError):
    """Cachegrind is not there, or what it ran failed; its own words stand on standard error."""


@contextmanager
def counting(rows: str) -> Generator[None]:
    """Have the comparisons of a row's module count instructions as well."""
    before = WAY.set(Counting(rows))
    try:
        yield
    finally:
        WAY.reset(before)


@frozen
class Counting:
    """Measures a comparison in rounds, and then counts what a call of each subject executes."""

    rows: str
    numbers: count[int] = field(factory=count, init=False)

    def __call__(self, subjects: Subjects, rounds: int, calls: Calls) -> Costs:
        """Do both."""
        number, costs = next(self.numbers), in_rounds(subjects, rounds, calls)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            counts = pool.map(partial(self._count, number), costs, costs.values())
        return {
            name: tuple(evolve(cost, instructions=executed) for cost in costs[name])
            for name, executed in zip(costs, counts, strict=True)
        }

    def _count(self, number: int, name: str, costs: tuple[Cost, ...]) -> float:
        further = max(200, round(ENOUGH / min(cost.cpu for cost in costs)))
        fewer, more = (executed(self.rows, number, name, calls) for calls in (FEWEST, FEWEST + further))
        return (more - fewer) / further


def executed(rows: str, number: int, name: str, calls: int) -> int:
    """Tell the instructions of a process in which a subject of a row's comparison makes so many calls."""
    spelled = [*CACHEGRIND, *CHILDREN, sys.executable, "-m", __name__, rows, str(number), name, str(calls)]
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    try:
        done = subprocess.run(spelled, capture_output=True, text=True, check=True, env=environment)
    except FileNotFoundError:
        raise Uncounted("there is no valgrind here: install it, or count nothing") from None
    except subprocess.CalledProcessError as error:
        raise Uncounted(f"{name} failed under cachegrind: {error.stderr[-2000:]}") from None
    return sum(int(found.replace(",", "")) for found in EXECUTED.findall(done.stderr))


@frozen
class Alone:
    """Has one subject of one comparison make so many calls, and ends the process; other comparisons measure nothing."""

    number: int
    name: str
    calls: int
    numbers: count[int] = field(factory=count, init=False)

    def __call__(self, subjects: Subjects, rounds: int, calls: Calls) -> Costs:
        """Run it, if this is its comparison."""
        _ = rounds, calls
        if next(self.numbers) == self.number:
            _ = subjects[self.name].run(self.calls)
            sys.exit()
        return dict.fromkeys(subjects, (Cost(1.0, 1.0, 1.0),) * 2)


def main(rows: str, number: str, name: str, calls: str) -> None:
    """Run one subject of a row."""
    _ = WAY.set(Alone(int(number), name, int(calls)))
    import_module(rows).measure()


if __name__ == "__main__":
    main(*sys.argv[1:])
