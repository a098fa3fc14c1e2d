"""The numbers of what lets requests go."""

from __future__ import annotations

import math

from restkit.errors import ConfigError

DEFAULT_SIZE = 20
"""Requests in flight at once to a server, unless a bulkhead says otherwise."""
DEFAULT_QUEUE = 100_000
"""Requests that may wait, unless a bulkhead or a rate limit says otherwise."""


def check_count(name: str, value: object) -> int:
    """A whole number of 1 or more. Raises ConfigError."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise ConfigError(name, f"is of type {type(value).__name__}", "pass a whole number")
    if value < 1:
        raise ConfigError(name, f"is {value}", "pass 1 or more; nothing would ever be let through")
    return value


def check_wait(name: str, value: object) -> float | None:
    """None, or a finite number of seconds, 0 or more. Raises ConfigError."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ConfigError(name, f"is of type {type(value).__name__}", "pass a number of seconds, or None")
    if not (math.isfinite(value) and value >= 0):
        raise ConfigError(name, f"is {value}", "pass a number of seconds, 0 or more")
    return float(value)


def check_switch(name: str, value: object) -> bool:
    """True or False. Raises ConfigError."""
    if not isinstance(value, bool):
        raise ConfigError(name, f"is of type {type(value).__name__}", "pass True or False")
    return value
