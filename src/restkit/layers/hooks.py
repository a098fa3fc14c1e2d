"""Hooks: the user's functions before and after the layers below, with httpx's signatures."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import httpx

from restkit.flow import Ask, Flow
from restkit.pipeline import Proceed

Before = Callable[[httpx.Request], Awaitable[None] | None]
After = Callable[[httpx.Response], Awaitable[None] | None]


class Hooks:
    """Call `before(request)` and `after(response)`; they may change what they are given, and raise.

    Plain functions work in both worlds; asynchronous ones need an awaiting client.
    """

    __slots__ = ("_after", "_before")

    def __init__(self, before: Sequence[Before] = (), after: Sequence[After] = ()) -> None:
        self._before, self._after = tuple(before), tuple(after)

    def __call__(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Ask each hook in its turn."""
        for before in self._before:
            yield from Ask.of(before, request)
        response = yield from proceed(request)
        for after in self._after:
            yield from Ask.of(after, response)
        return response
