"""`@retry` and `@rate_limit` around plain and asynchronous functions, and decorators upon one another."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import pytest

from restkit import (
    CircuitBreaker,
    ConfigError,
    DeadlineExceeded,
    RateLimiter,
    RateLimitTimeout,
    RetryPolicy,
    circuit_breaker,
)
from restkit.decorators.limited import rate_limit
from restkit.decorators.retried import retry
from restkit.testing import VirtualClock, run_asyncio, run_trio


class Decorated:
    """A function that fails as often as it is told to, in virtual time, below the given decorators."""

    def __init__(self, kind: str, *decorators: Callable[[VirtualClock], Any], failures: int = 0) -> None:
        """Decorate, the outermost first."""
        self.kind, self.clock, self.failures = kind, VirtualClock(), failures
        self.moments: list[float] = []

        def plain(word: str = "well") -> str:
            """Call."""
            self.moments.append(self.clock.now() - 1_000.0)
            if len(self.moments) <= self.failures:
                raise ConnectionError("ill")
            return word

        async def asynchronous(word: str = "well") -> str:
            """Call."""
            return plain(word)

        self.function: Any = plain if kind == "plain" else asynchronous
        for decorate in reversed(decorators):
            self.function = decorate(self.clock)(self.function)

    def __call__(self) -> Any:
        """Call it, in its world."""
        if self.kind == "plain":
            return self.function()
        return {"asyncio": run_asyncio, "trio": run_trio}[self.kind](self.function, self.clock)


@pytest.fixture(params=["plain", "asyncio", "trio"])
def make(request: pytest.FixtureRequest) -> Callable[..., Decorated]:
    """Each kind of function in turn."""
    return functools.partial(Decorated, request.param)


def retrying(clock: VirtualClock) -> Any:
    """Three attempts, a second apart."""
    return retry(RetryPolicy(wait=1), clock=clock)


def test_a_function_that_failed_is_called_again(make: Callable[..., Decorated]) -> None:
    """After a wait."""
    made = make(retrying, failures=2)

    assert ("well", [0.0, 1.0, 2.0]) == (made(), made.moments)


def test_the_last_error_is_raised(make: Callable[..., Decorated]) -> None:
    """As it is."""
    made = make(retrying, failures=9)

    with pytest.raises(ConnectionError):
        made()

    assert 3 == len(made.moments)


def test_nobody_sleeps_into_a_deadline(make: Callable[..., Decorated]) -> None:
    """It fails at once."""
    made = make(lambda clock: retry(RetryPolicy(wait=10), deadline=5, clock=clock), failures=2)

    with pytest.raises(ConnectionError):
        made()

    assert 1_000.0 == made.clock.now()


@pytest.mark.parametrize("run", [run_asyncio, run_trio])
@pytest.mark.parametrize("failures", [0, 1])
def test_a_function_that_hangs_is_cut_at_the_deadline(run: Callable[..., Any], failures: int) -> None:
    """Whichever attempt it is in."""
    clock, calls = VirtualClock(), list[int]()

    @retry(RetryPolicy(wait=2), deadline=5, clock=clock)
    async def hangs() -> None:
        """Ask a server that does not answer."""
        calls.append(len(calls))
        if len(calls) <= failures:
            raise ConnectionError("ill")
        await clock.asleep(3600)

    with pytest.raises(DeadlineExceeded, match=r"^not over within its deadline of 5 s$"):
        run(hangs, clock)

    assert (1_005.0, failures + 1) == (round(clock.now(), 3), len(calls))


@pytest.mark.parametrize("run", [run_asyncio, run_trio])
def test_a_timeout_of_its_own_is_none_of_the_deadline(run: Callable[..., Any]) -> None:
    """It is tried again."""
    clock, calls = VirtualClock(), list[int]()

    @retry(RetryPolicy(wait=1), deadline=50, clock=clock)
    async def slow() -> str:
        """Answer late."""
        calls.append(len(calls))
        if len(calls) == 1:
            raise TimeoutError
        await clock.asleep(40)
        return "well"

    assert ("well", 2) == (run(slow, clock), len(calls))


def test_a_plain_function_that_outlasts_the_deadline_keeps_its_answer() -> None:
    """Nobody can interrupt it, and what it did is done."""
    clock = VirtualClock()

    @retry(deadline=5, clock=clock)
    def slow() -> str:
        """Write at length."""
        clock.sleep(60)
        return "written"

    assert ("written", 1_060.0) == (slow(), clock.now())


def test_a_plain_function_is_not_called_again_after_the_deadline() -> None:
    """It raises what it raised."""
    clock, calls = VirtualClock(), list[int]()

    @retry(RetryPolicy(attempts=5, wait=0), deadline=5, clock=clock)
    def slow() -> None:
        """Fail at length."""
        calls.append(len(calls))
        clock.sleep(3)
        raise ConnectionError("ill")

    with pytest.raises(ConnectionError):
        slow()

    assert (1_006.0, 2) == (clock.now(), len(calls))


def test_a_number_of_attempts_is_enough(make: Callable[..., Decorated]) -> None:
    """For a policy."""
    made = make(lambda clock: retry(5, clock=clock), failures=4)

    assert ("well", 5) == (made(), made.function.policy.attempts)


def test_a_function_waits_for_its_turn(make: Callable[..., Decorated]) -> None:
    """One a second."""
    made = make(lambda clock: rate_limit(1, clock=clock))

    for _ in range(3):
        made()

    assert [0.0, 1.0, 2.0] == pytest.approx(made.moments)


def test_a_function_does_not_wait_for_too_long(make: Callable[..., Decorated]) -> None:
    """It is not called."""
    made = make(lambda clock: rate_limit(0.1, deadline=5, clock=clock))
    made()

    with pytest.raises(RateLimitTimeout):
        made()

    assert [0.0] == made.moments


def test_a_limiter_can_be_shared(make: Callable[..., Decorated]) -> None:
    """It is found on each function."""
    clock = VirtualClock()
    limiter = RateLimiter(1, clock=clock, max_wait=0)
    one, other = (make(lambda _: rate_limit(limiter, clock=clock)) for _ in range(2))
    one()

    with pytest.raises(RateLimitTimeout):
        other()

    assert limiter is one.function.limiter


def test_decorators_stand_upon_one_another(make: Callable[..., Decorated]) -> None:
    """A circuit that opened is not tried again; what failed before is the error."""
    made = make(
        lambda clock: retry(RetryPolicy(attempts=5, wait=1), clock=clock),
        lambda clock: circuit_breaker(CircuitBreaker(consecutive=2), clock=clock),
        failures=9,
    )

    with pytest.raises(ConnectionError):
        made()

    assert [0.0, 1.0] == made.moments


@pytest.mark.parametrize(
    "decorate", [lambda: retry(*[False]), lambda: retry(0), lambda: retry(deadline=0), lambda: rate_limit(0)]
)
def test_what_means_nothing_is_refused(decorate: Callable[[], object]) -> None:
    """When the function is decorated."""
    with pytest.raises(ConfigError):
        decorate()
