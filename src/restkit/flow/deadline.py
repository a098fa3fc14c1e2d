"""Deadlines are moments of the world's clock, not durations: whoever waits asks how much is left."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from restkit.flow.promise import Promise
    from restkit.flow.world import World

LONGEST = 1e8
"""Seconds: where there is no limit, sockets still want a number."""

KINDS = ("connect", "read", "write", "pool")


class Bound(float):
    """A timeout in seconds that also knows the moment it must not pass.

    Any transport sees a float; one that knows better asks `left()` before each socket operation.
    """

    __slots__ = ("now", "stop", "until")
    until: float
    now: Callable[[], float]
    stop: Promise[Any] | None

    def left(self) -> float:
        """Seconds that the next socket operation may take."""
        if self.stop is not None and self.stop.is_kept:
            return 0.0
        return min(float(self), self.until - self.now())


def late(request: httpx.Request) -> httpx.ReadTimeout:
    """The error for a moment that has passed, the same in both worlds."""
    return httpx.ReadTimeout("the moment this call had to be over by has passed", request=request)


def bind(request: httpx.Request, until: float | None, world: World) -> None:
    """Clamp the request's four timeouts to what is left until then.

    Raises httpx.ReadTimeout when nothing is left.
    """
    now = world.clock.now()
    moment = float("inf") if until is None else until
    if moment <= now:
        raise late(request)
    timeouts: Mapping[str, float | None] = request.extensions.get("timeout", {})
    bounds: dict[float | None, Bound] = {}
    for kind in KINDS:
        limit = timeouts.get(kind)
        if limit not in bounds:
            bound = bounds[limit] = Bound(min(LONGEST if limit is None else limit, moment - now))
            bound.until, bound.now, bound.stop = moment, world.clock.now, world.stop
    request.extensions = {**request.extensions, "timeout": {kind: bounds[timeouts.get(kind)] for kind in KINDS}}
