"""The threads that share a virtual clock.

Theory of operation. Time must not pass while anybody still works, so each thread that waits says until when, and what
would rouse it earlier. Once all of them wait, the one with the nearest moment goes on alone, and its moment has come.
Threads that were there before the clock are not waited for until they use it; one that lets the others wait for longer
than `PATIENCE`, in real time, is taken to wait for something outside, such as a server for its clients.
"""

from __future__ import annotations

import itertools
import math
import threading
import time
import weakref
from collections.abc import Callable
from typing import NamedTuple

TICK = 0.0002
"""Seconds of real time after which a waiting thread looks again."""
PATIENCE = 1.0
"""Seconds of real time that a working thread holds back the clock."""


class Deadlock(RuntimeError):
    """Somebody waits without limit, and there is nobody left to wake them."""


class Waiting(NamedTuple):
    """What a thread waits for: a moment, or something that comes before it."""

    until: float
    order: int
    came: Callable[[], bool]
    since: float


class Threads:
    """Who waits and who works, of the threads that share one clock."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: dict[threading.Thread, Waiting] = {}
        self._outsiders = weakref.WeakSet(set(threading.enumerate()) - {threading.current_thread()})
        self._slow = weakref.WeakSet[threading.Thread]()
        self._orders = itertools.count()

    def wait(self, until: float, came: Callable[[], bool]) -> bool:
        """Wait in this thread; False if that moment was the next thing to happen, and `came` was not.

        Raises Deadlock when no moment is set and nobody else is there.
        """
        if until < math.inf and not self._waiting and threading.active_count() == 1:
            return came()
        me = threading.current_thread()
        mine = Waiting(until, next(self._orders), came, time.monotonic())
        with self._changed:
            self._outsiders.discard(me)
            self._slow.discard(me)
            self._waiting[me] = mine
            self._changed.notify_all()
            try:
                while not (came() or self._is_next(mine)):
                    _ = self._changed.wait(TICK)
            finally:
                del self._waiting[me]
        return came()

    def _is_next(self, mine: Waiting) -> bool:
        others = set(threading.enumerate()) - self._waiting.keys() - set(self._outsiders)
        if others - set(self._slow):
            if time.monotonic() - mine.since > PATIENCE:
                self._slow.update(others)
            return False
        if min(self._waiting.values()) is not mine or any(each.came() for each in self._waiting.values()):
            return False
        if mine.until == math.inf and not others:
            raise Deadlock("this thread waits without limit, and there is nobody left to wake it")
        return mine.until < math.inf
