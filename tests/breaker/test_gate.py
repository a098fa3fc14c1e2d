"""A gate: threads, finalizers, listeners, forks; and the breaker, which has a gate for each origin."""

from __future__ import annotations

import gc
import logging
import math
import os
import random
from collections.abc import Callable
from typing import Any

import pytest

from restkit import Breaker, CircuitBreaker, CircuitChange, InputError
from restkit.admission.breaker import MOST
from restkit.admission.gate import Gate, Permit
from tests.breaker.trying import in_threads, most_at_once, opened

POLICY = CircuitBreaker(consecutive=3, jitter=0.0)


def fail(gate: Gate, times: int, now: float = 0.0) -> None:
    """Have so many calls fail."""
    for _ in range(times):
        permit = gate.enter(now, 60.0)
        assert permit is not None
        permit.settle("failure", 0.1, now)


def gate(policy: CircuitBreaker = POLICY) -> Gate:
    """A closed one."""
    return Breaker(policy).gate("desk")


def test_a_closed_gate_lets_all_pass() -> None:
    """None of them waits."""
    made = gate()

    assert (None, True) == (made.peek(0.0), all(made.enter(0.0, 60.0) is not None for _ in range(100)))


def test_an_open_gate_says_for_how_long() -> None:
    """And lets nobody pass meanwhile."""
    made = opened(POLICY)

    assert (30.0, None) == (made.peek(0.0), made.enter(29.0, 60.0))


def test_a_permit_is_settled_once() -> None:
    """What it is told later does nothing."""
    made = gate()
    permit = made.enter(0.0, 60.0)
    assert permit is not None

    for _ in range(5):
        permit.settle("failure", 0.1, 0.0)

    assert (1, "closed") == (made.facts.failures, made.state)


@pytest.mark.parametrize(("seconds", "known"), [(12.5, 12.5), (math.inf, None), (None, None)])
def test_a_refusal_says_when_to_come_again(seconds: float | None, known: float | None) -> None:
    """If anybody knows."""
    error = gate().refusal(seconds)

    assert (known, "the circuit of desk is not closed: nothing was sent") == (error.retry_after, error.message)


class Dropped:
    """Settles its permit when nobody has it any more, as a forgotten response does."""

    def __init__(self, permit: Permit) -> None:
        """Hold a permit, and oneself: only the collector finds it."""
        self.permit, self.me = permit, self

    def __del__(self) -> None:
        """Tell."""
        self.permit.settle("failure", 0.1, 0.0)


class Collecting(random.Random):
    """Dice that collect garbage whenever they are rolled: by then the gate holds its lock."""

    def random(self) -> float:
        """Collect."""
        _ = gc.collect()
        return super().random()


def test_a_finalizer_never_waits_for_the_lock() -> None:
    """It runs on the thread that holds it; what it tells is noted, and settled afterwards."""
    told: list[CircuitChange] = []
    policy = CircuitBreaker(consecutive=1, probes=2, probe_failure_rate=1.0, on_change=told.append)
    made = Breaker(policy, dice=Collecting()).gate("desk")
    permits = [made.enter(0.0, 60.0) for _ in range(2)]
    assert None not in permits
    gc.disable()
    try:
        _ = Dropped(permits.pop())  # type: ignore[arg-type] # none is None
        permits[0].settle("failure", 0.1, 0.0)  # type: ignore[union-attr] # likewise
    finally:
        gc.enable()

    assert ("open", [CircuitChange("desk", "closed", "open")]) == (made.state, told)


def test_what_was_noted_is_settled() -> None:
    """By whoever has the lock next."""
    made = gate(CircuitBreaker(consecutive=2))
    permits = [made.enter(0.0, 60.0) for _ in range(2)]
    with made._lock:  # noqa: SLF001 - as a thread that is just then at it
        for permit in permits:
            assert permit is not None
            permit.settle("failure", 0.1, 0.0)

    assert ["closed", "open"] == [made.state, made.facts.state]


def test_changes_are_told() -> None:
    """Each once, in their order, and with no lock held: the listener may look."""
    seen: list[Any] = []

    def listener(change: CircuitChange) -> None:
        seen.append((change.before, change.after, made.facts.state))

    made = gate(CircuitBreaker(consecutive=3, jitter=0.0, probes=1, on_change=listener))
    fail(made, 3)
    fail(made, 1, now=30.0)
    permit = made.enter(90.0, 60.0)
    assert permit is not None
    permit.settle("success", 0.1, 91.0)
    made.isolate()
    made.isolate()
    made.reset()

    assert [
        ("closed", "open", "open"),
        ("open", "half_open", "half_open"),
        ("half_open", "open", "open"),
        ("open", "half_open", "half_open"),
        ("half_open", "closed", "closed"),
        ("closed", "isolated", "isolated"),
        ("isolated", "closed", "closed"),
    ] == seen


def test_a_listener_that_fails_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """It is logged."""

    def listener(_: CircuitChange) -> None:
        raise RuntimeError("a bug in our metrics")

    caplog.set_level(logging.ERROR, "restkit")

    made = opened(CircuitBreaker(consecutive=3, on_change=listener))

    assert ("open", ["a listener of a circuit failed, and the call went on"]) == (made.state, caplog.messages)


def test_no_more_than_five_threads_may_try() -> None:
    """Whoever is fastest."""
    made = opened(POLICY)

    permits = [
        permit for entered in in_threads(lambda: [made.enter(30.0, 60.0) for _ in range(50)]) for permit in entered
    ]

    assert 5 == sum(permit is not None for permit in permits)


def test_no_more_than_five_threads_try_at_the_same_time() -> None:
    """Though each makes room for another as soon as it has nothing to tell."""
    most, calls = most_at_once(threads=8, calls=500)

    assert (True, 4_000) == (1 <= most <= 5, calls)


def test_nothing_is_lost_between_threads() -> None:
    """Each outcome counts once."""
    made = gate(CircuitBreaker(window=1_000_000, failure_rate=1.0))

    def calls() -> None:
        for number in range(2_000):
            permit = made.enter(0.0, 60.0)
            assert permit is not None
            permit.settle("failure" if number % 4 == 0 else "success", 0.1, 0.0)

    _ = in_threads(calls)

    assert (16_000, 4_000) == (made.facts.calls, made.facts.failures)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_begins_anew() -> None:
    """The lock may be the parent's, and so are the calls; what was isolated stays so."""
    breaker = Breaker(POLICY)
    fail(breaker.gate("open"), 3)
    breaker.gate("isolated").isolate()
    gates = [breaker.gate("open"), breaker.gate("isolated")]
    with gates[0]._lock:  # noqa: SLF001 - as a thread that is just then at it
        child = os.fork()
        if child == 0:  # pragma: no cover - runs in the child
            as_it_should = [gate.facts.state for gate in gates] == ["closed", "isolated"]
            os._exit(0 if as_it_should else 1)

    assert 0 == os.waitpid(child, 0)[1]


def test_an_origin_has_one_gate() -> None:
    """However it is written."""
    breaker = Breaker()
    ways = ("https://api.test", "https://API.test:443/users?x=1", ("https", "api.test", 443))

    assert (1, ["https://api.test"]) == (len({breaker.gate(way) for way in ways}), list(breaker.states()))


def test_origins_are_apart() -> None:
    """By scheme, host and port."""
    breaker = Breaker()
    ways = (
        "https://api.test",
        "http://api.test",
        "https://api.test:8443",
        "https://www.api.test",
        "https://[::1]:8443",
    )

    for way in ways:
        _ = breaker.gate(way)

    assert list(ways) == list(breaker.states())


def test_an_address_has_its_brackets() -> None:
    """As in a URL."""
    breaker = Breaker()

    _ = breaker.gate(("http", "::1", 80))

    assert ["http://[::1]"] == list(breaker.states())


def test_a_url_that_is_none_is_refused() -> None:
    """Rather than taken for a name."""
    with pytest.raises(InputError):
        Breaker().isolate("ftp://api.test")


@pytest.mark.parametrize("switch", [Breaker.isolate, Breaker.reset])
@pytest.mark.parametrize("key", ["a.test", "", 5, b"https://a.test", ("https", "a.test"), ("https", "a.test", "443")])
def test_what_no_call_passes_cannot_be_switched(switch: Callable[..., None], key: Any) -> None:
    """A host is no origin, and would be isolated for nothing."""
    breaker = Breaker()

    with pytest.raises(InputError, match="key is neither an origin nor a circuit that there is; pass an origin"):
        switch(breaker, key)
    assert {} == breaker.states()


@pytest.mark.parametrize("key", [None, "billing", "https://a.test", ("https", "a.test", 443)])
def test_a_name_can_be_isolated_before_the_first_call(key: Any) -> None:
    """With or without saying it."""
    breaker = Breaker(CircuitBreaker(name="billing"))
    breaker.isolate(key)

    assert ("isolated", ["billing"]) == (breaker.gate("https://b.test").state, list(breaker.states()))


def test_a_function_is_isolated_by_its_name() -> None:
    """As `states` tells it, from when it was decorated."""
    breaker = Breaker()
    _ = breaker.gate("acme.prices.fetch")
    breaker.isolate("acme.prices.fetch")

    assert "isolated" == breaker.states()["acme.prices.fetch"].state


def test_a_name_makes_one_of_all() -> None:
    """Whatever is called."""
    breaker = Breaker(CircuitBreaker(name="billing"))

    assert (breaker.gate("https://a.test"), ["billing"]) == (breaker.gate("https://b.test"), list(breaker.states()))


def test_one_circuit_is_isolated_and_reset() -> None:
    """The others go on."""
    breaker = Breaker()
    _ = breaker.gate("https://a.test"), breaker.gate("https://b.test")

    breaker.isolate("https://a.test")
    isolated = {name: facts.state for name, facts in breaker.states().items()}
    breaker.reset("https://a.test")

    assert ({"https://a.test": "isolated", "https://b.test": "closed"}, "closed") == (
        isolated,
        breaker.gate("https://a.test").state,
    )


def test_all_circuits_are_isolated_and_reset() -> None:
    """Without a key."""
    breaker = Breaker()
    gates = [breaker.gate("a"), breaker.gate("b")]

    breaker.isolate()
    isolated = [gate.state for gate in gates]
    breaker.reset()

    assert (["isolated"] * 2, ["closed"] * 2) == (isolated, [gate.state for gate in gates])


def test_circuits_are_bounded_in_number() -> None:
    """Those that are missed least go first: closed, and long unused. What somebody isolated stays."""
    breaker = Breaker(POLICY)
    breaker.gate("isolated").isolate()
    fail(breaker.gate("open"), 3)
    for number in range(3 * MOST):
        _ = breaker.gate(f"closed {number}").enter(float(number), 60.0)
    states = breaker.states()

    assert ("isolated", "open", True, False, True) == (
        states["isolated"].state,
        states["open"].state,
        f"closed {3 * MOST - 1}" in states,
        "closed 0" in states,
        len(states) <= MOST,
    )


def test_spellings_are_bounded_in_number() -> None:
    """However many there are of one circuit."""
    breaker = Breaker(CircuitBreaker(name="one"))

    for number in range(3 * MOST):
        _ = breaker.gate(f"https://a{number}.test")

    assert (1, True) == (len(breaker.states()), len(breaker._gates) <= MOST)  # noqa: SLF001 - seen in no other way


def test_dice_of_its_own() -> None:
    """Where none are given, two breakers do not come back at the same moment."""
    waits = set[float | None]()
    for _ in range(5):
        made = Breaker(CircuitBreaker(consecutive=3)).gate("desk")
        fail(made, 3)
        waits.add(made.peek(0.0))

    assert (5, True) == (len(waits), all(seconds is not None and 27.0 <= seconds <= 33.0 for seconds in waits))
