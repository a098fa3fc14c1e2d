"""`@circuit_breaker`: a function that keeps failing is not called for a while."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Concatenate, Protocol, Self, cast, overload

from restkit.decorators.functions import P, Q, R, R_co, S, flowing, name_of
from restkit.errors import ConfigError
from restkit.flow import Clock
from restkit.policies.checked import clock_or_real

if TYPE_CHECKING:
    import random

    from restkit.admission.breaker import Breaker
    from restkit.policies.circuit_breaker import CircuitBreaker


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

    check_failures(failures)
    breaker = breaker_of(policy, dice)
    time = clock_or_real("clock", clock)

    def judge(error: BaseException) -> Verdict:
        return verdict_of_function(error) if isinstance(error, failures) else "neutral"

    def decorate(function: Callable[P, R]) -> Guarded[P, R]:
        name = name_of(function)
        _ = breaker.gate(name)  # so that it can be seen and isolated before the first call
        made: Any = flowing(function, lambda called: guarded(breaker.gate(name), called.__iter__, time, judge), time)
        made.breaker = breaker
        return cast("Guarded[P, R]", made)

    return decorate


def check_failures(given: object) -> None:
    """Raise ConfigError unless it is a class of exceptions, or a tuple of them."""
    kinds = cast("tuple[object, ...]", given) if isinstance(given, tuple) else (given,)  # of anything
    if not all(isinstance(kind, type) and issubclass(kind, Exception) for kind in kinds):
        raise ConfigError("failures", "holds what is no class of exceptions", "write failures=(OSError, ValueError)")


def breaker_of(given: object, dice: random.Random | None) -> Breaker:
    """A breaker that is shared, or a new one. Raises ConfigError, as for a decorator without its parentheses."""
    from restkit.admission.breaker import Breaker
    from restkit.policies.circuit_breaker import CircuitBreaker

    if given is None:
        return Breaker(dice=dice)
    if not isinstance(given, CircuitBreaker | Breaker):
        raise ConfigError("policy", f"is of type {type(given).__name__}", "write @circuit_breaker(CircuitBreaker(...))")
    return Breaker.of(given, dice)
