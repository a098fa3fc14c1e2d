"""Limits that let permits come in steadily: token bucket, GCRA, leaky bucket. They differ in what they save up.

All three are the generic cell rate algorithm (ITU-T I.371): one moment is remembered, the one when all that was taken
will have come in again. A full bucket may run ahead of it by as much as it holds.
"""

from __future__ import annotations

from attrs import Factory, field, frozen

from restkit.policies.bucket_numbers import FULL, a_permit, above_zero, positive, steady


class Drip:
    """A bucket into which permits come one by one."""

    __slots__ = ("_holds", "_step", "_ticks", "_when")

    def __init__(self, rate: float, per: float, burst: float) -> None:
        self._ticks, self._step = steady(rate, per)
        self._holds = int(burst * FULL) * self._step
        self._when = 0  # in ticks: when all that was taken will have come in again

    def delay(self, now: int, cost: int, share: int = FULL, ahead: int = 0) -> int:
        """Microseconds until the permits are there, after so many others that come first."""
        at = now * self._ticks
        short = max(self._when, at) + self._price(ahead, share) + cost * self._step - self._holds - at
        return -(-short // self._ticks) if short > 0 else 0

    def take(self, now: int, cost: int, share: int = FULL) -> bool:
        """Take permits, if they are there."""
        at = now * self._ticks
        when = self._when if self._when > at else at  # noqa: FURB136 - max() takes as long as all the rest
        if when + cost * self._step - at > self._holds:
            return False
        self._when = when + (cost * self._step if share == FULL else self._price(cost, share))
        return True

    def _price(self, cost: int, share: int) -> int:
        """In ticks: a smaller share makes permits dearer."""
        return -(-cost * self._step * FULL // share)

    def give_back(self, cost: int, taken: int, now: int, /) -> None:
        """Take back what was taken, without what has come in since: a full bucket would have had no room for it."""
        self._when -= max(0, cost * self._step - (now - taken) * self._ticks)

    def is_full(self, now: int, /) -> bool:
        """Whether all that was taken has come in again."""
        return self._when <= now * self._ticks


def rate_of(limit: TokenBucket) -> float:
    """A burst of all that comes in a period. It is made before the fields are checked, so it checks what it needs."""
    return max(1.0, above_zero(limit, "rate", limit.rate))


def tenth_of(limit: GCRA) -> float:
    """A burst of what comes in a tenth of a second, likewise."""
    return max(1.0, above_zero(limit, "rate", limit.rate) / above_zero(limit, "per", limit.per) / 10)


@frozen
class TokenBucket:
    """`rate` requests in `per` seconds, and after a rest up to `burst` of them at once: by default as many as `rate`.

    In any w seconds at most rate * w / per + burst are let through. Raises ConfigError for a rate or period of 0 or
    less, and for a burst below 1.
    """

    rate: float = field(validator=positive)
    per: float = field(default=1.0, validator=positive)
    burst: float = field(default=Factory(rate_of, takes_self=True), validator=a_permit)

    @property
    def most(self) -> float:
        """The highest cost that can be paid."""
        return self.burst

    def start(self) -> Drip:
        """A full bucket."""
        return Drip(self.rate, self.per, self.burst)


@frozen
class GCRA:
    """`rate` requests in `per` seconds, evenly: by default no more is saved up than what a tenth of a second brings.

    That much makes up for timers that are late. In any w seconds at most rate * w / per + burst are let through.
    Raises ConfigError for a rate or period of 0 or less, and for a burst below 1.
    """

    rate: float = field(validator=positive)
    per: float = field(default=1.0, validator=positive)
    burst: float = field(default=Factory(tenth_of, takes_self=True), validator=a_permit)

    @property
    def most(self) -> float:
        """The highest cost that can be paid."""
        return self.burst

    def start(self) -> Drip:
        """A full bucket."""
        return Drip(self.rate, self.per, self.burst)


@frozen
class LeakyBucket:
    """`rate` requests in `per` seconds, one after the other and never two at once, whatever the rest before.

    Raises ConfigError for a rate or period of 0 or less.
    """

    rate: float = field(validator=positive)
    per: float = field(default=1.0, validator=positive)

    @property
    def most(self) -> float:
        """The highest cost that can be paid."""
        return 1.0

    def start(self) -> Drip:
        """A full bucket."""
        return Drip(self.rate, self.per, 1.0)
