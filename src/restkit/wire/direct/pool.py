"""The connections of all threads, or of one event loop.

Theory of operation. There are so many places. A place holds a connection: idle, or taken by an exchange. Whoever finds
none stands in one line, first come first served: what comes back goes to the first in line, as the connection it is if
that is what is wanted, else as an empty place. So a call costs the same, however many wait.

Who takes is handed the newest idle connection, so that those nobody needs grow old and are closed when others come
back: there is no timer. A finalizer may give back too, on the very thread that holds the lock. So giving back never
waits for the lock: it is noted, and whoever holds the lock settles the notes when done.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeAlias

from restkit.flow.effects import Flow
from restkit.flow.forks import forks, set_aside
from restkit.flow.promise import Promise
from restkit.wire.direct.turn import Turn

if TYPE_CHECKING:
    import httpx

    from restkit.wire.direct.connection import Connection
    from restkit.wire.direct.origin import Origin
    from restkit.wire.direct.pace import Pace

Place: TypeAlias = "Connection | None"
"""What one is handed: a connection, or an empty place to open one."""


class Pool:
    """So many places, first come first served.

    `limits` are httpx's: at most that many connections, of which so many idle, each for so many seconds.
    """

    def __init__(self, limits: httpx.Limits) -> None:
        self._limits = limits
        self._most = float("inf") if limits.max_connections is None else limits.max_connections
        idle = limits.max_keepalive_connections
        self._most_idle = float("inf") if idle is None else idle
        self._expiry = float("inf") if limits.keepalive_expiry is None else limits.keepalive_expiry
        self._begin()
        forks.add(self)

    def _begin(self) -> None:
        self._lock = threading.Lock()
        self._used = 0
        self._idle: dict[Origin, deque[Connection]] = {}  # the newest last
        self._aging: dict[Connection, None] = {}  # all that are idle, the oldest first
        self._taken: set[Connection] = set()
        self._line: OrderedDict[Promise[Place], Origin] = OrderedDict()  # a dict finds its first ever later
        self._notes: deque[Connection | None] = deque()

    @property
    def is_open(self) -> bool:
        """Whether there is any connection."""
        return bool(self._used)

    def idle(self, origin: Origin) -> Connection | None:
        """The newest idle connection, if it is usable."""
        with self._lock:
            mine = self._idle.get(origin)
            found = self._newest(origin, mine) if mine else None
        if self._notes:
            self._settle()
        if found is None or found.is_usable:
            return found
        found.discard()
        return None

    def take(self, origin: Origin, pace: Pace) -> Flow[Place]:
        """A usable connection, or an empty place. Raises httpx.PoolTimeout."""
        place = self._try(origin)
        if isinstance(place, Promise):
            place = yield from self._wait(place, pace)
        if place is None or place.is_usable:
            return place
        self._taken.discard(place)
        place.leave()
        return None

    def _try(self, origin: Origin) -> Place | Promise[Place]:
        oldest: Connection | None = None
        try:
            with self._lock:
                mine = self._idle.get(origin)
                if mine:
                    return self._newest(origin, mine)
                if self._used < self._most:
                    self._used += 1
                    return None
                if not self._aging:
                    promise: Promise[Place] = Promise()
                    self._line[promise] = origin
                    return promise
                oldest = self._oldest()
                return None
        finally:
            if oldest is not None:
                oldest.channel.close()
            if self._notes:
                self._settle()

    def _newest(self, origin: Origin, mine: deque[Connection]) -> Connection:
        newest = mine.pop()
        if not mine:
            del self._idle[origin]
        del self._aging[newest]
        newest.is_taken = True
        self._taken.add(newest)
        return newest

    def _oldest(self) -> Connection:
        oldest = next(iter(self._aging))
        del self._aging[oldest]
        mine = self._idle[oldest.origin]
        _ = mine.popleft()  # it is the oldest of its own, too
        if not mine:
            del self._idle[oldest.origin]
        return oldest

    def _wait(self, promise: Promise[Place], pace: Pace) -> Flow[Place]:
        try:
            return (yield from Turn(promise, pace))
        except BaseException:
            if not promise.abandon():
                self._pass_on(promise.value)
            if self._lock.acquire(blocking=False):  # a finalizer cannot wait for it; then it is passed over
                _ = self._line.pop(promise, None)
                self._lock.release()
            self._settle()
            raise

    def _pass_on(self, place: Place) -> None:
        if place is None:
            self._notes.append(None)
        else:
            place.release()

    def opened(self, connection: Connection) -> Connection:
        """An empty place holds a connection now."""
        self._taken.add(connection)
        return connection

    def put_back(self, connection: Connection, seconds: float | None) -> None:
        """Take a connection back, which may be idle for so many seconds at most."""
        now = time.monotonic()
        connection.expires = now + (self._expiry if seconds is None else min(seconds, self._expiry))
        self._taken.discard(connection)
        if self._notes or not self._lock.acquire(blocking=False):
            self._notes.append(connection)
            return self._settle()
        try:  # nobody waits, nobody else is here: nearly always
            if self._line:
                self._notes.append(connection)
            else:
                self._keep(connection)
            closing = list(self._grown_old(now)) if self._has_old(now) else ()
        finally:
            self._lock.release()
        for each in closing:
            each.channel.close()
        if self._notes:
            self._settle()
        return None

    def _keep(self, connection: Connection) -> None:
        mine = self._idle.get(connection.origin)
        if mine is None:
            mine = self._idle[connection.origin] = deque()
        mine.append(connection)
        self._aging[connection] = None

    def _has_old(self, now: float) -> bool:
        aging = self._aging
        return bool(aging) and (len(aging) > self._most_idle or next(iter(aging)).expires <= now)

    def lose(self, connection: Connection) -> None:
        """A connection was closed: its place is empty."""
        self._taken.discard(connection)
        self.vacate()

    def vacate(self) -> None:
        """Give an empty place back."""
        self._notes.append(None)
        self._settle()

    def _settle(self) -> None:
        while self._notes and self._lock.acquire(blocking=False):
            granted: list[tuple[Promise[Place], Place]] = []
            closing: list[Connection] = []
            try:
                while self._notes:
                    self._sort(self._notes.popleft(), granted, closing)
            finally:
                self._lock.release()
            for connection in closing:
                connection.channel.close()
            for promise, place in granted:
                if not promise.keep(place):  # whoever waited has gone: the next one's turn
                    self._pass_on(place)

    def _sort(self, place: Place, granted: list[tuple[Promise[Place], Place]], closing: list[Connection]) -> None:
        """Hand a place on, keep it idle, or give it up."""
        if self._line:
            promise, origin = self._line.popitem(last=False)
            if place is not None and place.origin != origin:
                closing.append(place)
                place = None
            if place is not None:
                place.is_taken = True
                self._taken.add(place)
            granted.append((promise, place))
        elif place is None:
            self._used -= 1
        else:
            self._keep(place)
            closing.extend(self._grown_old(time.monotonic()))

    def _grown_old(self, now: float) -> Iterator[Connection]:
        """Those that are too many, or idle for too long."""
        while self._has_old(now):
            self._used -= 1
            yield self._oldest()

    def close(self) -> None:
        """Close what is idle, and cut what is taken: whoever has it closes it. The pool can be used again."""
        with self._lock:
            idle = list(self._aging)
            self._idle, self._aging = {}, {}
            self._used -= len(idle)
        for connection in idle:
            connection.channel.close()
        for connection in list(self._taken):
            _ = connection.channel.cut()
        self._settle()

    def retire(self) -> None:
        """Close for good: whoever stands in line is still served, and nothing that comes back is kept."""
        self._most_idle = 0
        self.close()

    def after_fork(self) -> None:
        """In the child: set the parent's connections aside."""
        set_aside.append((self._idle, self._aging, self._taken))
        self._begin()
