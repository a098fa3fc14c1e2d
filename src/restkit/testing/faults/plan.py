"""What becomes of each request: faults in a row, by a function, or by chance."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from restkit.errors import InputError
from restkit.testing.faults.fault import OK, Absence, Fault, status
from restkit.testing.faults.table import FAULTS
from restkit.testing.ledger import Received

Told: TypeAlias = Fault | str | int | None
"""A fault, the name of one, a status; None or "ok" for no fault."""
Decide: TypeAlias = Callable[[Received], Told]
"""Decides by the head of a request; its body has not come yet."""


def fault_of(told: Told) -> Fault:
    """The fault that is meant. Raises InputError for a name that there is none of."""
    if isinstance(told, Fault):
        return told
    if isinstance(told, int):
        return status(told)
    if told is None or told == OK.name:
        return OK
    if told not in FAULTS:
        raise InputError("fault", f"is {told!r}, which there is none of", "choose from restkit.testing.FAULTS")
    return FAULTS[told]


class Plan:
    """The faults to come. A sequence is played once, and then all is well; a function is asked each time."""

    def __init__(self, told: Iterable[Told] | Decide | Told = ()) -> None:
        self._decide: Decide | None = None
        self._rest: Iterator[Told] = iter(())
        self._next: list[Fault] = []
        self._lock = threading.Lock()
        if callable(told):
            self._decide = told
        elif told is None or isinstance(told, Fault | str | int):
            self._rest = iter((told,))
        else:
            self._rest = iter(told)

    def early(self) -> Fault | None:
        """The next fault, if it comes before anything is read; else it stays the next one."""
        with self._lock:
            return self._next.pop() if self._look().is_early else None

    def absence(self) -> Absence | None:
        """Whether the next fault is that nobody is there; else it stays the next one."""
        with self._lock:
            return self._next.pop().absence if self._look().absence else None

    def take(self, request: Received) -> Fault:
        """The next fault, now that a head has come."""
        if self._decide is not None:
            return fault_of(self._decide(request))
        with self._lock:
            _ = self._look()
            return self._next.pop()

    def _look(self) -> Fault:
        if not self._next:
            self._next.append(fault_of(next(self._rest, None)))
        return self._next[0]


def by_chance(seed: int, share: float = 0.3, among: Iterable[Told] | None = None) -> Iterator[Fault]:
    """Faults by chance, the same for the same seed: a plan. `share` of the requests meet one.

    `among` them, or among all that end by themselves.
    """
    dice = random.Random(seed)  # noqa: S311 - to be repeated, not to be secret
    chosen = [fault_of(each) for each in (harmless() if among is None else among)]
    while True:
        yield dice.choice(chosen) if dice.random() < share else OK


def harmless() -> list[Fault]:
    """The faults that end by themselves, on a server with TLS or without."""
    return [each for each in FAULTS.values() if each.tls is None and not each.waits and each.absence is None]
