"""The line before one bucket. It has no lock of its own: that of all lines is held."""

from __future__ import annotations

import heapq
from collections.abc import Hashable

from restkit.flow import Promise
from restkit.policies.bucket import Bucket
from restkit.policies.bucket_numbers import FULL, micros
from restkit.policies.feedback import Pace

FEW = 100
"""Numbers that are not worth being tidied up."""


class Ticket(Promise[None]):
    """A place in a line: kept when its holder comes to the front. The lower its number, the sooner."""

    __slots__ = ("cost", "line", "number", "paid")
    line: Line
    cost: int
    number: int
    paid: int
    """When its permits were taken, in microseconds; -1 before that."""

    def __init__(self, line: Line, cost: int, number: int) -> None:
        super().__init__()
        self.line, self.cost, self.number, self.paid = line, cost, number, -1


class Line:
    """A bucket, who waits for it, and until when a server has it paused.

    Whoever is at the front is the timer: it sleeps until its permits are there, takes them, and calls the next.
    """

    __slots__ = (
        "__weakref__",
        "_last",
        "_order",
        "ahead",
        "bucket",
        "front",
        "key",
        "most",
        "pace",
        "paused",
        "waiting",
    )
    key: Hashable
    bucket: Bucket
    most: int
    """The highest cost that can be paid, in thousandths."""
    pace: Pace | None
    paused: int
    """The moment until which a server has it paused, in microseconds."""
    ahead: int
    """What all who wait will take, in thousandths."""
    front: Ticket | None
    waiting: dict[int, Ticket]
    """By their numbers."""

    def __init__(self, key: Hashable, bucket: Bucket, most: float, pace: Pace | None = None) -> None:
        self.key, self.bucket, self.pace = key, bucket, pace
        self.most = int(most * FULL)
        self.paused = -1
        self._last = 0  # number that was drawn
        self.empty()

    def empty(self) -> None:
        """Send everybody away."""
        self.front, self.waiting = None, {}
        self._order: list[int] = []  # a heap of numbers, also of some that have left
        self.ahead = 0

    @property
    def length(self) -> int:
        """How many stand in it, the front included."""
        return len(self.waiting) + (self.front is not None)

    def is_idle(self, now: int) -> bool:
        """Whether nobody stands in it, and it is as a new one would be."""
        if self.front is not None or self.paused > now:
            return False
        return self.bucket.is_full(now) and (self.pace is None or self.pace.share(now) == FULL)

    def take(self, now: int, cost: int) -> bool:
        """Take permits, if they are there and the server lets us."""
        if self.paused > now:
            return False
        return self.bucket.take(now, cost, FULL if self.pace is None else self.pace.share(now))

    def delay(self, now: int, cost: int, ahead: int = 0) -> int:
        """Microseconds until the permits are there, after so many others."""
        at = max(now, self.paused)
        return at - now + self.bucket.delay(at, cost, FULL if self.pace is None else self.pace.share(now), ahead)

    def join(self, cost: int, number: int | None = None) -> Ticket:
        """Stand at the end, which may be the front; or again where one stood before, by that number."""
        if number is None:
            number = self._last = self._last + 1
        ticket = Ticket(self, cost, number)
        self.ahead += cost
        if self.front is None:
            self.front = ticket
        else:
            self.waiting[number] = ticket
            heapq.heappush(self._order, number)
        return ticket

    def leave(self, ticket: Ticket) -> Ticket | None:
        """Leave, from wherever one stands. Answers who has come to the front by that."""
        if self.front is ticket:
            self.ahead -= ticket.cost
            self.front = self._next()
            return self.front
        if self.waiting.get(ticket.number) is ticket:
            del self.waiting[ticket.number]
            self.ahead -= ticket.cost
            self._tidy()
        return None

    def is_due(self, ticket: Ticket) -> bool:
        """Whether nobody stands in line who came sooner."""
        while self._order and self._order[0] not in self.waiting:
            _ = heapq.heappop(self._order)
        soonest = self._order[0] if self._order else ticket.number
        front = ticket if self.front is None else self.front
        return min(soonest, front.number) >= ticket.number

    def _next(self) -> Ticket | None:
        while self.waiting:
            ticket = self.waiting.pop(heapq.heappop(self._order), None)
            if ticket is not None:
                return ticket
        return None

    def _tidy(self) -> None:
        """Forget the numbers of those who have left, once they are more than those who wait."""
        if len(self._order) > 2 * len(self.waiting) + FEW:
            self._order = sorted(self.waiting)

    def pause(self, until: float) -> None:
        """Let nobody through before that moment."""
        self.paused = max(self.paused, micros(until))

    def slow_down(self, sent: float, now: float) -> None:
        """Let fewer through: what was sent at that moment was too much."""
        if self.pace is not None:
            self.pace.slow_down(micros(sent), micros(now))
