"""What is left of each origin's budget for retries: state, shared by all calls of a client.

Only debts are remembered, so that there is nothing to look up while all is well.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import TYPE_CHECKING

from restkit.flow.forks import forks

if TYPE_CHECKING:
    from restkit.policies.retry import RetryBudget

MOST_ORIGINS = 1_000
"""How many origins in debt are remembered; of more, the one that was asked about longest ago is forgiven."""


class Budgets:
    """Tokens that are spent on retries, and come back with success."""

    def __init__(self) -> None:
        self.debts: OrderedDict[Hashable, int] = OrderedDict()
        self._lock = threading.Lock()
        forks.add(self)

    def left(self, budget: RetryBudget, origin: Hashable) -> int:
        """The tokens that an origin has left."""
        return budget.capacity - self.debts.get(origin, 0)

    def spend(self, budget: RetryBudget, origin: Hashable, cost: int) -> bool:
        """Take the tokens for a retry, if there are as many."""
        with self._lock:
            debt = self.debts.get(origin, 0) + cost
            if debt > budget.capacity:
                return False
            self.debts[origin] = debt
            self.debts.move_to_end(origin)
            if len(self.debts) > MOST_ORIGINS:
                _ = self.debts.popitem(last=False)
        return True

    def repay(self, origin: Hashable, amount: int) -> None:
        """Give tokens back."""
        with self._lock:
            debt = self.debts.pop(origin, 0) - amount
            if debt > 0:
                self.debts[origin] = debt

    def after_fork(self) -> None:
        """In the child: a lock that may have been held by the parent."""
        self._lock = threading.Lock()
