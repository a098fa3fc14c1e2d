"""`@rate_limit`: a function is called so many times in so much time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Concatenate, Protocol, Self, cast, overload

from restkit.decorators.functions import P, Q, R, R_co, S, flowing
from restkit.flow import Clock, Effect, Flow
from restkit.policies import checked
from restkit.policies.checked import seconds_or_none

if TYPE_CHECKING:
    from restkit.admission.limiter import RateLimiter
    from restkit.policies.bucket import Limits


class Limited(Protocol[P, R_co]):
    """A function that is called so many times in so much time; on a class, a method."""

    limiter: RateLimiter
    """Its limit."""
    __wrapped__: Callable[..., Any]
    """The function that was decorated."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R_co:
        """Call it in its turn. Raises RateLimitTimeout and QueueFull."""
        ...

    @overload
    def __get__(self, instance: None, owner: type[Any] | None = None, /) -> Self: ...
    @overload
    def __get__(
        self: Limited[Concatenate[S, Q], R], instance: S, owner: type[Any] | None = None, /
    ) -> Limited[Q, R]: ...


class LimitsFunction(Protocol):
    """What `rate_limit(...)` makes: a decorator of plain and asynchronous functions."""

    def __call__(self, function: Callable[P, R], /) -> Limited[P, R]:
        """Decorate a function."""
        ...


def rate_limit(
    limits: Limits | RateLimiter,
    /,
    *,
    cost: float = 1.0,
    deadline: float | None = None,
    clock: Clock | None = None,
) -> LimitsFunction:
    """Call a function so many times in so much time; the other calls wait, first come first served.

    Parameters: `limits`, a number of calls a second, a limit, a list of limits, or a RateLimiter that is shared;
    `cost`, how many calls each one counts for; `deadline`, the seconds that a call waits at most; `clock`, what waits
    are measured by, unless a RateLimiter was given, which has its own.

    Raises ConfigError for wrong values, and for what cannot be decorated.
    """
    from restkit.admission.limiter import RateLimiter

    limiter = limits if isinstance(limits, RateLimiter) else RateLimiter(limits, clock=clock)
    limiter.check_cost(checked.cost("cost", cost))
    time, seconds = checked.clock_or_real("clock", clock), seconds_or_none("deadline", deadline)

    def around(called: Effect[Any]) -> Flow[Any]:
        until = None if seconds is None else time.now() + seconds
        return limiter.admitted(iter(called), cost=cost, until=until)

    def decorate(function: Callable[P, R]) -> Limited[P, R]:
        made: Any = flowing(function, around, time)
        made.limiter = limiter
        return cast("Limited[P, R]", made)

    return decorate
