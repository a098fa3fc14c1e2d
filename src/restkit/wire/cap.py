"""The most that the body of an answer may have."""

from __future__ import annotations

from restkit.errors import ConfigError


def checked_cap(name: str, given: object) -> int | None:
    """A number of bytes, or None for any. Raises ConfigError."""
    if given is not None and (isinstance(given, bool) or not isinstance(given, int) or given < 0):
        raise ConfigError(name, "is no number of bytes", "pass a whole number, or None for any size")
    return given
