"""Deadline: the moment by which a whole call must be over."""

from __future__ import annotations

import builtins

import httpx

from restkit.context import Context
from restkit.errors import DeadlineExceeded
from restkit.flow import Clock, Flow
from restkit.pipeline import Proceed

EARLY = 0.001
"""Seconds by which a timer may fire before its moment."""


class Deadline:
    """Bound a call, with all its waits and attempts, to `seconds`; None for no bound. The call's own option goes first.

    Raises DeadlineExceeded.
    """

    __slots__ = ("_clock", "_seconds")

    def __init__(self, seconds: float | None = 60.0, clock: Clock | None = None) -> None:
        self._seconds, self._clock = seconds, clock or Clock()

    def __call__(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Set the moment, and name it when it has passed."""
        context = Context.of(request)
        seconds = context.options.get("deadline", self._seconds)
        if seconds is None:
            return (yield from proceed(request))
        until = context.deadline = self._clock.now() + seconds
        try:
            return (yield from proceed(request))
        except (httpx.TimeoutException, builtins.TimeoutError) as error:
            if self._clock.now() < until - EARLY:
                raise
            raise DeadlineExceeded(f"not over within its deadline of {seconds:g} s") from error
