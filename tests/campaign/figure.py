"""A figure: what is wanted, how much is tried for it, and what came out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from attrs import asdict, frozen


@frozen(kw_only=True)
class Amounts:
    """How much of the world is tried: seeds of chance, cells of a table, calls made in all."""

    seeds: int = 0
    cells: int = 0
    calls: int = 0

    def quarter(self) -> Amounts:
        """The share that runs under httpx2: a quarter of the cells (of the seeds, where there are no cells)."""
        if self.cells:
            return Amounts(seeds=self.seeds, cells=_quarter(self.cells), calls=_quarter(self.calls))
        return Amounts(seeds=_quarter(self.seeds), calls=_quarter(self.calls))

    def short_of(self, asked: Amounts) -> tuple[str, ...]:
        """Name what was done less often than asked."""
        done, wanted = asdict(self), asdict(asked)
        return tuple(f"{done[kind]} of {count} {kind}" for kind, count in wanted.items() if done[kind] < count)

    def beside(self, asked: Amounts) -> str:
        """Spell what was done beside what was asked: `seeds=3/3 cells=8/8 calls=24/24`."""
        done, wanted = asdict(self), asdict(asked)
        return " ".join(f"{kind}={done[kind]}/{wanted[kind]}" for kind in wanted)


def _quarter(count: int) -> int:
    return -(-count // 4)


@frozen(kw_only=True)
class Measured:
    """What a run found: the value as it is printed, whether it is good enough, and how much was really done."""

    value: str
    ok: bool
    done: Amounts


Run: TypeAlias = Callable[[Amounts], Measured]


@frozen(kw_only=True)
class Figure:
    """One row of a campaign's table.

    `run` is handed how much is asked for and answers what it really did. With `httpx2` it runs a second time where
    `import httpx` means httpx2, asked for a quarter.
    """

    name: str
    wanted: str
    run: Run
    asked: Amounts
    httpx2: bool = False
    beside: bool = False
    """Whether it mostly waits: then it runs beside the others, from the beginning on."""


@frozen(kw_only=True)
class Line:
    """A figure that has run: the line that is printed, and a record of the report."""

    name: str
    wanted: str
    measured: str
    ok: bool
    seconds: float
    asked: Amounts
    done: Amounts
    httpx2: bool

    def __str__(self) -> str:
        """Print `name wanted measured ok seconds`, then what was done beside what was asked."""
        under = " httpx2" if self.httpx2 else ""
        verdict = "ok" if self.ok else "MISSED"
        return (
            f"{self.name}{under}  wanted: {self.wanted}  measured: {self.measured}  {verdict}  {self.seconds:.2f} s"
            f"  {self.done.beside(self.asked)}"
        )

    @property
    def faults(self) -> tuple[str, ...]:
        """Say what is wrong with this figure: missed, or done less often than asked."""
        missed = () if self.ok else (f"{self.name}: wanted {self.wanted}, measured {self.measured}",)
        return missed + tuple(f"{self.name}: only {short}" for short in self.done.short_of(self.asked))
