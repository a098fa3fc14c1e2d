"""What an answer tells a rate limit: to pause, or to slow down. Never to go faster."""

from __future__ import annotations

import http
from collections.abc import Iterable, Mapping

from restkit.policies.bucket_numbers import FULL, SECOND
from restkit.policies.quota import LONGEST_SPAN, RateLimit
from restkit.policies.retry_after import retry_after

LONGEST_PAUSE = 60.0
"""Seconds for which a server can have us pause."""
THROTTLES = frozenset({http.HTTPStatus.TOO_MANY_REQUESTS, http.HTTPStatus.SERVICE_UNAVAILABLE})
"""Statuses that ask for fewer requests, if they say when to come again."""
TELLING = frozenset({b"ratelimit", b"ratelimit-remaining", b"x-ratelimit-remaining"})
"""Headers without which an answer of another status tells nothing."""


def tells(status: int, headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether an answer may tell anything, by its status and the names of its headers."""
    if status in THROTTLES:
        return True
    for name, _ in headers:  # noqa: SIM110 - any() takes twice as long
        if name.lower() in TELLING:
            return True
    return False


def pause_of(status: int, headers: Mapping[str, str], wall: float) -> float | None:
    """Seconds for which nothing should be sent, 60 at most; None if the answer does not ask for that.

    Retry-After goes before RateLimit, and that before X-RateLimit-*. `wall` is now, in seconds since 1970.
    """
    asked = retry_after(headers, wall) if status in THROTTLES else None
    if asked is not None:
        return min(asked, LONGEST_PAUSE)
    spans = [until(quota.reset, wall) for quota in RateLimit.all_of(headers) if is_spent(quota, status)]
    return min(max(spans), LONGEST_PAUSE) if spans else None


def slows_down(status: int) -> bool:
    """Whether an answer says that we are too fast."""
    return status == http.HTTPStatus.TOO_MANY_REQUESTS


def is_spent(quota: RateLimit, status: int) -> bool:
    """Whether nothing is left of a quota."""
    is_unsaid = quota.remaining is None and status == http.HTTPStatus.TOO_MANY_REQUESTS
    return quota.remaining == 0 or is_unsaid


def until(reset: float | None, wall: float) -> float:
    """Seconds until a quota is full again."""
    if reset is None:
        return 0.0
    return max(0.0, reset if reset <= LONGEST_SPAN else reset - wall)


class Pace:
    """The share of a limit that may be used, in thousandths: less after each throttled answer, and slowly more again.

    Additive increase, multiplicative decrease: x 0.7 once an epoch, which is to say that answers to what was sent
    before the last cut cut no more; + 10 % a second; 10 % at least.
    """

    __slots__ = ("_cut", "_left")
    LEAST = FULL // 10

    def __init__(self) -> None:
        self._left, self._cut = FULL, -SECOND

    def share(self, now: int) -> int:
        """What may be used at that moment, in microseconds."""
        return min(FULL, self._left + (now - self._cut) * (FULL // 10) // SECOND)

    def slow_down(self, sent: int, now: int) -> None:
        """An answer to what was sent at that moment said that we are too fast."""
        if sent > self._cut:
            self._left, self._cut = max(self.LEAST, self.share(now) * 7 // 10), now
