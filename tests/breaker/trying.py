"""Threads at a half-open gate."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from restkit import Breaker, CircuitBreaker
from restkit.admission.gate import Gate, Permit


def in_threads(act: Callable[[], object], count: int = 8) -> list[Any]:
    """What so many threads answer that act at the same time."""
    barrier = threading.Barrier(count)

    def run() -> object:
        barrier.wait()
        return act()

    with ThreadPoolExecutor(count) as pool:
        return [future.result() for future in [pool.submit(run) for _ in range(count)]]


def opened(policy: CircuitBreaker) -> Gate:
    """A gate that opened at moment 0, after as many failures in a row as it takes."""
    made = Breaker(policy).gate("desk")
    for _ in range(policy.consecutive or 0):
        permit = made.enter(0.0, 60.0)
        assert permit is not None
        permit.settle("failure", 0.1, 0.0)
    return made


class Trying:
    """Counts how many have a permit: a little fewer than really do, never more."""

    def __init__(self) -> None:
        """Begin with none."""
        self._lock = threading.Lock()
        self._now = self.most = 0

    def begin(self) -> None:
        """One more."""
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)

    def end(self) -> None:
        """One less."""
        with self._lock:
            self._now -= 1


def most_at_once(threads: int, calls: int) -> tuple[int, int]:
    """How many tried at the same time, of how many calls, while none of them had anything to tell."""
    gate, trying = opened(CircuitBreaker(consecutive=3, jitter=0.0)), Trying()

    def call() -> int:
        held = deque[Permit]()
        for number in range(calls):
            permit = gate.enter(30.0, 60.0)
            if permit is not None:
                trying.begin()
                held.append(permit)
            if held and number % 3 == 0:  # so that tries of several threads overlap
                trying.end()
                held.popleft().settle("neutral", 0.1, 30.0)
        return calls

    done = sum(in_threads(call, threads))
    return trying.most, done
