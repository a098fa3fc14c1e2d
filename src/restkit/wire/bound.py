"""A timeout that knows how long its whole call may still take, and what the call has sent."""

from __future__ import annotations

import math
from collections.abc import Mapping

from restkit.errors import ClientClosed
from restkit.flow.clock import Clock
from restkit.flow.deadline import EARLY, Limit, MomentPassed
from restkit.wire.facts import Tally

CLOCK = Clock()
"""A network takes real time, whatever clock a test may measure deadlines by."""
FREE = Limit(None, CLOCK, None)
"""The limit of a request that has none."""


class Bound(float):
    """A timeout in seconds, infinite for none, which carries its call's `Limit` and `Tally` down to the socket."""

    __slots__ = ("limit", "tally")
    limit: Limit
    tally: Tally

    @property
    def is_over(self) -> bool:
        """Whether nothing is left, or the call was called off."""
        left = self.limit.left()
        return left is not None and left <= EARLY

    @property
    def is_called_off(self) -> bool:
        """Whether somebody ended the call: it lost its race, or its client was closed."""
        stop = self.limit.stop
        return stop is not None and stop.is_kept

    def seconds(self) -> float | None:
        """What one step may take from now on; None for any time. Raises MomentPassed when nothing is left."""
        until = self.limit.until
        if until is None:
            return None if self == math.inf else self
        left = until - self.limit.clock.now()
        if left <= 0.0:
            raise self.over()
        return min(self, left)

    def over(self) -> ClientClosed | MomentPassed:
        """The error for a step that was called off, or whose call's moment has passed."""
        if self.is_called_off:
            return ClientClosed("the client was closed while the call was under way")
        return MomentPassed("the moment this had to be over by has passed", self.limit.until or 0.0)


def bound(seconds: float | None, limit: Limit = FREE, tally: Tally | None = None) -> Bound:
    """A timeout of httpx, where None is none, with its call's limit and tally."""
    made = Bound(math.inf if seconds is None else seconds)
    made.limit, made.tally = limit, tally or Tally()
    return made


def as_bound(timeout: float | None) -> Bound:
    """A timeout as httpcore passes it: one of ours, or that of somebody who was handed the connection."""
    return timeout if isinstance(timeout, Bound) else bound(timeout)


def under(limit: Limit, timeouts: Mapping[str, float | None], tally: Tally) -> dict[str, float | None]:
    """The timeouts of a request, each with its call's limit; but a pool hands out connections, and asks nobody."""
    of = timeouts.get
    return {
        "connect": bound(of("connect"), limit, tally),
        "read": bound(of("read"), limit, tally),
        "write": bound(of("write"), limit, tally),
        "pool": of("pool"),
    }
