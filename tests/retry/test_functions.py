"""The flow behind a decorator: any function, tried again."""

from __future__ import annotations

from typing import Any

import pytest
import tenacity

from restkit import CircuitOpen, RetryBudget, RetryPolicy
from restkit.flow import Ask, Flow
from restkit.retrying.budgets import Budgets
from restkit.retrying.functions import retrying
from tests.flow.engines import Engine
from tests.retry.rolled import dice

TWO = RetryPolicy(wait=2)


def gives(*outcomes: Any) -> Any:
    """A function that gives these, one after the other, or raises them."""
    left = list(outcomes)

    def blocking() -> Any:
        found = left.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    async def awaiting() -> Any:
        """The same, in the other world."""
        return blocking()

    def attempt() -> Flow[Any]:
        return (yield from Ask(blocking, awaiting))

    return attempt


def tried(engine: Engine, attempt: Any, policy: RetryPolicy = TWO, **how: Any) -> Any:
    """What comes of it in an engine; an error, too, is answered."""
    try:
        return engine.perform(retrying(policy, attempt, clock=engine.clock, **how))
    except Exception as error:  # noqa: BLE001 - it is what the test is about
        return error


def test_a_function_that_fails_is_called_again(engine: Engine) -> None:
    """After a wait."""
    assert (7, 1_004.0) == (tried(engine, gives(ValueError(), OSError(), 7)), engine.clock.now())


def test_a_function_that_succeeds_is_called_once(engine: Engine) -> None:
    """Whatever it answers."""
    assert (None, 1_000.0) == (tried(engine, gives(None)), engine.clock.now())


def test_the_last_error_is_raised(engine: Engine) -> None:
    """As it is."""
    errors = [ValueError("1"), ValueError("2"), ValueError("3")]

    assert errors[2] is tried(engine, gives(*errors))


def test_a_moment_bounds_it(engine: Engine) -> None:
    """The error says so."""
    found = tried(engine, gives(ValueError("1")), until=1_001.0)

    assert ["not sent again: there is no time for it before the deadline"] == found.__notes__


def test_an_answer_may_be_asked_for_again(engine: Engine) -> None:
    """If the policy looks at answers."""
    policy = RetryPolicy(wait=2, retry=tenacity.retry_if_result(lambda answer: answer is None))

    assert ("yes", 1_004.0) == (tried(engine, gives(None, None, "yes"), policy), engine.clock.now())


def test_an_answer_that_is_not_wanted_is_the_last_in_the_end(engine: Engine) -> None:
    """There is none better."""
    policy = RetryPolicy(wait=2, retry=tenacity.retry_if_result(lambda answer: answer < 9))

    assert 3 == tried(engine, gives(1, 2, 3), policy)


def test_an_answer_that_is_not_wanted_is_better_than_none(engine: Engine) -> None:
    """When there is no time for another."""
    policy = RetryPolicy(wait=2, retry=tenacity.retry_if_result(lambda answer: answer < 9))

    assert 1 == tried(engine, gives(1, 2), policy, until=1_001.0)


def test_a_function_may_have_a_budget(engine: Engine) -> None:
    """Which comes back with success."""
    budgets, policy = Budgets(), RetryPolicy(wait=0, budget=RetryBudget(capacity=28))
    how: Any = {"budgets": budgets, "dice": dice(1)}
    found = [
        tried(engine, gives(ValueError(), ValueError(), ValueError(str(number))), policy, **how) for number in (1, 2)
    ]
    after = [tried(engine, gives(5), policy, **how) for _ in range(28)]

    assert ("1", "", {}) == (str(found[0]), str(found[1]), dict(budgets.debts))
    assert [5] * 28 == after


@pytest.mark.parametrize("budgets", [Budgets(), None])
def test_a_call_that_was_never_made_costs_nothing(engine: Engine, budgets: Budgets | None) -> None:
    """Whatever was called has been refused by something within."""
    found = tried(engine, gives(ValueError("1"), CircuitOpen("open")), RetryPolicy(wait=0), budgets=budgets)

    assert ("1", {}) == (str(found), {} if budgets is None else dict(budgets.debts))


def test_without_a_budget_nothing_is_counted(engine: Engine) -> None:
    """Even if there is a place for it."""
    budgets = Budgets()
    found = tried(engine, gives(ValueError(), 5), RetryPolicy(wait=0, budget=None), budgets=budgets)

    assert (5, {}) == (found, dict(budgets.debts))


def test_an_interruption_is_not_caught() -> None:
    """Nor anything else that is no Exception."""

    def attempt() -> Flow[None]:
        raise KeyboardInterrupt
        yield

    with pytest.raises(KeyboardInterrupt):
        _ = next(retrying(TWO, attempt))
