"""What became of a campaign, and why it failed if it did."""

from __future__ import annotations

from attrs import asdict, frozen

from tests.campaign.figure import Line
from tests.campaign.table import Campaign


@frozen(kw_only=True)
class Part:
    """One process of a campaign: the figures it meant to run, those it ran, and its exit status.

    The status is `None` when it was ended for being late.
    """

    names: tuple[str, ...]
    lines: tuple[Line, ...]
    status: int | None
    httpx2: bool

    @property
    def name(self) -> str:
        """Which library the part ran on."""
        return "httpx2" if self.httpx2 else "httpx"

    @property
    def faults(self) -> tuple[str, ...]:
        """Say what is wrong with this part: a figure missed, cut short or never reported, a process that died."""
        reported = {line.name for line in self.lines}
        return (
            *(fault for line in self.lines for fault in line.faults),
            *(f"{name}: never reported on {self.name}" for name in self.names if name not in reported),
            *((f"its {self.name} process ended with status {self.status}",) if self.status else ()),
        )


@frozen(kw_only=True)
class Outcome:
    """A campaign that has run: its parts, its seconds, and every reason to fail it."""

    campaign: Campaign
    parts: tuple[Part, ...]
    seconds: float

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every figure that was reported, in the order it was."""
        return tuple(line for part in self.parts for line in part.lines)

    @property
    def faults(self) -> tuple[str, ...]:
        """Every reason to fail: what is wrong with its parts, nothing done at all, the budget exceeded."""
        return (
            *(fault for part in self.parts for fault in part.faults),
            *(() if self.lines else ("it has no figures, or reported none",)),
            *(() if self.in_time else (f"it took {self.seconds:.1f} s of {self.campaign.budget:g} s",)),
        )

    @property
    def in_time(self) -> bool:
        """Whether every part came to its own end within the budget."""
        return self.seconds <= self.campaign.budget and all(part.status is not None for part in self.parts)

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults

    def summary(self) -> str:
        """Print the last line of a campaign, with its reasons to fail."""
        verdict = "ok" if self.ok else "FAILED: " + "; ".join(self.faults)
        return f"campaign {self.campaign.name}  {self.seconds:.1f} s of {self.campaign.budget:g} s  {verdict}"

    def record(self) -> dict[str, object]:
        """Spell it as JSON can carry it."""
        return {
            "name": self.campaign.name,
            "budget": self.campaign.budget,
            "seconds": round(self.seconds, 3),
            "ok": self.ok,
            "faults": list(self.faults),
            "figures": [asdict(line) for line in self.lines],
        }
