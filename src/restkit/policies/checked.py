"""Values whose fields are checked when they are made."""

from __future__ import annotations

import math

import attrs

from restkit.errors import ConfigError

CHECK = "check"
"""Where a field's metadata holds the function that checks it: it takes the field's name and what was written."""


def check_fields(made: attrs.AttrsInstance) -> None:
    """Check the fields of a value, and keep what their checks make of them. Raises ConfigError."""
    for each in attrs.fields(type(made)):
        if CHECK in each.metadata:
            object.__setattr__(made, each.name, each.metadata[CHECK](each.name, getattr(made, each.name)))


def duration(name: str, given: object) -> float:
    """A finite number of seconds, 0 or more. Raises ConfigError."""
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise ConfigError(name, f"is of type {type(given).__name__}", "pass a number of seconds")
    if not (math.isfinite(given) and given >= 0):
        raise ConfigError(name, f"is {given}", "pass a number of seconds, 0 or more")
    return float(given)


def flag(name: str, given: object) -> bool:
    """True or False. Raises ConfigError."""
    if not isinstance(given, bool):
        raise ConfigError(name, f"is of type {type(given).__name__}", "pass True or False")
    return given


def amount(name: str, given: object) -> int:
    """A whole number, 0 or more. Raises ConfigError."""
    if isinstance(given, bool) or not isinstance(given, int) or given < 0:
        raise ConfigError(name, f"is {given!r}", "pass a whole number, 0 or more")
    return given
