"""What is remembered of each time a request went out."""

from __future__ import annotations

from typing import NamedTuple


class Attempt(NamedTuple):
    """One send of a call: found as `error.attempts` and `response.attempts`, the first attempt first."""

    number: int
    """1 for the first."""
    status: int | None = None
    """The status that came back, or None if none did."""
    error: str | None = None
    """The name of the error that came instead."""
    started: float = 0.0
    """Seconds after the call began."""
    elapsed: float = 0.0
    """Seconds that it took, body included unless that was streamed."""
