"""`@retry`: a function that failed is called again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Concatenate, Protocol, Self, cast, overload

from restkit.decorators.functions import P, Q, R, R_co, S, Timely, flowing
from restkit.errors import ConfigError, DeadlineExceeded
from restkit.flow import Clock, Effect, Flow
from restkit.policies import checked
from restkit.policies.checked import seconds_or_none

if TYPE_CHECKING:
    import random

    from restkit.policies.retry import RetryPolicy


class Retried(Protocol[P, R_co]):
    """A function that is called again if it fails; on a class, a method."""

    policy: RetryPolicy
    """When, and how long it waits."""
    __wrapped__: Callable[..., Any]
    """The function that was decorated."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R_co:
        """Call it, as often as it takes."""
        ...

    @overload
    def __get__(self, instance: None, owner: type[Any] | None = None, /) -> Self: ...
    @overload
    def __get__(
        self: Retried[Concatenate[S, Q], R], instance: S, owner: type[Any] | None = None, /
    ) -> Retried[Q, R]: ...


class RetriesFunction(Protocol):
    """What `retry(...)` makes: a decorator of plain and asynchronous functions."""

    def __call__(self, function: Callable[P, R], /) -> Retried[P, R]:
        """Decorate a function."""
        ...


def retry(
    policy: RetryPolicy | int | None = None,
    /,
    *,
    deadline: float | None = None,
    clock: Clock | None = None,
    dice: random.Random | None = None,
) -> RetriesFunction:
    """Call a function again if it fails.

    Parameters: `policy`, a RetryPolicy, or a number of attempts; `deadline`, the seconds for all of them together;
    `clock`, what waits are measured by; `dice`, what they are rolled with.

    Nothing sleeps into the deadline, and no further attempt begins after it. What an asynchronous function still does
    by then is cancelled, and DeadlineExceeded raised; a plain one that is under way cannot be stopped.

    Raises ConfigError for what cannot be decorated. What the last attempt raised is raised.
    """
    from restkit.retrying.functions import retrying
    from restkit.retrying.memory import fresh_dice

    chosen, time = policy_of(policy), checked.clock_or_real("clock", clock)
    rolled = checked.dice("dice", dice) or fresh_dice()
    seconds = seconds_or_none("deadline", deadline)

    def late() -> DeadlineExceeded:
        return DeadlineExceeded(f"not over within its deadline of {seconds:g} s")

    def around(called: Effect[Any]) -> Flow[Any]:
        if seconds is None:
            return retrying(chosen, called.__iter__, clock=time, dice=rolled)
        until = time.now() + seconds
        return retrying(chosen, Timely(called, until, late).__iter__, clock=time, dice=rolled, until=until)

    def decorate(function: Callable[P, R]) -> Retried[P, R]:
        made: Any = flowing(function, around, time)
        made.policy = chosen
        return cast("Retried[P, R]", made)

    return decorate


def policy_of(given: object) -> RetryPolicy:
    """A policy, as it may be written. Raises ConfigError, as for a decorator without its parentheses."""
    from restkit.policies.retry import RetryPolicy, retry_policy

    found = RetryPolicy() if given is None else retry_policy("policy", given)
    if found is None:
        raise ConfigError("policy", "is False", "leave the decorator out")
    return found
