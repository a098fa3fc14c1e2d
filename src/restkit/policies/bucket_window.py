"""Limits that count what was let through in a window of time: one that slides, and one that stands until it is over."""

from __future__ import annotations

from bisect import bisect_left

from attrs import field, frozen

from restkit.policies.bucket_numbers import FULL, a_permit, micros, positive

FINEST = 4096
"""Moments that a sliding window tells apart, at least: a limit of more is counted in slices, a little late."""


class Sliding:
    """A bucket that remembers when each permit was taken. A smaller share makes its window longer."""

    __slots__ = ("_counts", "_first", "_gone", "_limit", "_moments", "_period", "_slice")

    def __init__(self, limit: float, per: float) -> None:
        self._limit, self._period = int(limit * FULL), micros(per)
        self._slice = max(1, self._period // FINEST) if limit > FINEST else 1
        self._moments: list[int] = []  # when permits were taken, the oldest first
        self._counts: list[int] = []  # how many had been taken by then
        self._first = 0  # those before are over, and are dropped from time to time
        self._gone = 0  # how many permits they were

    def delay(self, now: int, cost: int, share: int = FULL, ahead: int = 0) -> int:
        """Microseconds until the permits are there, after so many others that come first."""
        self._forget(now, share)
        periods = max(1, -(-(ahead + cost) // self._limit))
        last = self._taken + ahead + cost - periods * self._limit  # the permit that must be over by then
        wait = 0
        if last > self._gone:
            at = bisect_left(self._counts, last, self._first)
            wait = max(0, self._moments[at] + self._long(share) - now)
        return wait + (periods - 1) * self._long(share)

    def take(self, now: int, cost: int, share: int = FULL) -> bool:
        """Take permits, if they are there."""
        if self._moments:
            self._forget(now, share)
        taken = self._taken + cost
        if taken - self._gone > self._limit:
            return False
        moment = self._sliced(now)
        if self._moments and self._moments[-1] == moment:
            self._counts[-1] = taken
        else:
            self._moments.append(moment)
            self._counts.append(taken)
        return True

    def _sliced(self, moment: int) -> int:
        return -(-moment // self._slice) * self._slice

    @property
    def _taken(self) -> int:
        return self._counts[-1] if self._counts else self._gone

    def _long(self, share: int) -> int:
        return -(-self._period * FULL // share)

    def _forget(self, now: int, share: int) -> None:
        """Leave out what is over; drop it where it is half of all, so that each moment is moved once at most."""
        over, moments = now - self._long(share), self._moments
        first = self._first
        while first < len(moments) and moments[first] <= over:
            self._gone = self._counts[first]
            first += 1
        if first * 2 >= len(moments):
            del moments[:first], self._counts[:first]
            first = 0
        self._first = first

    def give_back(self, cost: int, taken: int, _: int, /) -> None:
        """Take back what was taken then, and not what others have taken since; nothing, if it is over."""
        moment, moments = self._sliced(taken), self._moments
        found = next((at for at in range(len(moments) - 1, self._first - 1, -1) if moments[at] == moment), len(moments))
        for at in range(found, len(moments)):
            self._counts[at] -= cost

    def is_full(self, now: int, /) -> bool:
        """Whether the last permit that was taken is over."""
        return not self._moments or self._moments[-1] <= now - self._period


class Standing:
    """A bucket that is filled anew with each window. A smaller share makes windows longer."""

    __slots__ = ("_began", "_limit", "_period", "_taken")

    def __init__(self, limit: float, per: float) -> None:
        self._limit, self._period = int(limit * FULL), micros(per)
        self._taken = 0
        self._end()

    def _end(self) -> None:
        self._began = -self._period * FULL  # long ago, however long windows are made

    def delay(self, now: int, cost: int, share: int = FULL, ahead: int = 0) -> int:
        """Microseconds until the permits are there, after so many others that come first."""
        period = -(-self._period * FULL // share)
        runs = now < self._began + period
        wanted = (self._taken if runs else 0) + ahead + cost
        windows = -(-wanted // self._limit) - 1  # that must be over before
        return (self._began - now if runs else 0) + windows * period if windows > 0 else 0

    def take(self, now: int, cost: int, share: int = FULL) -> bool:
        """Take permits, if they are there."""
        if now >= self._began + -(-self._period * FULL // share):
            self._began, self._taken = now, 0
        if self._taken + cost > self._limit:
            return False
        self._taken += cost
        return True

    def give_back(self, cost: int, taken: int, _: int, /) -> None:
        """Take back what was taken in this window. One with none has not begun."""
        if taken >= self._began:
            self._taken = max(0, self._taken - cost)
            if not self._taken:
                self._end()

    def is_full(self, now: int, /) -> bool:
        """Whether no window runs."""
        return now >= self._began + self._period


@frozen
class SlidingWindow:
    """At most `limit` requests in any `per` seconds, whenever they begin: for servers that count strictly.

    Raises ConfigError for a period of 0 or less, and for a limit below 1.
    """

    limit: float = field(validator=a_permit)
    per: float = field(default=1.0, validator=positive)

    @property
    def most(self) -> float:
        """The highest cost that can be paid."""
        return self.limit

    def start(self) -> Sliding:
        """An empty window."""
        return Sliding(self.limit, self.per)


@frozen
class FixedWindow:
    """At most `limit` requests in a window of `per` seconds, which begins with the first after the last was over.

    Two windows may meet: in any `per` seconds at most twice the limit is let through. Raises ConfigError for a period
    of 0 or less, and for a limit below 1.
    """

    limit: float = field(validator=a_permit)
    per: float = field(default=1.0, validator=positive)

    @property
    def most(self) -> float:
        """The highest cost that can be paid."""
        return self.limit

    def start(self) -> Standing:
        """A window that has not begun."""
        return Standing(self.limit, self.per)
