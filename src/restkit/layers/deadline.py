"""Deadline: the moment by which a whole call must be over."""

from __future__ import annotations

import math

import httpx

from restkit.context import KEY, Context
from restkit.errors import DeadlineExceeded
from restkit.flow import Body, Clock, Flow
from restkit.flow.bounded import bounded
from restkit.flow.deadline import MomentPassed
from restkit.pipeline import Proceed
from restkit.policies.checked import clock_or_real, seconds_or_none


class Deadline:
    """Bound a call, with all its waits and attempts, to `seconds`; None for no bound. The call's own option goes first.

    Raises DeadlineExceeded: before a sleep that would outlast it, and where a wait or an attempt does. The time of
    hooks counts too, though nothing cuts them short: it is noticed when they come back. Raises ConfigError.
    """

    __slots__ = ("_clock", "_seconds")

    def __init__(self, seconds: float | None = 60.0, clock: Clock | None = None) -> None:
        self._seconds, self._clock = seconds_or_none("seconds", seconds), clock_or_real("clock", clock)

    def __call__(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Set the moment, and name it when it has passed."""
        context: Context = request.extensions.get(KEY) or Context.of(request)
        seconds = context.options.get("deadline", self._seconds)
        outer = context.deadline  # of the steps that the call is one of
        if seconds is None and outer is None:
            return proceed(request)
        now = self._clock.now
        until = context.deadline = nearer(now(), seconds, outer)

        def late() -> DeadlineExceeded:
            if until == outer:
                return DeadlineExceeded("not over by the deadline of the steps that it is one of")
            return DeadlineExceeded(f"not over within its deadline of {seconds:g} s")

        whole = bounded(proceed(request), until, now, late, renames=True)
        return with_body(whole, until) if context.streamed else whole


def with_body(flow: Flow[httpx.Response], until: float) -> Flow[httpx.Response]:
    """The same flow, whose answer's body raises DeadlineExceeded when that moment has passed."""

    def named(error: BaseException) -> BaseException:
        if not isinstance(error, MomentPassed) or error.until != until:
            return error
        late = DeadlineExceeded(str(error))
        late.__cause__ = error
        return late

    response = yield from flow
    if not isinstance(response.stream, httpx.ByteStream):
        response.stream = Body(response.stream, named=named)
    return response


def nearer(now: float, seconds: float | None, outer: float | None) -> float:
    """The moment that comes first; there is one."""
    own = math.inf if seconds is None else now + seconds
    return own if outer is None else min(own, outer)
