"""Admission: rate limit, bulkhead and circuit breaker, which agree on the moment when a request may go.

    breaker, looked at > rate limit, waited for > slot > rate limit, paid > breaker, entered > sent

Who would be refused by an open circuit does not wait first. A permit is paid with the slot in hand, so that what goes
out keeps to the rate, and the breaker is entered last, so that a probe does not grow old in a line.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

import httpx

from restkit.admission.origins import Origin, origin_of
from restkit.admission.slots import Room, Slots
from restkit.attempt import HEDGE
from restkit.context import KEY, Context
from restkit.errors import ConfigError
from restkit.flow import Clock, Flow, when_over
from restkit.pipeline import Proceed
from restkit.policies import checked
from restkit.policies.bucket_numbers import FULL, micros
from restkit.policies.counts import DEFAULT_SIZE
from restkit.policies.verdict import verdict_of, verdict_of_status

if TYPE_CHECKING:
    import random

    from restkit.admission.breaker import Breaker
    from restkit.admission.gate import Gate, Permit
    from restkit.admission.limiter import RateLimiter
    from restkit.admission.line import Line, Ticket
    from restkit.policies.bucket import Limits
    from restkit.policies.bulkhead import Bulkhead
    from restkit.policies.circuit_breaker import CircuitBreaker


class Admission:
    """Let requests go as a rate limit, a bulkhead and a circuit breaker allow it, for each server.

    Parameters: `rate_limit`, a number of requests a second, a limit, a list of limits, or a `RateLimiter`;
    `bulkhead`, how many requests may be in flight at once, or a `Bulkhead`; `breaker`, a `CircuitBreaker` or a
    `Breaker`; None leaves any of them out; `cost`, how many requests one counts for in the rate limit, unless its call
    says otherwise; `dice`, what the breaker's jitter is rolled with; `attempt_timeout`, that of the exchange below,
    which a breaker's permit outlasts.

    Raises RateLimitTimeout, BulkheadFull and QueueFull where waiting would take too long, and CircuitOpen.
    """

    __slots__ = ("_alone", "_attempt_timeout", "_breaker", "_clock", "_cost", "_limiter", "_slots")

    def __init__(  # noqa: PLR0913 - three policies, and what they need to know
        self,
        rate_limit: Limits | RateLimiter | None = None,
        bulkhead: int | Bulkhead | None = DEFAULT_SIZE,
        breaker: CircuitBreaker | Breaker | None = None,
        *,
        cost: float = 1.0,
        clock: Clock | None = None,
        dice: random.Random | None = None,
        attempt_timeout: float | None = None,
    ) -> None:
        self._clock = checked.clock_or_real("clock", clock)
        self._limiter = limiter_of(rate_limit, self._clock)
        self._slots = slots_of(bulkhead)
        self._breaker = breaker_of(breaker, dice)
        self._attempt_timeout = checked.seconds_or_none("attempt_timeout", attempt_timeout)
        self._cost = checked.cost("cost", cost)
        self._alone = self._slots if self._limiter is None and self._breaker is None else None
        if self._limiter is not None:
            self._limiter.check_cost(cost, in_lanes=True)

    def __call__(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Wait for what is needed, and give it back when the body is over."""
        slots = self._alone
        if slots is None:
            return (yield from self._admitted(request, proceed))
        origin = origin_of(request)
        room = slots.room(origin)
        if not room.take():
            room = yield from slots.wait(origin, self._clock.now(), self._until(request))
        try:
            response = yield from proceed(request)
        except BaseException:
            room.release()
            raise
        if response.is_closed:
            room.release()
        else:
            when_over(response, lambda _: room.release())
        return response

    def _until(self, request: httpx.Request) -> float | None:
        """The moment until which a request may wait: none that is sent beside another."""
        return self._clock.now() if HEDGE in request.extensions else Context.of(request).deadline

    def _admitted(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        origin, limiter = origin_of(request), self._limiter
        gate = None if self._breaker is None else self._breaker.gate(origin)
        hand = Hand(self._slots, origin, self._clock)
        if gate is not None and (seconds := gate.peek(hand.began)) is not None:
            return (yield from refused(gate, seconds, request))
        try:
            if limiter is None:
                if not hand.take():
                    yield from self._slot(request, hand)
            elif not self._at_once(request, hand, limiter, origin):
                yield from self._in_turn(request, hand, limiter)
            if gate is not None and not hand.enter(gate) and not hand.try_out(gate, self._lease(request, gate)):
                hand.turn_back(limiter)
                return (yield from refused(gate, gate.peek(hand.began), request))
            response = yield from proceed(request)
        except BaseException as error:
            hand.empty(request, error)
            raise
        if limiter is not None and limiter.listens and hand.line is not None:
            limiter.hear(hand.line, response, hand.began, self._clock)
        status = response.status_code
        if response.is_closed:
            hand.empty(request, status)
        else:
            when_over(response, lambda ended: hand.empty(request, status, ended))
        return response

    def _at_once(self, request: httpx.Request, hand: Hand, limiter: RateLimiter, origin: Origin) -> bool:
        """Have a slot and permits, if both are there."""
        context: Context = request.extensions.get(KEY) or Context.of(request)
        cost = context.options.get("cost", self._cost)
        price = hand.cost = FULL if cost == 1 else limiter.price(cost)
        place = hand.place = limiter.place(request, context.route, origin)
        if not hand.take():
            return False
        line = hand.line = limiter.take(place, price, hand.began)
        return line is not None

    def _in_turn(self, request: httpx.Request, hand: Hand, limiter: RateLimiter) -> Flow[None]:
        """Have a slot and permits, at the same moment."""
        hand.give_back()
        until = hand.until = self._until(request)
        hand.ticket = yield from limiter.wait(hand.place, hand.cost, self._clock.now, until, hand)
        hand.line = hand.ticket.line
        hand.began = self._clock.now()

    def _slot(self, request: httpx.Request, hand: Hand) -> Flow[None]:
        """Have a slot in one's turn, where nothing else is waited for."""
        hand.until = self._until(request)
        yield from hand.wait()
        hand.began = self._clock.now()

    def _lease(self, request: httpx.Request, gate: Gate) -> float:
        """Seconds after which an attempt is taken for lost."""
        context = Context.of(request)
        seconds = context.options.get("attempt_timeout", self._attempt_timeout)
        left = None if context.deadline is None else max(0.0, context.deadline - self._clock.now())
        return gate.policy.lease_of(seconds, left)


class Hand:
    """What a request has: a slot, permits, the right to pass the circuit."""

    began: float
    """When the last of it came."""
    until: float | None = None
    """When it must be there."""
    cost: int = 0
    line: Line | None = None
    place: Hashable = None
    ticket: Ticket | None = None
    """What permits were paid with that it had to wait for."""
    _room: Room | None = None
    _permit: Permit | None = None

    def __init__(self, slots: Slots | None, origin: Origin, clock: Clock) -> None:
        self._slots, self._origin, self._clock = slots, origin, clock
        self.began = clock.now()

    def take(self) -> bool:
        """Take a slot, if one is free, or none is needed."""
        if self._slots is None:
            return True
        room = self._slots.room(self._origin)
        if room.take():
            self._room = room
            return True
        return False

    def wait(self) -> Flow[None]:
        """Take a slot in one's turn, if one is needed. What `Room.wait` raises, this does."""
        if self._slots is not None:
            self._room = yield from self._slots.wait(self._origin, self._clock.now(), self.until)

    def give_back(self) -> None:
        """Give the slot back; again: nothing."""
        room, self._room = self._room, None
        if room is not None:
            room.release()

    def turn_back(self, limiter: RateLimiter | None) -> None:
        """Give slot and permits back: nothing is sent."""
        if limiter is not None and self.line is not None:
            taken = micros(self.began) if self.ticket is None else self.ticket.paid
            limiter.give_back(self.line, self.cost, taken, self._clock.now())
        self.give_back()

    def enter(self, gate: Gate) -> bool:
        """Pass the circuit, if it is closed."""
        self._permit = gate.pass_closed(self.began)
        return self._permit is not None

    def try_out(self, gate: Gate, lease: float) -> bool:
        """Whether a circuit that is not closed lets it pass."""
        self._permit = gate.enter(self.began, lease)
        return self._permit is not None

    def empty(self, request: httpx.Request, outcome: int | BaseException, ended: BaseException | None = None) -> None:
        """Give the slot back, and tell the circuit what came of it: a status or an error, and what cut the body."""
        room, self._room = self._room, None
        if room is not None:
            room.release()
        if self._permit is None:
            return
        now = self._clock.now()
        if ended is None and isinstance(outcome, int):
            verdict = verdict_of_status(outcome)
        else:
            verdict = verdict_of(outcome, ended, request=request, deadline=Context.of(request).deadline)
        self._permit.settle(verdict, now - self.began, now)


def refused(gate: Gate, seconds: float | None, request: httpx.Request) -> Flow[httpx.Response]:
    """What an open circuit answers instead. Raises CircuitOpen."""
    from restkit.admission import fallback

    return fallback.refused(gate, seconds, request)


def limiter_of(given: Limits | RateLimiter | None, clock: Clock) -> RateLimiter | None:
    """A limiter that is shared, or a new one, or none."""
    if given is None:
        return None
    from restkit.admission.limiter import RateLimiter

    return given if isinstance(given, RateLimiter) else RateLimiter(given, clock=clock)


def slots_of(given: object) -> Slots | None:
    """New slots, or none."""
    if given is None:
        return None
    if isinstance(given, int):
        return Slots(checked.count("bulkhead", given))
    from restkit.policies.bulkhead import Bulkhead

    if not isinstance(given, Bulkhead):
        raise ConfigError("bulkhead", f"is of type {type(given).__name__}", "pass a whole number, or a Bulkhead")
    return Slots(given.size, given.queue, given.max_wait)


def breaker_of(given: object, dice: random.Random | None) -> Breaker | None:
    """A breaker that is shared, or a new one, or none."""
    if given is None:
        return None
    from restkit.admission.breaker import Breaker

    return Breaker.of(given, dice)
