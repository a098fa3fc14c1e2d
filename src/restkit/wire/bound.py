"""A timeout that knows how long its whole call may still take."""

from __future__ import annotations

import math

from restkit.errors import ClientClosed
from restkit.flow.deadline import Limit, MomentPassed


class Bound(float):
    """A timeout in seconds, infinite for none, which carries its call's `Limit` down to the socket."""

    __slots__ = ("limit",)
    limit: Limit

    @property
    def is_over(self) -> bool:
        """Whether nothing is left, or the call was called off."""
        return self.limit.left() == 0.0

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


def bound(seconds: float | None, limit: Limit) -> Bound:
    """A timeout of httpx, where None is none, with its call's limit."""
    made = Bound(math.inf if seconds is None else seconds)
    made.limit = limit
    return made
