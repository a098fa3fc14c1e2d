"""When a call is sent again, as its user configures it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol, TypeAlias

from attrs import Factory, field, frozen

from restkit.errors import ConfigError
from restkit.policies import retry_checks as checks
from restkit.policies.backoff import ExponentialWait, Tried, Wait, Waits, as_wait
from restkit.policies.checked import CHECK, amount, check_fields, duration, flag, refuse_class

USUAL_ATTEMPTS = 3
STATUSES: frozenset[int] = frozenset({408, 421, 425, 429, 500, 502, 503, 504})
IDEMPOTENT: frozenset[str] = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "QUERY"})
"""Methods that may be sent twice (RFC 9110, section 9.2.2, and RFC 10008)."""


class Retrial(NamedTuple):
    """What `on_retry` is told of: a further attempt is about to be waited for."""

    number: int
    """Of the attempt that failed: 1 for the first."""
    wait: float
    """Seconds until the next one."""
    error: Exception | None = None
    """What it raised."""
    status: int | None = None
    """The status that it answered instead."""


class RetryStrategy(Protocol):
    """A class of your own that says what is tried again, and when."""

    def should_retry(self, tried: Tried, /) -> bool:
        """Whether an error, or an answer of 400 or more, is worth a further attempt."""
        ...

    def get_delay(self, tried: Tried, /) -> float:
        """The seconds to wait before that."""
        ...


@frozen
class RetryBudget:
    """How many retries an origin may be sent while it fails, so that an outage is not multiplied.

    Each client has `capacity` tokens for each origin. A retry takes `transient` of them, or `throttle` if the server
    was merely busy; one that succeeds gives them back, and each call that succeeds at once gives back one.
    """

    capacity: int = field(default=500, metadata={CHECK: amount})
    transient: int = field(default=14, metadata={CHECK: amount})
    throttle: int = field(default=5, metadata={CHECK: amount})

    def __attrs_post_init__(self) -> None:
        check_fields(self)


def budget(name: str, given: object) -> RetryBudget | None:
    """A budget, or None. Raises ConfigError."""
    if given is not None and not isinstance(given, RetryBudget):
        raise ConfigError(name, f"is of type {type(given).__name__}", "pass a RetryBudget, or None")
    return given


def waiting(given: Wait) -> Waits:
    """What `wait` is. Raises ConfigError."""
    return as_wait("wait", given)


def waiting_longer(given: Wait) -> Waits:
    """What `throttle_wait` is. Raises ConfigError."""
    return as_wait("throttle_wait", given)


def usual_attempts(policy: RetryPolicy) -> int:
    """How many attempts there are if nobody says: as many as `stop` allows, if it is given."""
    return USUAL_ATTEMPTS if policy.stop is None else checks.MOST_ATTEMPTS


def throttled(policy: RetryPolicy) -> Waits:
    """How long to wait when the server is too busy: twice as long as usual, or as the user says."""
    return ExponentialWait(1.0) if policy.wait == ExponentialWait() else policy.wait


@frozen(kw_only=True)
class RetryPolicy:
    """When a call is sent again, and how long it waits before that. Raises ConfigError for a wrong value.

    A call is only sent again if that is safe: if its method may be sent twice, or it has an idempotency key, or the
    server cannot have seen it; if its body can be sent again; and if there is time for it before the deadline.
    """

    stop: Callable[[Any], bool] | None = field(default=None, metadata={CHECK: checks.strategy})
    """One of tenacity's `stop` strategies."""
    attempts: int = field(default=Factory(usual_attempts, takes_self=True), metadata={CHECK: checks.attempts})
    """How often a call is sent at the most: 3 times, or as `stop` says, 100 times at the most."""
    wait: Waits = field(factory=ExponentialWait, converter=waiting)
    """How long to wait: seconds, one of restkit's waits or tenacity's, or a mapping of classes of errors to such."""
    throttle_wait: Waits = field(default=Factory(throttled, takes_self=True), converter=waiting_longer)
    """How long to wait when the server is too busy: as `wait`, if that is given."""
    retry: Callable[[Any], bool] | None = field(default=None, metadata={CHECK: checks.strategy})
    """One of tenacity's `retry` strategies, instead of `statuses`: asked about errors and answers of 400 and more."""
    before_sleep: Callable[[Any], object] | None = field(default=None, metadata={CHECK: checks.strategy})
    """One of tenacity's `before_sleep` callbacks, or a function of its state; what it raises ends the call."""
    strategy: RetryStrategy | None = field(default=None, metadata={CHECK: checks.own_strategy})
    """A class of your own with `should_retry` and `get_delay`, instead of `retry` and `wait`."""
    on_retry: Callable[[Retrial], object] | None = field(default=None, metadata={CHECK: checks.callback})
    """Told of each further attempt. It stops nothing: what it raises is logged."""
    statuses: frozenset[int] = field(default=STATUSES, converter=checks.statuses)
    """The statuses that are worth a further attempt."""
    methods: frozenset[str] = field(default=IDEMPOTENT, converter=checks.methods)
    """The methods that may be sent twice."""
    max_retry_after: float = field(default=60.0, metadata={CHECK: duration})
    """The longest time, in seconds, that is waited because the server says so; asked for more, the call fails."""
    min_attempt: float = field(default=0.05, metadata={CHECK: duration})
    """The seconds that an attempt needs: with fewer left before the deadline none is begun."""
    budget: RetryBudget | None = field(factory=RetryBudget, metadata={CHECK: budget})
    """How many retries an origin may be sent while it fails; None for any number."""
    adaptive: bool = field(default=False, metadata={CHECK: flag})
    """Whether all calls to an origin wait together while it is too busy."""
    obey_should_retry: bool = field(default=False, metadata={CHECK: flag})
    """Whether the header `x-should-retry` of an answer is obeyed: `true` or `false`."""
    long_poll: bool = field(default=False, metadata={CHECK: flag})
    """Whether a call that fails for want of budget waits first, as those should that are made over and over."""

    def __attrs_post_init__(self) -> None:
        check_fields(self)
        if self.strategy is not None and (self.retry is not None or self.wait != ExponentialWait()):
            name = "wait" if self.retry is None else "retry"
            raise ConfigError(name, "is given beside a strategy, which says that", "leave out one of them")


@functools.cache
def usual_policy() -> RetryPolicy:
    """The policy of those who name none: a value, made once."""
    return RetryPolicy()


def retry_policy(name: str, given: Any) -> RetryPolicy | None:  # noqa: ANN401 - as `Retry` has it
    """A policy, as it may be written: itself, True, a number of attempts, a strategy; False or None for none.

    Raises ConfigError.
    """
    if given is True:
        return usual_policy()
    if given is None or given is False:
        return None
    if isinstance(given, RetryPolicy):
        return given
    if isinstance(given, int):
        try:
            return RetryPolicy(attempts=given)
        except ConfigError as error:
            raise ConfigError(name, error.reason, error.remedy) from None
    refuse_class(name, given)
    if checks.is_strategy(given):
        return RetryPolicy(strategy=given)
    raise ConfigError(name, f"is of type {type(given).__name__}", "pass a RetryPolicy, a number of attempts, or False")


Retries: TypeAlias = RetryPolicy | RetryStrategy | int | bool | None
"""How a policy may be written."""
