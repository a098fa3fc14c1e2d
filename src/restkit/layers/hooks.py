"""Hooks: the user's functions before and after the layers below, with httpx's signatures."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import httpx

from restkit.context import Context
from restkit.flow import Ask, Clock, Flow
from restkit.flow.deadline import Limit
from restkit.flow.nesting import check_depth, hooked
from restkit.pipeline import Proceed

Before = Callable[[httpx.Request], Awaitable[None] | None]
After = Callable[[httpx.Response], Awaitable[None] | None]


class Hooks:
    """Call `before(request)` and `after(response)`; they may change what they are given, and raise.

    Plain functions work in both worlds; asynchronous ones need an awaiting client, and are cut by the call's deadline.
    A hook may make calls itself, whose hooks may make calls, eight deep: then InputError is raised.
    """

    __slots__ = ("_after", "_before", "_clock")

    def __init__(self, before: Sequence[Before] = (), after: Sequence[After] = (), clock: Clock | None = None) -> None:
        self._before, self._after, self._clock = tuple(before), tuple(after), clock or Clock()

    def __call__(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Ask each hook in its turn."""
        check_depth()
        for before in self._before:
            yield from self._ask(before, request, request)
        response = yield from proceed(request)
        for after in self._after:
            yield from self._ask(after, response, request)
        return response

    def _ask(self, hook: Callable[..., Awaitable[None] | None], value: object, request: httpx.Request) -> Ask[None]:
        return hooked(hook, value, request, Limit(Context.of(request).deadline, self._clock, None))
