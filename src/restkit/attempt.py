"""What is remembered of each time a request went out."""

from __future__ import annotations

from typing import NamedTuple

KEY = "restkit.attempt"
"""Where the extensions of a request that was sent, and of its response, hold their `Attempt`."""
WIRE = "restkit.wire"
"""Where they hold what the wire knows of it, over restkit's own transport."""
WAITED = "restkit.waited"
"""Where those of a further attempt's request hold the seconds that were waited before it."""
STOPPED = "restkit.stopped"
"""Where those of an answer say why its request was not sent again."""
LIBRARIES = frozenset({"httpx", "httpx2"})
"""Whose errors users know besides ours."""
HEDGE = "restkit.hedge"
"""Where those of a hedge's request say that it is one."""


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
    bytes_sent: int | None = None
    """Bytes of the request that were written: 0 if the server can have seen nothing of it, None if nobody knows."""
    reused: bool = False
    """Whether it went over a connection that an earlier request had opened."""
    waited: float = 0.0
    """Seconds that were waited before it."""
    retry_after: float | None = None
    """Seconds that its answer asked us to wait."""
    hedge: bool = False
    """Whether it was sent beside another one, which was slow."""


def name_of(error: BaseException) -> str:
    """What an error is called where it is remembered: by the first of its classes that users know."""
    for kind in type(error).__mro__:
        if kind.__module__ == "restkit.errors" or kind.__module__.partition(".")[0] in LIBRARIES:
            return kind.__name__
    return type(error).__name__
