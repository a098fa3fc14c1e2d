"""Hooks: the user's functions before and after the layers below, with httpx's signatures."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import httpx

from restkit.context import KEY, Context
from restkit.flow import Clock, Flow
from restkit.flow.nesting import check_depth, finished, told
from restkit.pipeline import Proceed
from restkit.policies.checked import callables, clock_or_real

Before = Callable[[httpx.Request], Awaitable[None] | None]
After = Callable[[httpx.Response], Awaitable[None] | None]


class Hooks:
    """Call `before(request)` and `after(response)`; they may change what they are given, and raise.

    Plain functions work in both worlds; asynchronous ones need an awaiting client, and are cut by the call's deadline.
    A hook may make calls itself, whose hooks may make calls, eight deep: then InputError is raised.
    Raises ConfigError for what is no list of functions.
    """

    __slots__ = ("_after", "_before", "_clock")

    def __init__(self, before: Sequence[Before] = (), after: Sequence[After] = (), clock: Clock | None = None) -> None:
        self._before: tuple[Before, ...] = callables("before", before)
        self._after: tuple[After, ...] = callables("after", after)
        self._clock = clock_or_real("clock", clock)

    def __call__(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Ask each hook in its turn."""
        check_depth()
        context: Context = request.extensions.get(KEY) or Context.of(request)
        until, clock = context.deadline, self._clock
        for before in self._before:
            begun = told(before, request)
            if begun is not None or is_over(until, clock):
                yield from finished(before, begun, request, until, clock)
        response = yield from proceed(request)
        for after in self._after:
            begun = told(after, response)
            if begun is not None or is_over(until, clock):
                yield from finished(after, begun, request, until, clock)
        return response


def is_over(until: float | None, clock: Clock) -> bool:
    """Whether a moment has come."""
    return until is not None and clock.now() >= until
