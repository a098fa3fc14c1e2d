"""The lines before the buckets of a rate limit, with the one lock of them all.

Theory of operation. A line is first come, first served (`line.py`). Its front sleeps until the permits are there, takes
them, and calls the next: there is no timer thread, no lock is held meanwhile, and a call costs nearly the same, however
many wait. Permits are taken at the moment of sending: a front that needs a slot as well first has the slot in hand, and
gives it back if the permits have gone meanwhile. So no more goes out in any span of time than the limit says, and who
leaves takes nothing along. A front that has to wait for its slot steps aside, so that those who need another one, of
another server or client, may pass; if it finds no permits then, it stands again where it stood before, and does so
before it gives the slot back: whoever has that slot next, or is at the front just then, sees it there and does not pay.

Whoever leaves may do so in a finalizer, on the very thread that holds the lock. So leaving never waits for the lock: it
is noted, and whoever holds the lock settles the notes when done.
"""

from __future__ import annotations

import contextlib
import threading
import weakref
from collections import deque
from collections.abc import Callable, Hashable
from typing import Any, Protocol

from restkit.admission.line import Line, Ticket
from restkit.errors import InputError, QueueFull, RateLimitTimeout
from restkit.flow import Effect, Flow, Sleep, Wait
from restkit.flow.forks import forks
from restkit.policies.bucket_numbers import FULL, SECOND, micros

Now = Callable[[], float]
KEPT = 1000
"""Lines above which those that remember nothing are forgotten. There are more only where more than so many do."""


class Slot(Protocol):
    """What else must be in hand at the moment of sending."""

    def wait(self) -> Flow[object]:
        """Have it, in one's turn."""
        ...

    def give_back(self) -> None:
        """Have it no more."""


class Lines:
    """Every line of a rate limit. `start` makes the line of a key; `queue` is how many may wait in each."""

    def __init__(self, start: Callable[[Hashable], Line], queue: int) -> None:
        self._start, self._queue = start, queue
        self._lock = threading.Lock()
        self._lines: dict[Hashable, Line] = {}
        self._idle: weakref.WeakValueDictionary[Hashable, Line] = weakref.WeakValueDictionary()
        self._many = KEPT
        self._notes: deque[Ticket] = deque()
        forks.add(self)

    def take(self, key: Hashable, cost: int, now: float) -> Line | None:
        """Permits, if nobody waits for them and they are there now."""
        at = round(now * SECOND)
        with self._lock:
            line = self._lines.get(key) or self._open(key, at)
            share = FULL if line.pace is None else line.pace.share(at)
            taken = line.front is None and line.paused <= at and line.bucket.take(at, cost, share)
        if self._notes:
            self._settle()
        return line if taken else None

    def _open(self, key: Hashable, at: int) -> Line:
        if len(self._lines) >= self._many:
            self._forget(at)
        line = self._lines[key] = self._idle.get(key) or self._start(key)
        return line

    def _forget(self, at: int) -> None:
        """Forget the lines that remember nothing, and look again when those that are left have doubled."""
        for line in [line for line in self._lines.values() if line.is_idle(at)]:
            self._idle[line.key] = self._lines.pop(line.key)
        self._many = max(KEPT, 2 * len(self._lines))

    def wait(self, key: Hashable, cost: int, now: Now, until: float | None, slot: Slot | None = None) -> Flow[Ticket]:
        """Permits in one's turn, and with the slot in hand, if there is one: the ticket that they were paid with.

        Raises RateLimitTimeout as soon as it is known that it would take until that moment or longer, QueueFull if too
        many wait already, and InputError if the cost is more than there ever is.
        """
        ticket = self._join(key, cost, now(), until)
        is_paid = False
        while not is_paid:
            try:
                if ticket.line.front is not ticket:
                    yield from Wait(ticket, until)
                is_paid = yield from self._lead(ticket, now, until, slot)
            except BaseException as error:
                self._leave(ticket)
                if isinstance(error, TimeoutError):
                    raise RateLimitTimeout("the rate limit did not let this through in time") from None
                raise
            if not is_paid:
                ticket = self._rejoin(ticket)
                if slot is not None:
                    slot.give_back()
        return ticket

    def _join(self, key: Hashable, cost: int, now: float, until: float | None) -> Ticket:
        at, ticket = micros(now), None
        with self._lock:
            line = self._lines.get(key) or self._open(key, at)
            is_full = line.length >= self._queue
            delay = 0 if cost > line.most else line.delay(at, cost, line.ahead)
            if cost <= line.most and not is_full and not is_late(at, delay, until):
                ticket = line.join(cost)
        if self._notes:
            self._settle()
        if ticket is not None:
            return ticket
        if cost > line.most:
            raise too_dear(cost, line.most)
        raise QueueFull(f"{self._queue} requests wait for permits already") if is_full else too_late(delay)

    def _rejoin(self, ticket: Ticket) -> Ticket:
        """Stand where one stood: at the front still, unless somebody came sooner."""
        line = ticket.line
        with self._lock:
            self._lines[line.key] = line
            stays = line.front is ticket and line.is_due(ticket)
            anew = ticket if stays else line.join(ticket.cost, ticket.number)
        if not stays:
            self._notes.append(ticket)
        self._settle()
        return anew

    def _lead(self, ticket: Ticket, now: Now, until: float | None, slot: Slot | None) -> Flow[bool]:
        """At the front: sleep until the permits are there, have the slot in hand, and pay; False if that failed."""
        while delay := self._delay(ticket, at := micros(now())):
            if is_late(at, delay, until):
                raise too_late(delay)
            yield from Sleep(delay / SECOND)
        if slot is not None:
            yield from self._have(slot, ticket)
        return self._pay(ticket, micros(now()))

    def _have(self, slot: Slot, ticket: Ticket) -> Flow[None]:
        """Have the slot in hand. Whoever has to wait for it lets others pass."""
        waiting = slot.wait()
        effect = next(waiting, None)
        if effect is not None:
            self._leave(ticket)  # behind us: we stand in line for the slot already
            yield from resumed(waiting, effect)

    def _delay(self, ticket: Ticket, at: int) -> int:
        with self._lock:
            delay = ticket.line.delay(at, ticket.cost)
        if self._notes:
            self._settle()
        return delay

    def _pay(self, ticket: Ticket, at: int) -> bool:
        with self._lock:
            self._lines[ticket.line.key] = ticket.line
            paid = ticket.line.is_due(ticket) and ticket.line.take(at, ticket.cost)
        if paid:
            ticket.paid = at
            self._notes.append(ticket)
        self._settle()
        return paid

    def _leave(self, ticket: Ticket) -> None:
        self._notes.append(ticket)
        self._settle()

    def _settle(self) -> None:
        while self._notes and self._lock.acquire(blocking=False):
            fronts: list[Ticket] = []
            try:
                while self._notes:
                    ticket = self._notes.popleft()
                    front = ticket.line.leave(ticket)
                    if front is not None:
                        fronts.append(front)
            finally:
                self._lock.release()
            for front in fronts:
                if not front.keep():  # whoever waited has gone: the next one's turn
                    self._notes.append(front)

    def get(self, key: Hashable, now: float) -> Line:
        """The line of a key."""
        with self._lock:
            line = self._lines.get(key) or self._open(key, micros(now))
        if self._notes:
            self._settle()
        return line

    def give_back(self, line: Line, cost: int, taken: int, now: float) -> None:
        """Take back permits that were taken at that microsecond, and not used."""
        with self._lock:
            line.bucket.give_back(cost, taken, micros(now))
        if self._notes:
            self._settle()

    def pause(self, line: Line, until: float) -> None:
        """Let nobody through a line before that moment."""
        with self._lock:
            self._lines[line.key] = line
            line.pause(until)
        if self._notes:
            self._settle()

    def slow_down(self, line: Line, sent: float, now: float) -> None:
        """Let fewer through a line: what was sent at that moment was too much."""
        with self._lock:
            self._lines[line.key] = line
            line.slow_down(sent, now)
        if self._notes:
            self._settle()

    @property
    def waiting(self) -> int:
        """How many stand in all lines, their fronts included."""
        with self._lock:
            count = sum(line.length for line in self._lines.values())
        if self._notes:
            self._settle()
        return count

    def after_fork(self) -> None:
        """In the child: who waits, and perhaps the lock, are the parent's. What was taken counts for us as well."""
        self._lock, self._notes = threading.Lock(), deque()
        for line in self._lines.values():
            line.empty()


def resumed(flow: Flow[object], effect: Effect[Any]) -> Flow[None]:
    """Go on with a flow that has asked for its first effect."""
    with contextlib.suppress(StopIteration):
        while True:
            try:
                answer = yield effect
            except BaseException as error:  # noqa: BLE001 - not swallowed: the flow has it
                effect = flow.throw(error)
            else:
                effect = flow.send(answer)


def is_late(at: int, delay: int, until: float | None) -> bool:
    """Whether waiting for so long would last until that moment."""
    return delay > 0 and until is not None and at + delay >= micros(until)


def too_dear(cost: int, most: int) -> InputError:
    """The error for whoever would wait for ever."""
    reason = f"is {cost / FULL:g}, and the rate limit has {most / FULL:g} at a time at most"
    return InputError("cost", reason, "lower it, or give the limit a larger burst")


def too_late(delay: int) -> RateLimitTimeout:
    """The error for whoever would wait for too long."""
    seconds = delay / SECOND
    return RateLimitTimeout(f"the rate limit would let this through in {seconds:.3g} s, too late", retry_after=seconds)
