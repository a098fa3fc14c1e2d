"""What all calls of a client share when they are tried again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

import httpx

from restkit.flow import Clock
from restkit.flow.forks import forks
from restkit.retrying.budgets import Budgets
from restkit.retrying.pauses import Pauses

if TYPE_CHECKING:
    import random

    from restkit.policies.retry import RetryPolicy

SENDING = "restkit.sending"
"""Where the extensions of a request that may be sent again hold its `Sending`."""
Sending: TypeAlias = "tuple[RetryPolicy, Memory, int]"
"""By which policy, with which memory, and how often its call had been sent before, to other URLs."""
Admits = Callable[[httpx.Request], bool]
"""Whether a request would be let through: what a circuit breaker knows."""


class Memory:
    """The clock, the dice, and what is remembered of each origin."""

    __slots__ = ("__weakref__", "_given", "_own", "admits", "budgets", "clock", "pauses")
    clock: Clock
    admits: Admits | None
    budgets: Budgets
    pauses: Pauses

    def __init__(self, clock: Clock, dice: random.Random | None, admits: Admits | None) -> None:
        self.clock, self.admits, self._given = clock, admits, dice
        self._own: random.Random | None = None
        self.budgets, self.pauses = Budgets(), Pauses()
        forks.add(self)

    @property
    def dice(self) -> random.Random:
        """Those that were given, or some of our own, made when they are first needed."""
        if self._given is not None:
            return self._given
        if self._own is None:
            self._own = fresh_dice()
        return self._own

    def after_fork(self) -> None:
        """In the child: it should not roll what its parent and its siblings roll."""
        self._own = None


def fresh_dice() -> random.Random:
    """Dice of one's own."""
    import random

    return random.Random()  # noqa: S311 - it spreads load, and guards nothing
