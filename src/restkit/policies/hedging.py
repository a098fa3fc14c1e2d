"""Hedging: when a call may be sent once more while the first send is still under way, and after how long."""

from __future__ import annotations

import http
import math
from collections.abc import Mapping, Sequence

from attrs import frozen

from restkit.policies.checked import ABOVE_ZERO, number, whole
from restkit.policies.retry import IDEMPOTENT, STATUSES

LEAST = 0.05
"""Seconds: the shortest delay that is derived from answers."""
ENOUGH = 20
"""Answers of an origin before a delay is derived from them."""
KEPT = 100
"""Answers of an origin that are remembered."""
MOST = 10
"""Further sends of one call, at most."""


@frozen
class Hedging:
    """How slow calls are hedged. Raises ConfigError for what cannot be."""

    delay: float | None = None
    """Seconds after which a call is sent once more; None for what 95 % of an origin's last 100 answers took, at least
    0.05, and for not at all before it has given 20."""
    extra: int = 1
    """How many times it is sent once more, each so many seconds after the last."""

    def __attrs_post_init__(self) -> None:
        if self.delay is not None:
            check_delay(self.delay)
        check_extra(self.extra)


def check_delay(given: object) -> None:
    """Raise ConfigError for what is no positive, finite number of seconds."""
    _ = number("hedge.delay", given, "pass a number of seconds above 0, or None", least=ABOVE_ZERO)


def check_extra(given: object) -> None:
    """Raise ConfigError for what is no number of sends."""
    _ = whole("hedge.extra", given, f"pass a whole number from 1 to {MOST}", least=1, most=MOST)


def unfit(method: str, *, keyed: bool, idempotent: bool | None, in_memory: bool) -> str | None:
    """Why a request must not be sent twice at a time; None if it may."""
    if idempotent is None:
        idempotent = method in IDEMPOTENT
    if not idempotent and not keyed:
        return f"is set for a {method} without an idempotency key"
    return None if in_memory else "is set for a call whose body is not in memory"


def is_final(status: int) -> bool:
    """Whether an answer decides a race: another send could hardly better it."""
    return status not in STATUSES


def says_wait(status: int, headers: Mapping[str, str]) -> bool:
    """Whether a server has had enough, so that nothing more is sent."""
    return status == http.HTTPStatus.TOO_MANY_REQUESTS or "retry-after" in headers


def usual_delay(seconds: Sequence[float]) -> float | None:
    """What 95 % of these answers took, at least `LEAST`; None for too few of them."""
    if len(seconds) < ENOUGH:
        return None
    return max(LEAST, sorted(seconds)[math.ceil(len(seconds) * 0.95) - 1])


def remembered(seconds: Sequence[float], further: float) -> tuple[float, ...]:
    """The last answers, with one more."""
    return (*seconds[1 - KEPT :], further)
