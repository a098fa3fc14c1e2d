"""What the weather is like: how often what goes wrong."""

from __future__ import annotations

import bisect
import itertools
import math
import random
from collections.abc import Sequence
from typing import Any, Literal, get_args

import attrs
from attrs import field, frozen

from restkit.errors import ConfigError

Mishap = Literal[
    "slow",
    "refused",
    "connect timeout",
    "cut before",
    "cut after",
    "silent",
    "broken",
    "truncated",
    "5xx",
    "429",
    "unseen",
    "redirect",
    "fine",
]
"""What becomes of a request on its way: in the order of `SHARES`; what is left is fine."""


def share(_: object, attribute: attrs.Attribute[float], value: float) -> None:
    """A share is between 0 and 1."""
    if isinstance(value, bool) or not 0 <= value <= 1:
        raise ConfigError(attribute.name, f"is {value!r}", "pass a share between 0 and 1")


@frozen(kw_only=True)
class Weather:
    """Shares of the requests that meet a mishap, and of the calls that are cancelled. What is left goes well.

    Raises ConfigError for shares that are none, or more than 1 together.
    """

    slow: float = field(default=0.04, validator=share)
    """Answered late: after up to 90 seconds."""
    refused: float = field(default=0.04, validator=share)
    """No connection; nothing was sent."""
    connect_timeout: float = field(default=0.01, validator=share)
    """No connection in time; nothing was sent."""
    cut_before: float = field(default=0.03, validator=share)
    """The connection breaks before the server has done anything."""
    cut_after: float = field(default=0.03, validator=share)
    """The connection breaks when the server has done what was asked."""
    silent: float = field(default=0.02, validator=share)
    """Nothing comes back within the read timeout, whatever the server has done."""
    broken: float = field(default=0.01, validator=share)
    """What comes back is no HTTP."""
    truncated: float = field(default=0.02, validator=share)
    """Half of the body comes."""
    server_error: float = field(default=0.05, validator=share)
    """500, 502, 503 or 504, whatever the server has done; 503 with or without a Retry-After."""
    throttled: float = field(default=0.03, validator=share)
    """429, with a Retry-After in one of its forms, or without."""
    unseen: float = field(default=0.01, validator=share)
    """421 or 425: the server has not looked at it."""
    redirected: float = field(default=0.0, validator=share)
    """Sent elsewhere, now and then to another origin; a POST also by 303, once it is done. For clients that follow."""
    outages: float = field(default=0.1, validator=share)
    """How much of the time everything fails."""
    cancelled: float = field(default=0.1, validator=share)
    """Calls that are cancelled somewhere on their way."""
    clock_steps: int = 3
    """How often the wall clock is set, by an hour forward or back."""
    tells: bool = True
    """Whether the transport tells how many bytes were sent, as restkit's own does."""

    def __attrs_post_init__(self) -> None:
        if sum(self.shares()) > 1:
            raise ConfigError("weather", "has shares of more than 1 together", "lower some of them")

    def shares(self) -> Sequence[float]:
        """Those of the mishaps, in their order."""
        return [getattr(self, name) for name in SHARES]


SHARES = (
    "slow",
    "refused",
    "connect_timeout",
    "cut_before",
    "cut_after",
    "silent",
    "broken",
    "truncated",
    "server_error",
    "throttled",
    "unseen",
    "redirected",
)
MISHAPS: tuple[Mishap, ...] = get_args(Mishap)
IN_AN_OUTAGE: tuple[Mishap, ...] = ("refused", "refused", "cut before", "5xx", "5xx", "silent")
_NONE: dict[str, Any] = dict.fromkeys((*SHARES, "outages", "cancelled"), 0.0)
CALM: Weather = attrs.evolve(Weather(), **_NONE, clock_steps=0)
"""Nothing goes wrong."""


class Sky:
    """The weather as it comes: mishap after mishap, and outages for a while."""

    __slots__ = ("_dice", "_is_out", "_limits", "_outages", "_until")

    def __init__(self, weather: Weather, dice: random.Random) -> None:
        self._dice, self._outages = dice, weather.outages
        self._limits = list(itertools.accumulate(weather.shares()))
        self._is_out, self._until = False, -math.inf

    def next(self, now: float) -> Mishap:
        """What becomes of a request that is sent now."""
        if not self._outages:
            return MISHAPS[bisect.bisect_right(self._limits, self._dice.random())]
        if now >= self._until:
            self._is_out = self._dice.random() < self._outages
            self._until = now + self._dice.uniform(1.0, 30.0)
        if self._is_out:
            return IN_AN_OUTAGE[int(self._dice.random() * len(IN_AN_OUTAGE))]
        return MISHAPS[bisect.bisect_right(self._limits, self._dice.random())]
