"""A function inside a flow.

Theory of operation. A decorated function runs a flow in which the function itself is an effect: so a layer and its
decorator share one flow, and a plain function is served by the blocking engine, an asynchronous one by the awaiting
engine. What is made is a function like the one that was given, with its signature and its types, and what the decorator
remembers as an attribute.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec

from typing_extensions import TypeVar, override

from restkit.errors import ConfigError
from restkit.flow import Clock, Effect, Flow, World, run
from restkit.flow.awaiting import arun
from restkit.flow.scope import within
from restkit.policies.checked import is_async

P = ParamSpec("P")
"""The parameters of a function, and those that are left when it is bound."""
Q = ParamSpec("Q")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)
"""What it returns."""
T = TypeVar("T")
S = TypeVar("S")
"""What it is bound to."""
Around = Callable[[Effect[Any]], Flow[Any]]
"""A flow around a call: it asks for it once, several times or not at all."""


def flowing(function: Callable[..., Any], around: Around, clock: Clock) -> Callable[..., Any]:
    """A function like this one that runs a flow around each call: plain or asynchronous, as the function is.

    Raises ConfigError for what is called later than it seems: generators, static and class methods.
    """
    refuse(function)
    world = World(None, clock)
    if is_async(function):

        @functools.wraps(function)
        async def awaiting(*args: object, **kwargs: object) -> object:
            return await arun(around(Called(function, args, kwargs)), world)

        return awaiting

    @functools.wraps(function)
    def blocking(*args: object, **kwargs: object) -> object:
        return run(around(Called(function, args, kwargs)), world)

    return blocking


class Called(Effect[Any]):
    """A call as an effect, which can be asked for any number of times: the awaiting engine awaits what it answers."""

    __slots__ = ("args", "function", "kwargs")
    function: Callable[..., Any]
    args: tuple[object, ...]
    kwargs: dict[str, object]

    def __init__(self, function: Callable[..., Any], args: tuple[object, ...], kwargs: dict[str, object]) -> None:
        self.function, self.args, self.kwargs = function, args, kwargs

    @override
    def block(self, world: World) -> Any:
        return self.function(*self.args, **self.kwargs)

    @override
    def wait(self, world: World) -> Coroutine[Any, Any, Any]:
        answer: Coroutine[Any, Any, Any] = self.function(*self.args, **self.kwargs)
        return answer


class Timely(Effect[T]):
    """An effect that is cut at a moment, with what `late` makes, if it is awaited; nobody can cut what blocks."""

    __slots__ = ("effect", "late", "until")
    effect: Effect[T]
    until: float
    late: Callable[[], Exception]

    def __init__(self, effect: Effect[T], until: float, late: Callable[[], Exception]) -> None:
        self.effect, self.until, self.late = effect, until, late

    @override
    def block(self, world: World) -> T:
        return self.effect.block(world)

    @override
    async def wait(self, world: World) -> T:
        return await within(lambda: self.effect.wait(world), world.left(self.until), None, self.late)


def refuse(function: object) -> None:
    """Raise ConfigError for what cannot be decorated."""
    if isinstance(function, staticmethod | classmethod):
        raise ConfigError("function", "is a static or a class method", "put this decorator below that one")
    if not callable(function):
        raise ConfigError("function", f"is of type {type(function).__name__}", "decorate a function")
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise ConfigError("function", "is a generator", "decorate what it calls")


def name_of(function: Callable[..., object]) -> str:
    """What a function's circuit is called."""
    where = f"{getattr(function, '__module__', '')}.{getattr(function, '__qualname__', type(function).__name__)}"
    return where.removeprefix(".")
