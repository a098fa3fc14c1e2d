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
from restkit.flow.effects import Effect, Flow, forget, refuse_awaitable
from restkit.flow.send import held

if TYPE_CHECKING:
    from restkit.flow.clock import Clock
    from restkit.flow.world import World

T = TypeVar("T")
DEEPEST = 8
"""How many calls may lie within one."""


class Nest:
    """The calls that a hook makes, and all those within them: as deep as they lie, they do not multiply."""

    is_full: bool = False
    """Whether one of them lay too deep. No further one is made, even if a hook has passed over the refusal."""


_depth: ContextVar[int] = ContextVar("restkit.depth", default=0)
_nest: ContextVar[Nest] = ContextVar("restkit.nest")


def check_depth() -> None:
    """Raise InputError for a call that lies too deep, and for all that the same outermost hook makes after it."""
    depth = _depth.get()
    if not depth:
        return
    nest = _nest.get()
    nest.is_full |= depth > DEEPEST
    if nest.is_full:
        raise InputError("call", f"is made by a hook whose calls lie {DEEPEST + 1} deep", "let no hook call itself")


def told(function: Callable[..., T], *values: object) -> T:
    """Call a hook within a call."""
    depth = _depth.get()
    if not depth:
        _ = _nest.set(Nest())
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


class Finish(Effect[None]):
    """Await what an asynchronous hook has begun in the call of `request`, until that moment at most."""

    __slots__ = ("begun", "clock", "hook", "request", "until")
    hook: Callable[[Any], Any]
    begun: object
    """What it gave: nothing to be awaited, if it is plain."""
    request: httpx.Request
    until: float | None
    clock: Clock

    def __init__(
        self, hook: Callable[[Any], Any], begun: object, request: httpx.Request, until: float | None, clock: Clock
    ) -> None:
        self.hook, self.begun, self.request, self.until, self.clock = hook, begun, request, until, clock

    @override
    def block(self, world: World) -> None:
        refuse_awaitable(self.hook, self.begun)

    @override
    async def wait(self, world: World) -> None:
        begun = self.begun
        if inspect.isawaitable(begun):
            await held(lambda: _finished(begun), self.request, Limit(self.until, self.clock, None))


def finished(
    hook: Callable[[Any], Any], begun: object, request: httpx.Request, until: float | None, clock: Clock
) -> Flow[None]:
    """Ask for what is left of a hook. Whoever bounds the flow notices, too, that a plain one has taken too long."""
    try:
        yield Finish(hook, begun, request, until, clock)
    finally:
        forget(begun)
