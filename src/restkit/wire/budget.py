"""The time that connecting may take altogether: looking up a name, and trying all its addresses."""

from __future__ import annotations

import math
from typing import Any

import httpx

from restkit.errors import ClientClosed
from restkit.flow.deadline import MomentPassed
from restkit.flow.promise import Promise
from restkit.wire.bound import CLOCK, Bound


class Budget:
    """What is left of a timeout for several steps, within their call's limit."""

    __slots__ = ("_bound", "_until")

    def __init__(self, bound: Bound) -> None:
        seconds = bound.seconds()
        self._bound = bound
        self._until = math.inf if seconds is None else CLOCK.now() + seconds

    @property
    def stop(self) -> Promise[Any] | None:
        """What calls the call off."""
        return self._bound.limit.stop

    def left(self) -> float | None:
        """Seconds for what is still to be done; None for any time. Raises what `over` makes when there are none."""
        _ = self._bound.seconds()  # raises, if the call is over before its timeout
        left = self._until - CLOCK.now()
        if left <= 0.0 or self._bound.is_called_off:
            raise self.over()
        return None if left == math.inf else left

    def over(self) -> httpx.ConnectTimeout | ClientClosed | MomentPassed:
        """The error for a budget that is used up, or a call that is over."""
        if self._bound.is_over:
            return self._bound.over()
        return httpx.ConnectTimeout("no connection was made in time")
