"""What a simulation has to do next."""

from __future__ import annotations

import heapq
import itertools
import math
import random
from collections import deque
from collections.abc import Callable

from restkit.testing.clock import VirtualClock

Act = Callable[[], object]


class Timer:
    """Something to be done at a moment, unless it is cancelled before."""

    __slots__ = ("act",)

    def __init__(self, act: Act) -> None:
        self.act: Act | None = act

    def cancel(self) -> None:
        """Do it never; no time passes for it either."""
        self.act = None


class Agenda:
    """Things to be done now, in the order they came or in one that `seed` decides, and later, each at its moment."""

    def __init__(self, clock: VirtualClock, seed: int | None = None) -> None:
        self._clock = clock
        self._now: deque[Act] = deque()
        self._later: list[tuple[float, int, Timer]] = []
        self._orders = itertools.count()
        self._dice = None if seed is None else random.Random(seed)  # noqa: S311 - to be repeated, not to be secret

    def soon(self, act: Act) -> None:
        """Do it now, after what is to be done already."""
        self._now.append(act)

    def at(self, moment: float, act: Act) -> Timer:
        """Do it at that moment."""
        timer = Timer(act)
        heapq.heappush(self._later, (moment, next(self._orders), timer))
        return timer

    @property
    def moment(self) -> float:
        """When the next thing is to be done; infinity if there is none."""
        if self._now:
            return self._clock.now()
        while self._later and self._later[0][2].act is None:
            _ = heapq.heappop(self._later)
        return self._later[0][0] if self._later else math.inf

    def step(self) -> bool:
        """Do the next thing; False if there is none."""
        if not self._now:
            if self.moment == math.inf:
                return False
            moment, _, timer = heapq.heappop(self._later)
            self._clock.sleep_until(moment)
            self._now.append(timer.act or timer.cancel)
        if self._dice is not None and len(self._now) > 1:
            self._now.rotate(-self._dice.randrange(len(self._now)))
        _ = self._now.popleft()()
        return True
