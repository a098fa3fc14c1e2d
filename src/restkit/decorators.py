"""Resilience for functions outside a client: `@circuit_breaker`, on plain and asynchronous ones alike.

Theory of operation. A decorated function runs a flow in which the function itself is an effect: so a layer and its
decorator share one flow, and a plain function is served by the blocking engine, an asynchronous one by the awaiting
engine. What is made is a function like the one that was given, with its signature and its types, and what the decorator
remembers as an attribute.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, Self, cast, overload

from typing_extensions import TypeVar

from restkit.checks import is_async
from restkit.errors import ConfigError
from restkit.flow import Ask, Clock, Flow, World, run

if TYPE_CHECKING:
    import random

    from restkit.admission.breaker import Breaker
    from restkit.policies.circuit_breaker import CircuitBreaker

P = ParamSpec("P")
Q = ParamSpec("Q")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)
S = TypeVar("S")
Attempt = Callable[[], Flow[Any]]
Around = Callable[[Attempt], Flow[Any]]
"""A flow around a call: it attempts it once, several times or not at all."""


class Guarded(Protocol[P, R_co]):
    """A function behind a circuit breaker; on a class, a method."""

    breaker: Breaker
    """Its circuit: what it remembers, and how it is reset."""
    __wrapped__: Callable[..., Any]
    """The function that was decorated."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R_co:
        """Call it. Raises CircuitOpen."""
        ...

    @overload
    def __get__(self, instance: None, owner: type[Any] | None = None, /) -> Self: ...
    @overload
    def __get__(
        self: Guarded[Concatenate[S, Q], R], instance: S, owner: type[Any] | None = None, /
    ) -> Guarded[Q, R]: ...


class GuardsFunction(Protocol):
    """What `circuit_breaker(...)` makes: a decorator of plain and asynchronous functions."""

    def __call__(self, function: Callable[P, R], /) -> Guarded[P, R]:
        """Decorate a function."""
        ...


def circuit_breaker(
    policy: CircuitBreaker | Breaker | None = None,
    /,
    *,
    failures: type[Exception] | tuple[type[Exception], ...] = Exception,
    clock: Clock | None = None,
    dice: random.Random | None = None,
) -> GuardsFunction:
    """Stop calling a function that keeps failing, and try again after a while.

    Parameters: `policy`, when to open and for how long, or a Breaker that is shared; `failures`, which exceptions count
    as failures: those of httpx and of clients do so only if the server is not well; `clock`, what waits are measured
    by; `dice`, what jitter is rolled with.

    Raises ConfigError for what cannot be decorated. While the circuit is open the function raises CircuitOpen, unless
    the policy has a fallback.
    """
    from restkit.admission.guarded import guarded
    from restkit.policies.verdict import Verdict, verdict_of_function

    breaker = breaker_of(policy, dice)
    time = clock or Clock()

    def judge(error: BaseException) -> Verdict:
        return verdict_of_function(error) if isinstance(error, failures) else "neutral"

    def decorate(function: Callable[P, R]) -> Guarded[P, R]:
        gate = breaker.gate(name_of(function))
        made: Any = flowing(function, lambda attempt: guarded(gate, attempt, time, judge), time)
        made.breaker = breaker
        return cast("Guarded[P, R]", made)

    return decorate


def breaker_of(given: object, dice: random.Random | None) -> Breaker:
    """A breaker that is shared, or a new one. Raises ConfigError, as for a decorator without its parentheses."""
    from restkit.admission.breaker import Breaker
    from restkit.policies.circuit_breaker import CircuitBreaker

    if given is None:
        return Breaker(dice=dice)
    if not isinstance(given, CircuitBreaker | Breaker):
        raise ConfigError("policy", f"is of type {type(given).__name__}", "write @circuit_breaker(CircuitBreaker(...))")
    return Breaker.of(given, dice)


def flowing(function: Callable[..., Any], around: Around, clock: Clock) -> Callable[..., Any]:
    """A function like this one that runs a flow around each call: plain or asynchronous, as the function is.

    Raises ConfigError for what is called later than it seems: generators, static and class methods.
    """
    refuse(function)
    world = World(None, clock)
    if is_async(function):

        @functools.wraps(function)
        async def awaiting(*args: object, **kwargs: object) -> object:
            from restkit.flow.awaiting import arun

            return await arun(around(asked(function, args, kwargs)), world)

        return awaiting

    @functools.wraps(function)
    def blocking(*args: object, **kwargs: object) -> object:
        return run(around(asked(function, args, kwargs)), world)

    return blocking


def asked(function: Callable[..., Any], args: tuple[object, ...], kwargs: dict[str, object]) -> Attempt:
    """A call as an effect, which can be asked for any number of times; each engine calls it in its own way."""

    def call() -> Any:  # noqa: ANN401 - whatever the function answers
        return function(*args, **kwargs)

    effect: Ask[Any] = Ask(call, call)
    return effect.__iter__


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
