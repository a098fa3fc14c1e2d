"""How long a token is good for, and when another one is to be had: by two clocks, since each can be wrong.

The monotonic clock stands still while a machine sleeps; the wall clock can be set. A token is over as soon as either of
them says so.
"""

from __future__ import annotations

from enum import Enum, auto

from attrs import frozen

EARLY, JITTER = 0.8, 0.1
"""The part of its life after which a token is renewed while it still holds, and how much earlier or later."""
MOST_SKEW, SKEW = 30.0, 0.1
"""Seconds before its end at which a token is not sent any more, and the part of its life that these are at most."""
LEAST_AGE, LEAST_PART = 5.0, 0.5
"""Seconds, and the part of its life, within which a token that is refused is not renewed: that would not help."""
UNKNOWN_LIFE = 60.0
"""Seconds of a token of which nobody said how long it is good for."""
REMEMBERED = 1.0
"""Seconds that a failure is remembered, so that nobody asks again at once; up to half as much again, by chance."""


class Stage(Enum):
    """Where a token is in its life."""

    FRESH = auto()
    DUE = auto()
    """Still good, but it is time for another."""
    OVER = auto()


@frozen
class Life:
    """The life of one token."""

    began: float
    """The moment it was had, on the monotonic clock."""
    seconds: float
    """How long it lives from then on."""
    expires_at: float
    """The moment of its end, on the wall clock."""
    early: float
    """Seconds before its end at which it is time for another."""

    def stage(self, now: float, wall: float) -> Stage:
        """Where it is."""
        left = min(self.seconds - (now - self.began), self.expires_at - wall)
        if left <= min(MOST_SKEW, SKEW * self.seconds):
            return Stage.OVER
        return Stage.DUE if left <= self.early else Stage.FRESH

    def is_young(self, now: float) -> bool:
        """Whether it is so new that another would be refused just as well."""
        return now - self.began < min(LEAST_AGE, LEAST_PART * self.seconds)


def early_by(seconds: float, margin: float | None, roll: float) -> float:
    """Seconds before its end at which a token of so long a life is renewed.

    `margin` is what was asked for, None for a fifth of its life, a tenth more or less, as `roll` from 0 to 1 has it.
    """
    if margin is not None:
        return min(margin, seconds * EARLY)
    return seconds * (1 - EARLY * (1 + JITTER * (2 * roll - 1)))
