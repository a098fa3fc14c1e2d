"""What came of the last calls: so many of them, or those of so many seconds."""

from __future__ import annotations

from collections import deque
from typing import Protocol

FAILED, SLOW = 1, 2
"""An outcome is 0, one of these, or both."""
SLICES = 10
"""In how many steps a window of seconds forgets."""


class Outcomes(Protocol):
    """The calls that are looked at."""

    calls: int
    failures: int
    slow: int
    is_calm: bool
    """Whether one more success would change nothing, whenever it came."""

    def add(self, outcome: int, now: float) -> None:
        """Note a call, and forget those that are too old."""


class LastCalls:
    """The outcomes of the last `size` calls."""

    __slots__ = ("_next", "_outcomes", "_size", "calls", "failures", "is_calm", "slow")
    calls: int
    failures: int
    slow: int
    is_calm: bool

    def __init__(self, size: int) -> None:
        self._size, self._next = size, 0
        self.is_calm = False
        self._outcomes = bytearray(size)
        self.calls = self.failures = self.slow = 0

    def add(self, outcome: int, now: float) -> None:  # noqa: ARG002 - as other windows need it
        """Note a call, in the place of the oldest if there are enough."""
        if self.calls < self._size:
            self.calls += 1
        if not (outcome or self.failures or self.slow):
            self.is_calm = self.calls == self._size
            return  # all is well, and was: nearly always
        self.is_calm = False
        place = self._next
        self._next = (place + 1) % self._size
        oldest, self._outcomes[place] = self._outcomes[place], outcome
        self.failures += (outcome & FAILED) - (oldest & FAILED)
        self.slow += (outcome >> 1) - (oldest >> 1)


class LastSeconds:
    """The outcomes of the last `seconds`, in slices of a tenth of that."""

    __slots__ = ("_slice", "_slices", "calls", "failures", "is_calm", "slow")
    calls: int
    failures: int
    slow: int
    is_calm: bool

    def __init__(self, seconds: float) -> None:
        self.is_calm = False  # each success is of another moment
        self._slice = seconds / SLICES
        self._slices: deque[Slice] = deque()
        self.calls = self.failures = self.slow = 0

    def add(self, outcome: int, now: float) -> None:
        """Note a call in the slice of this moment, and forget the slices that are too old."""
        current = self._current(int(now // self._slice))
        current.calls += 1
        current.failures += outcome & FAILED
        current.slow += outcome >> 1
        self.calls += 1
        self.failures += outcome & FAILED
        self.slow += outcome >> 1

    def _current(self, number: int) -> Slice:
        """The slice of that number, or the newest, since a thread may come a little late."""
        slices = self._slices
        if slices and slices[-1].number >= number:
            return slices[-1]
        while slices and slices[0].number <= number - SLICES:
            old = slices.popleft()
            self.calls -= old.calls
            self.failures -= old.failures
            self.slow -= old.slow
        slices.append(Slice(number))
        return slices[-1]


class Slice:
    """What came of the calls in one slice of time."""

    __slots__ = ("calls", "failures", "number", "slow")
    number: int
    calls: int
    failures: int
    slow: int

    def __init__(self, number: int) -> None:
        self.number = number
        self.calls = self.failures = self.slow = 0
