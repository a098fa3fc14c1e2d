"""Rate limits that clients, threads, tasks and loops share."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TypeAlias, TypeVar, cast

import httpx
from attrs import frozen
from typing_extensions import override

from restkit.admission.line import Line, Ticket
from restkit.admission.lines import Lines, Now, Slot
from restkit.admission.origins import origin_of
from restkit.errors import ConfigError, InputError
from restkit.flow import Clock, Flow
from restkit.flow.effects import forget
from restkit.flow.forks import forks
from restkit.policies.bucket import Limit, Limits, checked_limits, most_at_once, started
from restkit.policies.bucket_numbers import FULL, thousandths
from restkit.policies.checked import clock_or_real, count, duration_or_none, flag, is_async
from restkit.policies.counts import DEFAULT_QUEUE
from restkit.policies.feedback import Pace, pause_of, slows_down, tells
from restkit.wire.whole import fields_of

T = TypeVar("T")
LaneOf: TypeAlias = "Callable[[httpx.Request], str | None]"
"""Names the lane of a request, or None for the common one."""
Take: TypeAlias = Callable[[Hashable, int, float], Line | None]
LARGER = "lower it, or give the limit a larger burst"
COMMON = ""
"""The lane of whatever has none of its own."""


class RateLimiter:
    """So many requests in so much time; the others wait, first come first served.

    Parameters: `limits`, a number of requests a second, a limit such as `SlidingWindow(100, per=60)`, or a list of
    limits that all hold; `key`, the name of this limit: whatever in this process is limited under the same name shares
    it for as long as the process runs, whichever servers are called, while without one there is a bucket for each
    server; `lanes`, limits of their own for some routes, `{"users/{id}": 5}`, or a function of the request that names
    its lane, each with a bucket of its own; `max_wait`, the seconds that a request waits at most, 0 to refuse instead,
    None for as long as its deadline allows; `queue`, how many may wait in a line; `feedback`, whether what servers say
    of our quota pauses us; `adaptive`, whether answers of 429 slow us down as well; `clock`, what waits are measured by
    where this is used without a client.

    Pass the same one to several clients, and they share it. Raises ConfigError for wrong values.
    """

    take: Take
    """Permits at a place and a moment, if nobody waits for them and they are there; costs are in thousandths."""
    listens: bool
    """Whether what answers say matters."""

    def __init__(  # noqa: PLR0913 - what can be told, by keyword
        self,
        limits: Limits,
        *,
        key: str | None = None,
        lanes: Mapping[str, Limits] | LaneOf | None = None,
        max_wait: float | None = None,
        queue: int = DEFAULT_QUEUE,
        feedback: bool = True,
        adaptive: bool = False,
        clock: Clock | None = None,
    ) -> None:
        self._lane_of: LaneOf | None = lanes if callable(lanes) else None
        self._key, self._max_wait = key, duration_or_none("max_wait", max_wait)
        self.listens = flag("feedback", feedback)
        self._clock = clock_or_real("clock", clock)
        terms = Terms(
            checked_limits("limits", limits),
            checked_lanes(lanes),
            count("queue", queue),
            flag("adaptive", adaptive),
        )
        self._shared = shared(key, terms)
        self._lines = self._shared.lines
        self._nowhere = key, COMMON
        self._lanes = self._shared.terms.lanes
        self._has_lanes = self._lane_of is not None or bool(self._lanes)
        self.take = self._lines.take

    def place(self, request: httpx.Request | None = None, route: str = COMMON, origin: Hashable = None) -> Hashable:
        """Which line a request stands in, by its route and, if that is known already, its origin."""
        if request is None:
            return self._nowhere
        lane = self._lane(request, route) if self._has_lanes else COMMON
        if self._key is not None:
            return self._key, lane
        return origin_of(request) if origin is None else origin, lane

    def _lane(self, request: httpx.Request, route: str) -> str:
        if self._lane_of is None:
            return route if route in self._lanes else COMMON
        return checked_lane(self._lane_of(request))

    def wait(self, place: Hashable, cost: int, now: Now, until: float | None, slot: Slot | None = None) -> Flow[Ticket]:
        """Permits in one's turn, taken with the slot in hand. What it raises, `acquire` does."""
        if self._max_wait is not None:
            latest = now() + self._max_wait
            until = latest if until is None else min(until, latest)
        return self._lines.wait(place, cost, now, until, slot)

    def price(self, cost: float) -> int:
        """A cost in thousandths. Raises InputError for what is no number of 0 or more."""
        if cost == 1:
            return FULL
        if isinstance(cost, bool) or not 0 <= cost < math.inf:
            raise InputError("cost", "is no number of 0 or more", "pass how many requests this one counts for")
        return thousandths(cost)

    def check_cost(self, cost: float, *, in_lanes: bool = False) -> None:
        """Refuse a cost that would wait for ever, in the common line or in one of a lane. Raises ConfigError."""
        terms = self._shared.terms
        check_payable(cost, terms.limits, "the rate limit")
        for lane in terms.lanes if in_lanes else ():
            check_payable(cost, terms.lanes[lane], f"lanes[{lane!r}]")

    def give_back(self, line: Line, cost: int, taken: int, now: float) -> None:
        """Take back permits that were taken at that microsecond, and not used."""
        self._lines.give_back(line, cost, taken, now)

    def acquire(
        self, request: httpx.Request | None = None, *, cost: float = 1.0, until: float | None = None
    ) -> Flow[None]:
        """Wait for permits, until that moment of the clock at most.

        Raises RateLimitTimeout as soon as it is known that it would take longer, QueueFull if too many wait already,
        and InputError if the cost is more than there ever is.
        """
        place = self._nowhere if request is None else self.place(request)
        price = FULL if cost == 1 else self.price(cost)
        if self.take(place, price, self._clock.now()) is None:
            _ = yield from self.wait(place, price, self._clock.now, until)

    def admitted(self, flow: Flow[T], *, cost: float = 1.0, until: float | None = None) -> Flow[T]:
        """Run a flow once there are permits for it. What `acquire` raises, this does."""
        try:
            yield from self.acquire(cost=cost, until=until)
        except BaseException:
            flow.close()
            raise
        return (yield from flow)

    def heed(
        self, response: httpx.Response, request: httpx.Request | None = None, *, sent: float | None = None
    ) -> None:
        """Hear what an answer says of our quota: `request` is what `acquire` was given, `sent` the moment after it."""
        now = self._clock.now()
        self.hear(self._lines.get(self.place(request), now), response, now if sent is None else sent, self._clock)

    def hear(self, line: Line, response: httpx.Response, sent: float, clock: Clock) -> None:
        """Hear what an answer says to those in this line: to pause, to slow down, or nothing."""
        status = response.status_code
        if not self.listens or not tells(status, fields_of(response)):
            return
        headers = response.headers
        now = clock.now()
        seconds = pause_of(status, headers, clock.wall())
        if seconds:
            self._lines.pause(line, now + seconds)
        if slows_down(status):
            self._lines.slow_down(line, sent, now)

    @property
    def waiting(self) -> int:
        """How many wait for permits."""
        return self._lines.waiting

    @override
    def __repr__(self) -> str:
        return f"RateLimiter({list(self._shared.terms.limits)}{'' if self._key is None else f', key={self._key!r}'})"


@frozen
class Terms:
    """What a limit consists of, and what all who share it by its name have to agree on."""

    limits: tuple[Limit, ...]
    lanes: Mapping[str, tuple[Limit, ...]]
    queue: int
    adaptive: bool

    def line(self, place: Hashable) -> Line:
        """A new line for that place."""
        _, lane = cast("tuple[Hashable, str]", place)  # as RateLimiter.place has it
        limits = self.lanes.get(lane, self.limits)
        return Line(place, started(limits), most_at_once(limits), Pace() if self.adaptive else None)


class Shared:
    """The lines of a limiter, or of all limiters of one name."""

    __slots__ = ("lines", "terms")
    terms: Terms
    lines: Lines

    def __init__(self, terms: Terms) -> None:
        self.terms, self.lines = terms, Lines(terms.line, terms.queue)


class Named:
    """The lines of all limiters of this process that have a name.

    They are kept, whether or not a limiter still has them: what was used up has been, by whichever client.
    """

    def __init__(self) -> None:
        self._known: dict[str, Shared] = {}
        self._lock = threading.Lock()
        forks.add(self)

    def known(self, name: str, made: Shared) -> Shared:
        """What that name stands for: from now on these, if it stood for nothing."""
        with self._lock:
            return self._known.setdefault(name, made)

    def after_fork(self) -> None:
        """In the child: a lock that may have been held by the parent."""
        self._lock = threading.Lock()


named: Named = Named()


def shared(key: object, terms: Terms) -> Shared:
    """The lines of that name; without one, new ones. Raises ConfigError if the name stands for other terms."""
    made = Shared(terms)
    if key is None:
        return made
    if not isinstance(key, str) or not key:
        raise ConfigError("key", "is no name", "pass a text that is not empty, or None")
    found = named.known(key, made)
    if found.terms != terms:
        raise ConfigError("key", f"is {key!r}, the name of another limit", "choose another, or pass the same limits")
    return found


def checked_lanes(lanes: object) -> dict[str, tuple[Limit, ...]]:
    """The limits of routes; none, if it is a function that tells lanes. Raises ConfigError."""
    if lanes is None:
        return {}
    if callable(lanes):
        if is_async(lanes):
            raise ConfigError("lanes", "is an asynchronous function", "pass a plain one")
        return {}
    if not isinstance(lanes, Mapping):
        raise ConfigError("lanes", "is no mapping", 'write {"users/{id}": 5}, or pass a function of the request')
    found = cast("Mapping[object, object]", lanes)
    return {checked_route(route): checked_limits(f"lanes[{route!r}]", limits) for route, limits in found.items()}


def check_payable(cost: float, limits: Sequence[Limit], whose: str) -> None:
    """Refuse a cost of which there is never so much. Raises ConfigError."""
    most = most_at_once(limits)
    if cost > most:
        raise ConfigError("cost", f"is {cost:g}, and {whose} has {most:g} at a time at most", LARGER)


def checked_lane(lane: object) -> str:
    """What a function of the request has named. Raises InputError."""
    if lane is None or isinstance(lane, str):
        return lane or COMMON
    forget(lane)
    raise InputError("lanes", f"named a lane of type {type(lane).__name__}", "answer text, or None")


def checked_route(route: object) -> str:
    """What observers may be told of a request. Raises ConfigError."""
    if not isinstance(route, str) or not route:
        raise ConfigError(f"lanes[{route!r}]", "is no route", 'write {"users/{id}": 5}')
    return route
