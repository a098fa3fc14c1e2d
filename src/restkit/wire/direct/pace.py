"""How fast an exchange must go: httpx's timeouts for its steps, within the limit of its call."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Literal, TypeAlias, TypeVar

import httpx

from restkit.errors import ClientClosed
from restkit.flow.deadline import EARLY, Limit, MomentPassed
from restkit.flow.deadline import KEY as LIMIT
from restkit.flow.promise import Promise
from restkit.flow.scope import within
from restkit.wire.bound import FREE, Bound, bound
from restkit.wire.direct.tracing import Trace
from restkit.wire.facts import Tally

T = TypeVar("T")
Step: TypeAlias = Literal["connect", "read", "write", "pool"]
"""What httpx has a timeout for."""
ANY: Mapping[str, float | None] = {}


class Pace:
    """Asked anew before each step how long it may take, as a request's extensions say.

    It carries the exchange's count.
    """

    __slots__ = ("_limit", "_timeouts", "tally", "trace")
    tally: Tally
    trace: Trace | None
    """Told of what happens, if somebody wants to know."""

    def __init__(self, extensions: Mapping[str, Any]) -> None:
        self.trace = extensions.get("trace")
        self._limit: Limit = extensions.get(LIMIT, FREE)
        self._timeouts: Mapping[str, float | None] = extensions.get("timeout", ANY)
        self.tally = Tally()

    @property
    def stop(self) -> Promise[Any] | None:
        """What calls the exchange off."""
        return self._limit.stop

    def seconds(self, step: Step) -> float | None:
        """What a step may take from now on; None for any time. Raises MomentPassed when nothing is left."""
        seconds, until = self._timeouts.get(step), self._limit.until
        if until is None:
            return seconds
        left = until - self._limit.clock.now()
        if left <= 0.0:
            raise self.over()
        return left if seconds is None or left < seconds else seconds

    @property
    def is_over(self) -> bool:
        """Whether the call's moment has passed, or it was called off."""
        left = self._limit.left()
        return left is not None and left <= EARLY

    def over(self) -> ClientClosed | MomentPassed:
        """The error for an exchange that was called off, or whose call's moment has passed."""
        stop = self._limit.stop
        if stop is not None and stop.is_kept:
            return ClientClosed("the client was closed while the call was under way")
        return MomentPassed("the moment this had to be over by has passed", self._limit.until or 0.0)

    def late(self, step: Step) -> Exception:
        """The error for a step that took too long."""
        return self.over() if self.is_over else TOO_LATE[step]("the time for this step is over")

    async def hold(self, act: Callable[[], Awaitable[T]], step: Step | None = None) -> T:
        """Act for as long as a step may take, or the whole call; then raise."""
        seconds = self._limit.seconds() if step is None else self.seconds(step)
        return await within(act, seconds, self._limit.stop, lambda: self.over() if step is None else self.late(step))

    def bound(self, step: Step) -> Bound:
        """The step's timeout, as those who open connections take it."""
        return bound(self._timeouts.get(step), self._limit, self.tally)


TOO_LATE: dict[Step, type[httpx.TimeoutException]] = {
    "connect": httpx.ConnectTimeout,
    "read": httpx.ReadTimeout,
    "write": httpx.WriteTimeout,
    "pool": httpx.PoolTimeout,
}
