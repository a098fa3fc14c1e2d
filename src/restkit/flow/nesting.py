"""Calls within calls: one that a hook makes lies within the call that the hook is of."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any

import httpx
from typing_extensions import TypeVar

from restkit.errors import InputError
from restkit.flow.deadline import Limit
from restkit.flow.effects import Ask, forget
from restkit.flow.send import held

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


def hooked(hook: Callable[..., Any], value: object, request: httpx.Request, limit: Limit) -> Ask[None]:
    """Ask a hook of the call of `request`; an asynchronous one for as long as the limit allows."""
    plain = Ask[Any].of(hook, value)

    async def awaiting() -> None:
        answer = told(hook, value)
        if inspect.isawaitable(answer):
            try:
                await held(lambda: _finished(answer), request, limit)
            finally:
                forget(answer)

    return Ask(lambda: told(plain.blocking), awaiting)
