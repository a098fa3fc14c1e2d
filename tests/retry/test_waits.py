"""How long to wait: restkit's own waits, and tenacity's with our dice."""

from __future__ import annotations

import logging
from typing import Any

import httpx
import pytest
import tenacity
from hypothesis import given
from hypothesis import strategies as st

from restkit import ConfigError, ExponentialWait, FixedWait, LinearWait, Tried, WaitByError
from restkit.policies.backoff import Waits, as_wait
from restkit.policies.tenacious import TenacityWait
from restkit.policies.tenacious import state as state_of
from tests.retry.rolled import dice

DICE = dice(7)


def seconds(wait: Waits, *numbers: int) -> list[float]:
    """The seconds to wait after the attempts of these numbers."""
    return [wait.seconds(Tried(number), DICE) for number in numbers]


@given(st.integers(1, 100), st.floats(0, 1e6), st.floats(0, 1e6), st.floats(0, 1e6))
def test_an_exponential_wait_is_any_time_up_to_its_ceiling(
    number: int, base: float, most: float, factor: float
) -> None:
    """Which grows with each attempt, as far as `most`."""
    ceiling = ExponentialWait(base, most, factor, jitter=False).seconds(Tried(number), DICE)
    rolled = ExponentialWait(base, most, factor).seconds(Tried(number), DICE)

    assert 0 <= rolled <= ceiling <= most


def test_an_exponential_wait_doubles() -> None:
    """From half a second to twenty, unless told otherwise."""
    assert [0.5, 1.0, 2.0, 16.0, 20.0, 20.0] == seconds(ExponentialWait(jitter=False), 1, 2, 3, 6, 7, 100)


def test_a_linear_wait_grows_by_steps() -> None:
    """As far as `most`."""
    assert [1.0, 3.0, 5.0, 5.0] == seconds(LinearWait(1, 2, 5), 1, 2, 3, 4)


def test_a_fixed_wait_is_always_as_long() -> None:
    """Whichever attempt it was."""
    assert [2.5, 2.5] == seconds(FixedWait(2.5), 1, 9)


@pytest.mark.parametrize("wait", [LinearWait(4, 0, jitter=True), FixedWait(4, jitter=True)])
def test_other_waits_have_jitter_on_request(wait: Waits) -> None:
    """Then any time up to theirs is as likely."""
    found = seconds(wait, *range(1, 50))

    assert all(0 <= each <= 4 for each in found)
    assert 50 - 1 == len(set(found))


def test_a_wait_by_the_class_of_the_error() -> None:
    """The nearest of its ancestors that is named; another one for the rest, and for answers."""
    wait = WaitByError({httpx.TransportError: 1, httpx.ConnectError: FixedWait(2)}, otherwise=3)
    errors = (httpx.ConnectError("x"), httpx.ReadError("x"), ValueError("x"), None)

    assert [2.0, 1.0, 3.0, 3.0] == [wait.seconds(Tried(1, error), DICE) for error in errors]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (2, FixedWait(2)),
        (FixedWait(2), FixedWait(2)),
        ({httpx.ReadError: 1}, WaitByError({httpx.ReadError: FixedWait(1)})),
    ],
)
def test_how_a_wait_may_be_written(given: object, expected: Waits) -> None:
    """As a number, as itself, or by errors."""
    assert expected == as_wait("wait", given)


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: ExponentialWait(-1), "base"),
        (lambda: ExponentialWait(most=float("nan")), "most"),
        (lambda: ExponentialWait(factor=float("inf")), "factor"),
        (lambda: ExponentialWait(jitter=1), "jitter"),
        (lambda: LinearWait(step="1"), "step"),
        (lambda: FixedWait(delay=True), "delay"),
        (lambda: as_wait("wait", "soon"), "wait"),
        (lambda: as_wait("wait", {"ReadError": 1}), "waits"),
        (lambda: WaitByError(7), "waits"),
        (lambda: WaitByError({httpx.ReadError: -1}), "waits[ReadError]"),
        (lambda: WaitByError({}, otherwise="x"), "otherwise"),
        (lambda: as_wait("wait", tenacity_async), "wait"),
    ],
)
def test_a_wrong_wait_is_refused(make: Any, field: str) -> None:
    """When it is made."""
    with pytest.raises(ConfigError) as caught:
        make()

    assert field == caught.value.field


async def tenacity_async(_: object) -> float:
    """A strategy that would have to be awaited."""
    return 1.0


def total(wait: Any, seed: int, error: Exception | None = None) -> list[float]:
    """What one of tenacity's waits says, with dice of that seed."""
    rolled, made = dice(seed), TenacityWait.of("wait", wait)
    return [made.seconds(Tried(number, error), rolled) for number in range(1, 6)]


RANDOM = [
    tenacity.wait_random(1, 2),
    tenacity.wait_random_exponential(multiplier=0.5, max=20),
    tenacity.wait_exponential_jitter(max=5),
    tenacity.wait_fixed(1) + tenacity.wait_random(0, 1),
    tenacity.wait_chain(tenacity.wait_random(0, 1), tenacity.wait_random(1, 2)),
]


@pytest.mark.parametrize("wait", RANDOM, ids=lambda wait: type(wait).__name__)
def test_tenacitys_random_waits_roll_our_dice(wait: Any) -> None:
    """Equal seeds give equal times."""
    assert total(wait, 1) == total(wait, 1)
    assert total(wait, 1) != total(wait, 2)


@pytest.mark.parametrize("wait", RANDOM, ids=lambda wait: type(wait).__name__)
def test_tenacitys_random_waits_are_within_its_bounds(wait: Any) -> None:
    """As those are that it rolls itself."""
    asked = [tenacity.RetryCallState(tenacity.Retrying(), None, (), {}) for _ in range(5)]
    for number, state in enumerate(asked, 1):
        state.attempt_number = number
    highest = [max(wait(state) for _ in range(300)) for state in asked]
    lowest = [min(wait(state) for _ in range(300)) for state in asked]

    for low, found, high in zip(lowest, total(wait, 3), highest, strict=True):
        assert low - 0.2 * high <= found <= 1.2 * high + 0.01


def test_an_exponential_wait_of_an_older_tenacity_is_asked() -> None:
    """One before 9.2, which has other attributes."""
    wait = tenacity.wait_exponential_jitter(multiplier=2, max=9, jitter=0)
    older = tenacity.wait_exponential_jitter(max=9, jitter=0)
    older.__dict__ = {"initial": 2, "max": 9, "exp_base": 2, "jitter": 0}

    assert total(wait, 1) == total(older, 1)


def test_tenacitys_other_waits_are_asked_as_they_are() -> None:
    """By the number of the attempt."""
    assert [1.0, 2.0, 3.0, 3.0, 3.0] == total(tenacity.wait_incrementing(1, 1, max=3), 1)


def test_tenacitys_wait_by_the_error() -> None:
    """What it says of the error; of an answer it is asked as httpx's error for that status."""
    wait = TenacityWait.of("wait", tenacity.wait_exception(lambda error: float(len(str(error)))))
    answer = httpx.Response(503, request=httpx.Request("GET", "http://api.test"))
    tried = [Tried(1, ValueError("four")), Tried(1, None, answer), Tried(1, None, "no answer")]

    assert [4.0, 3.0, 27.0] == [wait.seconds(each, DICE) for each in tried]


def test_a_function_may_take_tenacitys_state() -> None:
    """Of which the times are those of our clock."""
    seen: list[Any] = []

    def wait(state: tenacity.RetryCallState) -> float:
        seen.append((state.attempt_number, state.seconds_since_start, state.idle_for, state.outcome.exception()))
        return -1.0

    error = ValueError("x")

    assert 0.0 == TenacityWait.of("wait", wait).seconds(Tried(2, error, None, 100.0, 103.0, 1.5), DICE)
    assert [(2, 3.0, 1.5, error)] == seen


def test_tenacitys_strategies_that_log_name_the_call(caplog: pytest.LogCaptureFixture) -> None:
    """By a function, as every version of it understands."""
    caplog.set_level(logging.INFO)
    tenacity.before_sleep_log(logging.getLogger("test"), logging.INFO)(state_of(Tried(1, ValueError("x")), 2.0))

    assert ["Retrying the call in 2 seconds as it raised ValueError: x."] == caplog.messages
