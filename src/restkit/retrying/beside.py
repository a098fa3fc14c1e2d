"""Sends beside others: they count among the attempts of a call, and are paid for as retries are."""

from __future__ import annotations

from collections.abc import Hashable

import httpx

from restkit.admission.origins import key_of
from restkit.retrying.memory import SENDING, Sending


class Beside:
    """What one call may send beside a send that is under way: nothing bounds it where nobody sends again."""

    __slots__ = ("_origin", "_paid", "_sending")

    def __init__(self, request: httpx.Request) -> None:
        self._sending: Sending | None = request.extensions.get(SENDING)
        self._origin: Hashable = key_of(request)
        self._paid: list[int] = []

    def pay(self, sends: int) -> bool:
        """Pay for one more, if there is an attempt left and the budget allows it; `sends` is how often it was sent."""
        if self._sending is None:
            return True
        policy, memory, before = self._sending
        if sends - before >= policy.attempts:
            return False
        budget = policy.budget
        if budget is not None:
            if not memory.budgets.spend(budget, self._origin, budget.transient):
                return False
            self._paid.append(budget.transient)
        return True

    def refund_one(self) -> None:
        """One was not sent after all."""
        if self._paid and self._sending is not None:
            self._sending[1].budgets.repay(self._origin, self._paid.pop())

    def refund(self) -> None:
        """The call has succeeded: what was paid comes back."""
        while self._paid:
            self.refund_one()
