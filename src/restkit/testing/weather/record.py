"""What is written down of a simulation: calls, sends, and a trace of both."""

from __future__ import annotations

from typing import Any, NamedTuple

from attrs import define, field


class Event(NamedTuple):
    """A line of the trace."""

    moment: float
    """Seconds since the simulation began."""
    call: int
    """The number of the call that it is about; 0 for none."""
    what: str

    def __str__(self) -> str:
        """As it is shown."""
        return f"{self.moment:10.3f} s  call {self.call:3}  {self.what}"


@define
class Sent:
    """A request that came to the wire."""

    call: int
    moment: float
    """Seconds since the simulation began."""
    method: str
    path: str
    gauges: dict[str, object]
    """What the gauges showed then."""
    over: float | None = None
    """When it was over: answered, failed or given up."""


@define
class Made:
    """A call, and what came of it."""

    number: int
    method: str
    path: str
    body: bytes
    key: str | None
    starts: float
    ended: float | None = None
    value: Any = None
    """What it answered."""
    error: BaseException | None = None
    """What it raised instead; a cancellation too."""
    is_cancelled: bool = False

    @property
    def succeeded(self) -> bool:
        """Whether it said that what was asked for is done."""
        return self.ended is not None and self.error is None and not self.is_cancelled


@define
class Record:
    """Everything that happened."""

    began: float
    calls: list[Made] = field(factory=list[Made])
    sends: list[Sent] = field(factory=list[Sent])
    trace: list[Event] = field(factory=list[Event])
    before: dict[str, object] = field(factory=dict[str, object])
    """What the gauges showed before the first call."""
    after: dict[str, object] = field(factory=dict[str, object])
    """What they showed when all calls were over."""
