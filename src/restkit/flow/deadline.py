"""Deadlines are moments of the world's clock, not durations: whoever waits asks how much is left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import httpx
from typing_extensions import override

if TYPE_CHECKING:
    from restkit.flow.clock import Clock
    from restkit.flow.promise import Promise
    from restkit.flow.world import World

KEY = "restkit.limit"
"""Where a request's extensions hold its `Limit`."""

EARLY = 0.001
"""Seconds by which a timer may fire before its moment."""

KINDS = ("connect", "read", "write", "pool")
"""The steps that httpx's timeouts bound."""


class Limit:
    """How long a request may still take: for a transport that asks before each socket operation."""

    __slots__ = ("clock", "stop", "until")
    until: float | None
    clock: Clock
    stop: Promise[Any] | None

    def __init__(self, until: float | None, clock: Clock, stop: Promise[Any] | None) -> None:
        self.until, self.clock, self.stop = until, clock, stop

    def seconds(self) -> float | None:
        """Seconds until the moment, 0 when it has passed; None for no moment."""
        return None if self.until is None else max(0.0, self.until - self.clock.now())

    def left(self) -> float | None:
        """Seconds that are left, 0 once the run was called off; None for no limit."""
        if self.stop is not None and self.stop.is_kept:
            return 0.0
        return self.seconds()


class MomentPassed(httpx.ReadTimeout):
    """The moment `until` which a request had to be over has passed: the same in both worlds."""

    until: float

    def __init__(self, message: str, until: float, *, request: httpx.Request | None = None) -> None:
        super().__init__(message, request=request)
        self.until = until

    @override
    def __reduce__(self) -> tuple[Any, ...]:
        return MomentPassed, (str(self), self.until)


def late(request: httpx.Request, until: float | None) -> MomentPassed:
    """The error for a moment that has passed."""
    return MomentPassed("the moment this had to be over by has passed", until or 0.0, request=request)


def is_late(error: httpx.RequestError, until: float | None, clock: Clock) -> bool:
    """Whether a transport's error is that of this moment, whichever step it hit.

    A timeout is, and what breaks afterwards: it should have been over.
    """
    if until is None or not isinstance(error, httpx.TransportError) or isinstance(error, MomentPassed):
        return False
    return clock.now() >= (until - EARLY if isinstance(error, httpx.TimeoutException) else until)


def bind(request: httpx.Request, until: float | None, world: World) -> None:
    """Tell the transport how long this request may take, and clamp its timeouts to that, unless it looks itself.

    Raises httpx.ReadTimeout when nothing is left.
    """
    request.extensions[KEY] = Limit(until, world.clock, world.stop)
    if until is None:
        return
    left = until - world.clock.now()
    if left <= 0:
        raise late(request, until)
    if not world.obeys_limit:
        clamp(request, left)


def clamp(request: httpx.Request, left: float) -> None:
    """Have none of a request's timeouts outlast what is left."""
    timeouts: Mapping[str, float | None] = request.extensions.get("timeout", {})
    for kind in KINDS:
        limit = timeouts.get(kind)
        if limit is None or limit > left:
            request.extensions["timeout"] = {each: clamped(timeouts.get(each), left) for each in KINDS}
            return


def clamped(limit: float | None, left: float) -> float:
    """A timeout that does not outlast what is left."""
    return left if limit is None else min(limit, left)
