"""Limits: how many requests may be sent in which time, and the buckets that keep count.

A limit (`TokenBucket`, `GCRA`, `LeakyBucket`, `SlidingWindow`, `FixedWindow`) is a frozen value; its `start()` is a
bucket, which steps from one moment to the next and knows no clock. Moments are integer microseconds, and permits are
counted in thousandths, so that nothing drifts: whatever the numbers, no more is let through than the limit says.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeAlias, cast

from restkit.errors import ConfigError
from restkit.policies.bucket_drip import GCRA, LeakyBucket, TokenBucket
from restkit.policies.bucket_numbers import FULL, LEAST, MOST
from restkit.policies.bucket_window import FixedWindow, SlidingWindow
from restkit.policies.checked import number

Limit: TypeAlias = TokenBucket | GCRA | LeakyBucket | SlidingWindow | FixedWindow
Limits: TypeAlias = "float | Limit | Sequence[float | Limit]"
"""A number of requests a second, a limit, or several that all hold at once."""


class Bucket(Protocol):
    """What is left of a limit. `share` is the part of it that may be used now, in thousandths."""

    def delay(self, now: int, cost: int, share: int = FULL, ahead: int = 0) -> int:
        """Microseconds until the permits are there, after so many others that come first."""
        ...

    def take(self, now: int, cost: int, share: int = FULL) -> bool:
        """Take permits, if they are there."""
        ...

    def give_back(self, cost: int, taken: int, now: int, /) -> None:
        """Take back what was taken at that moment, and not used; others may have taken some since."""

    def is_full(self, now: int, /) -> bool:
        """Whether all that was taken has come in again."""
        ...


class Buckets:
    """Several limits at once: each must have the permits."""

    __slots__ = ("_parts",)

    def __init__(self, parts: Sequence[Bucket]) -> None:
        self._parts = tuple(parts)

    def delay(self, now: int, cost: int, share: int = FULL, ahead: int = 0) -> int:
        """Until the last of them has the permits."""
        return max(part.delay(now, cost, share, ahead) for part in self._parts)

    def take(self, now: int, cost: int, share: int = FULL) -> bool:
        """From each, or from none."""
        if any(part.delay(now, cost, share) for part in self._parts):
            return False
        return all(part.take(now, cost, share) for part in self._parts)

    def give_back(self, cost: int, taken: int, now: int, /) -> None:
        """To each."""
        for part in self._parts:
            part.give_back(cost, taken, now)

    def is_full(self, now: int, /) -> bool:
        """All of them."""
        return all(part.is_full(now) for part in self._parts)


def started(limits: Sequence[Limit]) -> Bucket:
    """A bucket in which all of these limits hold."""
    parts = [limit.start() for limit in limits]
    return parts[0] if len(parts) == 1 else Buckets(parts)


def most_at_once(limits: Sequence[Limit]) -> float:
    """The highest cost that can ever be paid."""
    return min(limit.most for limit in limits)


def checked_limits(name: str, value: object) -> tuple[Limit, ...]:
    """A number of requests a second, a limit, or several. Raises ConfigError."""
    if not isinstance(value, list | tuple):
        return (_checked(name, value),)
    if not value:
        raise ConfigError(name, "names no limit", "pass a number of requests a second, or None for no limit")
    return tuple(_checked(name, each) for each in cast("Sequence[object]", value))


def _checked(name: str, value: object) -> Limit:
    if isinstance(value, TokenBucket | GCRA | LeakyBucket | SlidingWindow | FixedWindow):
        return value
    remedy = "pass a number of requests a second above 0, or a limit"
    return GCRA(number(name, value, remedy, least=LEAST, most=MOST))
