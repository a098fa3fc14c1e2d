"""A circuit, stepped by hand: no clock, no lock, loaded dice."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from restkit import CircuitBreaker
from restkit.policies.circuit import Circuit, Verdict

EVEN = 0.5
"""What dice show when there is no jitter."""


def circuit(policy: CircuitBreaker | None = None, roll: float = EVEN) -> Circuit:
    """A closed one."""
    return Circuit(policy or CircuitBreaker(), lambda: roll)


def told(circuit: Circuit, *verdicts: Verdict, now: float = 0.0, elapsed: float = 0.1) -> Circuit:
    """The circuit after calls that came to this, one after the other."""
    for verdict in verdicts:
        number = circuit.admit(now, 60.0)
        assert number is not None
        circuit.record(number, verdict, elapsed, now)
    return circuit


def opened(policy: CircuitBreaker | None = None, roll: float = EVEN) -> Circuit:
    """One that opened at moment 0."""
    return told(circuit(policy or CircuitBreaker(consecutive=3), roll), *["failure"] * 3)


def half_open(policy: CircuitBreaker | None = None) -> tuple[Circuit, list[int]]:
    """One with five tries under way since moment 30, and their numbers."""
    made = opened(policy)
    numbers = [made.admit(30.0, 60.0) for _ in range(5)]
    return made, [number for number in numbers if number is not None]


def test_a_few_calls_open_nothing() -> None:
    """Nineteen failures of the twenty that it takes."""
    assert "closed" == told(circuit(), *["failure"] * 19).state


def test_half_of_twenty_calls_open_it() -> None:
    """The twentieth may be a success."""
    assert "open" == told(circuit(), *["failure"] * 10, *["success"] * 10).state


def test_less_than_half_open_nothing() -> None:
    """Nine of twenty."""
    assert "closed" == told(circuit(), *["failure"] * 9, *["success"] * 11).state


def test_only_the_last_calls_count() -> None:
    """The hundred before have fallen out of the window."""
    policy = CircuitBreaker(window=20, failure_rate=0.5)
    failing = told(circuit(policy), *["success"] * 100, *["failure"] * 9)

    assert ("closed", "open") == (failing.state, told(failing, "failure").state)


def test_failures_in_a_row_open_it() -> None:
    """However few there were."""
    policy = CircuitBreaker(consecutive=3)

    assert ["closed", "open"] == [
        told(circuit(policy), *verdicts).state
        for verdicts in (["failure", "failure", "success", "failure"], ["success", "failure", "failure", "failure"])
    ]


def test_neutral_outcomes_say_nothing() -> None:
    """Neither do they break a row."""
    policy = CircuitBreaker(consecutive=2)
    made = told(circuit(policy), "failure", "neutral")

    assert (1, "open") == (made.facts.calls, told(made, "failure").state)


def test_slow_calls_open_it() -> None:
    """Four of five took as long."""
    policy = CircuitBreaker(slow_seconds=1.0, min_calls=5)
    quick = told(circuit(policy), "success")

    assert "open" == told(quick, *["success"] * 4, elapsed=1.0).state


def test_seconds_forget() -> None:
    """Ten failures of eleven seconds ago are as if they had not been."""
    policy = CircuitBreaker(window_seconds=10.0, min_calls=11)
    early = told(circuit(policy), *["failure"] * 10, now=100.0)
    late = told(circuit(policy), *["failure"] * 10, now=100.0)

    assert ("open", "closed") == (
        told(early, "success", now=109.9).state,
        told(late, "success", now=111.0).state,
    )


def test_a_thread_may_be_late() -> None:
    """What it tells counts as now."""
    policy = CircuitBreaker(window_seconds=10.0)
    made = told(circuit(policy), "success", now=100.0)

    assert 2 == told(made, "failure", now=90.0).facts.calls


@pytest.mark.parametrize(("roll", "seconds"), [(0.0, 27.0), (EVEN, 30.0), (1.0, 33.0)])
def test_it_is_open_for_about_thirty_seconds(roll: float, seconds: float) -> None:
    """A tenth more or less, as the dice have it."""
    made = opened(roll=roll)

    assert (pytest.approx(seconds), None) == (made.wait(0.0), made.admit(seconds - 0.1, 60.0))


def test_it_is_open_for_longer_each_time_that_the_tries_fail() -> None:
    """Twice as long, up to five minutes."""
    made, now, waits = opened(CircuitBreaker(consecutive=3, probe_failure_rate=0.2)), 0.0, list[float]()
    for _ in range(6):
        seconds = made.wait(now)
        assert seconds is not None
        waits.append(seconds)
        now += seconds
        _ = told(made, "failure", now=now)

    assert [30.0, 60.0, 120.0, 240.0, 300.0, 300.0] == pytest.approx(waits)


def test_it_is_open_for_as_long_as_at_first_once_it_was_closed() -> None:
    """All is forgotten."""
    made = told(opened(), *["failure"] * 3, now=30.0)
    _ = told(made, *["success"] * 5, now=90.0)

    assert 30.0 == told(made, *["failure"] * 3, now=100.0).wait(100.0)


def test_five_may_try() -> None:
    """Nobody else, before one of them has told something."""
    made, numbers = half_open()

    assert (5, None, 60.0) == (len(numbers), made.admit(30.0, 60.0), made.wait(30.0))


def test_whoever_told_something_is_not_replaced() -> None:
    """Five results decide: there is no use in a sixth try."""
    made, numbers = half_open()
    made.record(numbers[0], "success", 0.1, 31.0)

    assert None is made.admit(31.0, 60.0)


def test_whoever_told_nothing_is_replaced() -> None:
    """A neutral outcome gives the permit back."""
    made, numbers = half_open()
    made.record(numbers[0], "neutral", 0.1, 31.0)

    assert [True, False] == [made.admit(31.0, 60.0) is not None for _ in range(2)]


@pytest.mark.parametrize(
    ("verdicts", "state"),
    [
        (["failure"] * 2, "half_open"),
        (["failure"] * 3, "open"),
        (["success", "failure", "success", "failure"], "half_open"),
        (["success", "failure", "success", "failure", "success"], "closed"),
        (["success", "success", "failure", "failure", "failure"], "open"),
        (["success"] * 4, "half_open"),
        (["success"] * 5, "closed"),
    ],
)
def test_five_results_decide(verdicts: list[Verdict], state: str) -> None:
    """It opens again as soon as that is certain."""
    made, numbers = half_open()
    for number, verdict in zip(numbers, verdicts, strict=False):
        made.record(number, verdict, 0.1, 31.0)

    assert state == made.state


def test_slow_tries_open_it_again() -> None:
    """Where slowness counts."""
    made, numbers = half_open(CircuitBreaker(consecutive=3, slow_seconds=1.0))
    for number in numbers:
        made.record(number, "success", 2.0, 31.0)

    assert "open" == made.state


def test_a_lease_ends() -> None:
    """The permit goes to another call, and what its first holder tells is dropped."""
    made, numbers = half_open()

    before, after = made.admit(89.9, 60.0), made.admit(90.0, 60.0)
    made.record(numbers[0], "failure", 60.0, 90.0)

    assert (None, True, 0) == (before, after is not None, made.facts.calls)


def test_what_comes_too_late_is_dropped() -> None:
    """It passed before the circuit opened, and tells of another time."""
    made = opened()
    late = 1
    _ = told(made, *["success"] * 5, now=30.0)
    made.record(late, "failure", 60.0, 60.0)

    assert ("closed", 0) == (made.state, made.facts.calls)


def test_an_isolated_circuit_lets_nothing_pass() -> None:
    """For as long as it takes."""
    made = circuit()
    made.isolate()

    assert (math.inf, None, "isolated") == (made.wait(1e9), made.admit(1e9, 60.0), made.state)


def test_a_reset_begins_anew() -> None:
    """Whatever it was."""
    made = opened()
    made.reset()

    assert ("closed", None, 0) == (made.state, made.wait(0.0), made.facts.calls)


@given(
    st.lists(st.sampled_from(("success", "failure")), max_size=60),
    st.floats(0.01, 1.0),
    st.integers(1, 20),
)
def test_it_opens_with_the_first_call_that_makes_the_rate(verdicts: list[Verdict], rate: float, least: int) -> None:
    """Not before, and not later."""
    made = circuit(CircuitBreaker(failure_rate=rate, min_calls=least))
    for count, verdict in enumerate(verdicts, 1):
        if told(made, verdict).state == "open":
            break
        failures = verdicts[:count].count("failure")
        assert count < least or failures / count < rate
    else:
        return

    assert count >= least
    assert verdicts[:count].count("failure") / count >= rate


CALLS = st.lists(st.tuples(st.sampled_from(["success", "success", "failure", "neutral"]), st.sampled_from([0.1, 9.0])))


@given(CALLS)
def test_what_moves_nothing_may_be_left_out(calls: list[tuple[Verdict, float]]) -> None:
    """Whoever is told of the other calls alone comes to the same."""
    policy = CircuitBreaker(window=4, min_calls=4, consecutive=3, slow_seconds=5.0)
    told_all, told_some = circuit(policy), circuit(policy)
    for verdict, elapsed in [("success", 0.1)] * 5 + calls:
        if not told_some.is_unmoved_by(told_some.number, verdict, elapsed):
            told_some.record(told_some.number, verdict, elapsed, 0.0)
        told_all.record(told_all.number, verdict, elapsed, 0.0)

        assert told_some.facts == told_all.facts


@pytest.mark.parametrize(
    ("calls", "number", "verdict", "elapsed"),
    [(99, 1, "success", 0.1), (100, 2, "success", 0.1), (100, 1, "failure", 0.1), (100, 1, "success", 99.0)],
    ids=["few", "another's", "a failure", "slow"],
)
def test_what_may_move_it_is_not_left_out(calls: int, number: int, verdict: Verdict, elapsed: float) -> None:
    """But one more success after a window full of them is."""
    made = told(circuit(CircuitBreaker(slow_seconds=5.0)), *["success"] * calls)

    assert (False, calls == 100) == (
        made.is_unmoved_by(number, verdict, elapsed),
        made.is_unmoved_by(made.number, "success", 0.1),
    )


def test_a_window_of_seconds_leaves_nothing_out() -> None:
    """Each success is of another moment."""
    made = told(circuit(CircuitBreaker(window_seconds=10.0)), *["success"] * 200)

    assert not made.is_unmoved_by(made.number, "success", 0.1)
