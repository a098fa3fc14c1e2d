"""The value that says when to open: everything it refuses, when it is made."""

from __future__ import annotations

import random
from typing import Any

import pytest
from attrs.exceptions import FrozenInstanceError

from restkit import Breaker, CircuitBreaker, Client, ConfigError, Settings

NO_SECONDS = (0, -1, float("nan"), float("inf"), True, "5")


async def asynchronous(_: object) -> None:
    """A listener that must be awaited."""


class Awaited:
    """Another one."""

    async def __call__(self, _: object) -> None:
        """Called."""


WRONG: list[Any] = [
    *[
        pytest.param({name: value}, name, id=f"{name}-{value!r}")
        for name in ("window_seconds", "slow_seconds", "open_seconds", "most_open_seconds", "lease")
        for value in NO_SECONDS
    ],
    *[
        pytest.param({name: value}, name, id=f"{name}-{value!r}")
        for name in ("failure_rate", "slow_rate", "probe_failure_rate")
        for value in (0, 1.01, 101, -0.5, float("nan"), True, "0.5")
    ],
    *[
        pytest.param({name: value}, name, id=f"{name}-{value!r}")
        for name in ("window", "min_calls", "consecutive", "probes")
        for value in (0, -1, 2.5, True, "5", 1_000_001)
    ],
    *[pytest.param({"jitter": value}, "jitter", id=f"jitter-{value!r}") for value in (-0.1, 1, float("nan"), True)],
    *[pytest.param({"name": value}, "name", id=f"name-{value!r}") for value in ("", "a\nb", 7)],
    pytest.param({"window": 10, "min_calls": 11}, "min_calls", id="min_calls-over-window"),
    pytest.param({"open_seconds": 400.0}, "most_open_seconds", id="most-below-open"),
    pytest.param({"failure_rate": None}, "failure_rate", id="nothing-opens-it"),
    pytest.param({"on_change": 7}, "on_change", id="on_change-number"),
    pytest.param({"on_change": asynchronous}, "on_change", id="on_change-async"),
    pytest.param({"on_change": Awaited()}, "on_change", id="on_change-async-call"),
]


@pytest.mark.parametrize(("given", "field"), WRONG)
def test_a_wrong_value_is_refused(given: dict[str, Any], field: str) -> None:
    """With the field, the reason and a remedy."""
    with pytest.raises(ConfigError) as caught:
        CircuitBreaker(**given)

    assert (field, True, True) == (caught.value.field, bool(caught.value.reason), bool(caught.value.remedy))


def test_a_window_of_seconds_has_any_number_of_calls() -> None:
    """So the least number may be larger than the window of calls, which is not looked at."""
    assert 500 == CircuitBreaker(window_seconds=10, min_calls=500).min_calls


def test_it_is_frozen() -> None:
    """Whoever shares it can rely on it."""
    policy: Any = CircuitBreaker()

    with pytest.raises(FrozenInstanceError):
        policy.window = 5


@pytest.mark.parametrize(
    ("timeout", "left", "seconds"), [(10.0, 3.0, 15.0), (10.0, None, 15.0), (None, 3.0, 8.0), (None, None, 65.0)]
)
def test_a_lease_is_a_little_longer_than_an_attempt(timeout: float | None, left: float | None, seconds: float) -> None:
    """By its timeout, else by its deadline, else as it is set."""
    assert seconds == CircuitBreaker().lease_of(timeout, left)


SHARED, POLICY = Breaker(), CircuitBreaker(consecutive=5)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        pytest.param(None, None, id="None"),
        pytest.param(False, None, id="False"),
        pytest.param(True, CircuitBreaker(), id="True"),
        pytest.param(POLICY, POLICY, id="policy"),
        pytest.param(SHARED, SHARED, id="shared"),
    ],
)
def test_a_client_is_told_of_it_in_several_forms(given: Any, kept: object) -> None:
    """True for the usual one."""
    assert kept == Settings(breaker=given).breaker


@pytest.mark.parametrize("given", [5, 0.5, "open", [CircuitBreaker()]])
def test_a_client_refuses_what_is_none(given: Any) -> None:
    """When it is made."""
    with pytest.raises(ConfigError, match="breaker is of type") as caught:
        Client(breaker=given)

    assert "breaker" == caught.value.field


def test_a_shared_one_is_taken_as_it_is() -> None:
    """A policy makes one of its own, with the client's dice."""
    dice = random.Random(7)  # noqa: S311 - not for secrets

    assert (SHARED, POLICY) == (Breaker.of(SHARED, dice), Breaker.of(POLICY, dice).policy)
