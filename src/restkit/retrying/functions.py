"""Any function, tried again as a request is."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any

from typing_extensions import TypeVar

from restkit.flow import Clock, Flow
from restkit.policies.decision import SAID, Facts, History, Outcome, Reason
from restkit.policies.retry import RetryPolicy
from restkit.retrying.budgets import Budgets
from restkit.retrying.course import ended, retried
from restkit.retrying.memory import fresh_dice

if TYPE_CHECKING:
    import random

T = TypeVar("T")
ALL: Hashable = None
"""Whom a budget is for: all calls of the function."""


def retrying(  # noqa: PLR0913 - by keyword
    policy: RetryPolicy,
    attempt: Callable[[], Flow[T]],
    *,
    clock: Clock | None = None,
    dice: random.Random | None = None,
    until: float | None = None,
    budgets: Budgets | None = None,
) -> Flow[T]:
    """Try `attempt()` as often as the policy says: the flow behind a function decorator.

    Any error is worth another attempt, but for restkit's own refusals, and so is an answer that the policy's `retry` or
    `strategy` wants again. `until` is the moment it must be over by; without `budgets` there is no budget.
    """
    clock = clock or Clock()
    called = Called(policy, attempt, until, budgets)
    started = clock.now()
    try:
        answer: T = yield from attempt()
    except Exception as error:  # noqa: BLE001 - raised by `ended`, unless another attempt does better
        outcome = called.outcome(None, error)
    else:
        if called.takes_any_answer:
            called.succeed(1)
            return answer
        outcome = called.outcome(answer, None)
    course = retried(called, policy, outcome, History(started=started), clock, dice or fresh_dice())
    del outcome  # its error would hold this frame
    return ended((yield from course))  # type: ignore[no-any-return] # what `attempt` answers


class Called:
    """A function, as a subject."""

    __slots__ = ("_attempt", "_budgets", "_policy", "_until")

    def __init__(
        self,
        policy: RetryPolicy,
        attempt: Callable[[], Flow[Any]],
        until: float | None,
        budgets: Budgets | None,
    ) -> None:
        self._policy, self._attempt, self._until, self._budgets = policy, attempt, until, budgets

    @property
    def takes_any_answer(self) -> bool:
        """Whether nobody is asked about answers."""
        return self._policy.retry is None and self._policy.strategy is None

    def attempt(self, waited: float) -> Flow[Any]:  # noqa: ARG002 - it need not know
        """Call it."""
        return self._attempt()

    def outcome(self, answer: Any, error: Exception | None) -> Outcome:  # noqa: ANN401 - whatever it answers
        """What came of a call."""
        return Outcome(error, answer)

    def is_success(self, outcome: Outcome) -> bool:
        """Whether it answered, and nobody is asked about answers."""
        return outcome.error is None and self.takes_any_answer

    def facts(self, now: float) -> Facts:  # noqa: ARG002 - likewise
        """What is known of it."""
        budget = self._policy.budget
        tokens = None if self._budgets is None or budget is None else self._budgets.left(budget, ALL)
        return Facts(deadline=self._until, tokens=tokens, is_function=True)

    def attempts(self, retries: int) -> int:
        """How often it was called."""
        return retries + 1

    def schedule(self, outcome: Outcome, moment: float) -> None:
        """Nobody else is told."""

    def spend(self, cost: int) -> bool:
        """Pay for another call."""
        budget = self._policy.budget
        return self._budgets is None or budget is None or self._budgets.spend(budget, ALL, cost)

    def refund(self, cost: int) -> None:
        """It was not called again after all."""
        if cost and self._budgets is not None:
            self._budgets.repay(ALL, cost)

    def succeed(self, cost: int) -> None:
        """It has answered."""
        if self._budgets is not None and self._budgets.debts:
            self._budgets.repay(ALL, cost or 1)

    def discard(self, outcome: Outcome) -> Flow[bool]:  # noqa: ARG002 - likewise
        """There is nothing to close."""
        yield from ()
        return True

    def stop(self, outcome: Outcome, reason: Reason) -> None:
        """Note on the error why it is not called again."""
        if outcome.error is not None:
            outcome.error.add_note(SAID[reason])
