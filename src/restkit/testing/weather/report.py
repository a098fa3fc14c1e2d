"""What came of a simulation: everything that happened, and which promises were broken."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal, TypeAlias

from attrs import field, frozen
from typing_extensions import override

from restkit.testing.ledger import Ledger
from restkit.testing.weather.record import Event, Made, Sent

Engine = Literal["simulation", "asyncio", "trio"]
SHOWN = 30
"""Lines of the trace that a failure shows."""
Check: TypeAlias = "Callable[[Report], Iterable[Broken]]"
"""Looks at what happened, and answers which promises were broken."""


@frozen
class Broken:
    """A promise that was broken."""

    what: str
    call: int = 0
    """The number of the call that it is about; 0 for none."""


@frozen(kw_only=True)
class Report:
    """What came of a simulation."""

    seed: int
    engine: Engine
    calls: list[Made]
    sends: list[Sent]
    ledger: Ledger
    trace: list[Event]
    """What happened, in this order: for the same seed the same."""
    left_open: int
    """Answers that were neither read to their end nor closed."""
    deadline: float | None
    """Seconds for each call."""
    before: dict[str, object]
    """What the gauges showed before the first call."""
    after: dict[str, object]
    """What they showed when all calls were over."""
    broken: tuple[Broken, ...] = field(default=())
    """Promises that were broken."""

    @property
    def ok(self) -> bool:
        """Whether every promise was kept."""
        return not self.broken

    def check(self) -> None:
        """Raise AssertionError if a promise was broken, telling the seed and what happened."""
        if self.broken:
            raise AssertionError(str(self))

    @property
    def succeeded(self) -> int:
        """Calls that said that what was asked for is done."""
        return sum(each.succeeded for each in self.calls)

    @property
    def cancelled(self) -> int:
        """Calls that were cancelled before they were over."""
        return sum(each.is_cancelled for each in self.calls)

    def about(self, call: int) -> list[Event]:
        """What happened to a call; to all of them for 0."""
        return [each for each in self.trace if call in (0, each.call)]

    @override
    def __str__(self) -> str:
        what = f"seed {self.seed} on {self.engine}: {len(self.calls)} calls, {len(self.sends)} sends"
        if not self.broken:
            return f"{what}, no promise broken"
        first = self.broken[0]
        lines = [str(each) for each in self.about(first.call)]
        more = [f"... and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
        said = [each.what for each in self.broken[:SHOWN]]
        return "\n".join(
            [f"{what}, {len(self.broken)} promises broken", *said, "what happened:", *lines[:SHOWN], *more]
        )
