"""What is remembered of origins, and that it is bounded."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from restkit import Client, RetryBudget, RetryPolicy
from restkit.admission.origins import key_of
from restkit.policies.decision import Decision, RetryAt, Stop
from restkit.retrying.budgets import MOST_ORIGINS, Budgets
from restkit.retrying.course import affordable
from restkit.retrying.pauses import Pauses
from restkit.testing import Simulation, VirtualClock
from tests.retry.rolled import dice

BUDGET = RetryBudget(capacity=10)


@given(st.lists(st.tuples(st.sampled_from(["spend", "repay"]), st.integers(0, 20))))
def test_a_budget_is_never_overdrawn(steps: list[tuple[str, int]]) -> None:
    """Nor ever fuller than it was."""
    budgets = Budgets()
    for act, amount in steps:
        before = budgets.left(BUDGET, "a")
        if act == "spend":
            assert budgets.spend(BUDGET, "a", amount) is (amount <= before)
        else:
            budgets.repay("a", amount)

        assert 0 <= budgets.left(BUDGET, "a") <= 10


def test_few_origins_are_remembered() -> None:
    """Those that were asked about last."""
    budgets, pauses = Budgets(), Pauses()
    for number in range(MOST_ORIGINS + 5):
        assert budgets.spend(BUDGET, number, 3)
        pauses.extend(number, 5.0)

    assert (MOST_ORIGINS, 10, 7) == (len(budgets.debts), budgets.left(BUDGET, 4), budgets.left(BUDGET, 5))
    assert (MOST_ORIGINS, False) == (len(pauses.moments), 4 in pauses.moments)


def test_a_pause_is_as_long_as_the_longest() -> None:
    """And forgotten when it is over."""
    pauses = Pauses()
    pauses.extend("a", 9.0)
    pauses.extend("a", 5.0)
    pauses.end("a", 8.0)
    before = dict(pauses.moments)
    pauses.end("a", 9.5)
    pauses.end("a", 9.5)

    assert ({"a": 9.0}, {}) == (before, pauses.moments)


def test_locks_start_anew_in_a_forked_child() -> None:
    """One that the parent's threads held would never be released."""
    for state in (Budgets(), Pauses()):
        before: Any = state._lock  # noqa: SLF001 - nobody else sees it
        state.after_fork()

        assert before is not state._lock  # noqa: SLF001 - likewise


class Poor:
    """A subject that cannot pay: another call was faster."""

    def spend(self, _: int) -> bool:
        """There is nothing left."""
        return False


@pytest.mark.parametrize(("decision", "expected"), [(RetryAt(5.0, 14), Stop("budget")), (RetryAt(5.0), RetryAt(5.0))])
def test_what_another_call_has_spent_cannot_be_spent(decision: Decision, expected: Decision) -> None:
    """Though there was enough when it was decided; what costs nothing needs nothing."""
    poor: Any = Poor()

    assert expected == affordable(decision, poor)


@pytest.mark.parametrize(
    ("there", "origin"),
    [("http://API.test:80/x", ("http", "api.test", 80)), ("http://a..b/", ("http", b"a..b"))],
)
def test_an_origin_has_one_spelling(there: str, origin: object) -> None:
    """Unless it is none."""
    assert origin == key_of(httpx.Request("GET", there))


def test_an_outage_is_not_multiplied() -> None:
    """However many calls there are, each client sends 35 requests more at the most."""
    sent: dict[str, int] = {}

    def wire(request: httpx.Request) -> httpx.Response:
        sent[request.headers["user-agent"]] = sent.get(request.headers["user-agent"], 0) + 1
        return httpx.Response(503)

    simulation = Simulation(VirtualClock(), wire, seed=1)
    for number in range(4):
        client = Client(
            base_url="http://api.test",
            user_agent=f"client{number}",
            clock=simulation.clock,
            dice=dice(number),
            retry=RetryPolicy(attempts=5),
        )
        _ = simulation.run_all(*(client.get.op("/") for _ in range(200)), client=client)

    assert all(count <= 200 + 35 for count in sent.values())
    assert 4 == len(sent)
