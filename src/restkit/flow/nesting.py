"""Calls within calls: one that a hook makes lies within the call that the hook is of."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import httpx
from typing_extensions import TypeVar, override

from restkit.errors import InputError
from restkit.flow.deadline import Limit
from restkit.flow.effects import Effect, forget, refuse_awaitable
from restkit.flow.send import held

if TYPE_CHECKING:
    from restkit.flow.clock import Clock
    from restkit.flow.world import World

T = TypeVar("T")
DEEPEST = 8
"""How many calls may lie within one."""
_depth: ContextVar[int] = ContextVar("restkit.depth", default=0)


def check_depth() -> None:
    """Raise InputError for a call that lies too deep."""
    if _depth.get() > DEEPEST:
        raise InputError("call", f"is made by a hook of a call, {DEEPEST + 1} deep", "let no hook call itself")


def told(function: Callable[..., T], *values: object) -> T:
    """Call a function of the user within a call."""
    depth = _depth.get()
    _ = _depth.set(depth + 1)
    try:
        return function(*values)
    finally:
        _ = _depth.set(depth)


async def _finished(answer: Awaitable[T]) -> T:
    depth = _depth.get()
    _ = _depth.set(depth + 1)
    try:
        return await answer
    finally:
        _ = _depth.set(depth)


class Told(Effect[None]):
    """Ask a hook of the call of `request`; an asynchronous one until that moment at most."""

    __slots__ = ("clock", "hook", "request", "until", "value")
    hook: Callable[[Any], Any]
    value: object
    request: httpx.Request
    until: float | None
    clock: Clock

    def __init__(
        self, hook: Callable[[Any], Any], value: object, request: httpx.Request, until: float | None, clock: Clock
    ) -> None:
        self.hook, self.value, self.request, self.until, self.clock = hook, value, request, until, clock

    @override
    def block(self, world: World) -> None:
        answer = told(self.hook, self.value)
        if answer is not None:
            refuse_awaitable(self.hook, answer)

    @override
    async def wait(self, world: World) -> None:
        answer = told(self.hook, self.value)
        if answer is not None and inspect.isawaitable(answer):
            try:
                await held(lambda: _finished(answer), self.request, Limit(self.until, self.clock, None))
            finally:
                forget(answer)
