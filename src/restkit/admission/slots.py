"""So many in flight at once to a server; the others wait in a line.

Theory of operation. A room has a heap of slots: taking one off and putting one back are single steps of Python, so that
they need no lock, and a finalizer can put one back wherever it runs. Whoever finds none, or others waiting, stands in
line, first come first served. Whoever puts a slot back looks at the line, and whoever joins the line looks at the heap
once more: so one of the two sees the other, and hands the slot to the first in line. That alone is done under a lock,
which nobody waits for on the way out: who holds it looks again when done. A call costs the same, however many wait.

A room that nobody uses remembers nothing. When there are many, such rooms are emptied, and so closed.
"""

from __future__ import annotations

import contextlib
import threading
from collections import OrderedDict
from collections.abc import Hashable

from restkit.errors import BulkheadFull, QueueFull
from restkit.flow import Flow, Promise, Wait
from restkit.flow.forks import forks
from restkit.policies.counts import DEFAULT_QUEUE, DEFAULT_SIZE


class Room:
    """The slots of one server."""

    __slots__ = ("_lock", "_max_wait", "_queue", "_size", "is_closed", "line", "slots")
    slots: list[None]
    """Those that are free."""
    line: OrderedDict[Promise[None], None]
    is_closed: bool

    def __init__(self, size: int, queue: int, max_wait: float | None) -> None:
        self._size, self._queue, self._max_wait = size, queue, max_wait
        self._lock = threading.Lock()
        self.slots, self.line = [None] * size, OrderedDict()
        self.is_closed = False

    def take(self) -> bool:
        """Take a slot, if one is free and nobody waits for it."""
        if self.line:
            return False
        try:
            self.slots.pop()
        except IndexError:
            return False
        return True

    def release(self) -> None:
        """Give a slot back."""
        self.slots.append(None)
        if self.line:
            self._settle()

    def wait(self, now: float, until: float | None) -> Flow[bool]:
        """Take a slot in one's turn; False if the room is closed.

        Raises BulkheadFull if none is free until that moment, and QueueFull if too many wait already.
        """
        if self._max_wait is not None:
            latest = now + self._max_wait
            until = latest if until is None else min(until, latest)
        ticket = self._join()
        if ticket is None:
            return False
        try:
            yield from Wait(ticket, until)
        except BaseException as error:
            self._leave(ticket)
            if isinstance(error, TimeoutError):
                raise BulkheadFull(f"{self._size} requests are in flight, and none was over in time") from None
            raise
        return True

    def _join(self) -> Promise[None] | None:
        ticket: Promise[None] | None = None
        with self._lock:
            is_full = len(self.line) >= self._queue
            if not self.is_closed and not is_full:
                ticket = Promise()
                self.line[ticket] = None
        self._settle()
        if is_full:
            raise QueueFull(f"{self._queue} requests wait for a slot already")
        return ticket

    def _leave(self, ticket: Promise[None]) -> None:
        if not ticket.abandon():  # it had come: the next one's turn
            self.slots.append(None)
        elif self._lock.acquire(blocking=False):  # if it is taken, the ticket is passed over when its turn comes
            _ = self.line.pop(ticket, None)
            self._lock.release()
        self._settle()

    def _settle(self) -> None:
        """Hand free slots to those who wait."""
        while self.line and self.slots and self._lock.acquire(blocking=False):
            granted: list[Promise[None]] = []
            try:
                while self.line:
                    self.slots.pop()
                    granted.append(self.line.popitem(last=False)[0])
            except IndexError:  # there are no more: a newcomer may have been faster than the line
                pass
            finally:
                self._lock.release()
            for ticket in granted:
                if not ticket.keep():  # whoever waited has gone: the next one's turn
                    self.slots.append(None)

    def close(self) -> bool:
        """Take all slots for good; False if one of them is in use."""
        taken: list[None] = []
        with self._lock, contextlib.suppress(IndexError):
            while not self.is_closed:
                taken.append(self.slots.pop())
                self.is_closed = len(taken) == self._size
        if not self.is_closed:
            self.slots.extend(taken)
        self._settle()
        return self.is_closed


KEPT = 100
"""Rooms above which those that nobody uses are closed."""


class Slots:
    """The rooms of every server: `size` slots in each, `queue` who may wait, each for `max_wait` seconds at most."""

    def __init__(self, size: int = DEFAULT_SIZE, queue: int = DEFAULT_QUEUE, max_wait: float | None = None) -> None:
        self._size, self._queue, self._max_wait = size, queue, max_wait
        self._begin()
        forks.add(self)

    def _begin(self) -> None:
        self._lock = threading.Lock()
        self._rooms: dict[Hashable, Room] = {}

    def room(self, key: Hashable) -> Room:
        """The room of that server."""
        return self._rooms.get(key) or self._open(key)

    def _open(self, key: Hashable) -> Room:
        with self._lock:
            if len(self._rooms) >= KEPT:
                self._rooms = {each: room for each, room in self._rooms.items() if not room.close()}
            return self._rooms.setdefault(key, Room(self._size, self._queue, self._max_wait))

    def wait(self, key: Hashable, now: float, until: float | None) -> Flow[Room]:
        """A room in which a slot was taken, in one's turn. What `Room.wait` raises, this does."""
        while True:
            room = self.room(key)
            if room.take() or (yield from room.wait(now, until)):
                return room

    @property
    def used(self) -> int:
        """Slots that are taken."""
        return sum(self._size - len(room.slots) for room in list(self._rooms.values()))

    @property
    def waiting(self) -> int:
        """Requests that wait for a slot."""
        return sum(len(room.line) for room in list(self._rooms.values()))

    def after_fork(self) -> None:
        """In the child: who held slots, who waited, and perhaps a lock, were the parent's."""
        self._begin()
