"""Path templates: one value, one segment, always escaped."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping

from restkit.errors import ConfigError, InputError
from restkit.url import path
from restkit.url.values import piece, plain

_PLACE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
_DOTS = frozenset({".", ".."})
_SURE = 1024
"""Bits of numbers that Python writes out whatever it is told (`sys.set_int_max_str_digits`)."""


def expand(template: str, values: Mapping[str, object]) -> str:
    """Put values into a path template, each as exactly one escaped segment.

    Raises ConfigError for a value too many or too few, and for a template that is no path; InputError for a value that
    cannot be a segment.
    """
    text, names, literals = _places(template)
    if names != tuple(values) and set(names) != set(values):
        raise _mismatch(template, names, values)
    for name, literal in literals:
        text += segment(name, values[name]) + literal
    return text


@functools.lru_cache(maxsize=1024)
def _places(template: str) -> tuple[str, tuple[str, ...], tuple[tuple[str, str], ...]]:
    """How a template begins, the names of its values, and each of these with what follows its value."""
    parts = _PLACE.split(template)
    literals, names = tuple(parts[::2]), tuple(parts[1::2])
    if any("{" in literal or "}" in literal for literal in literals):
        raise ConfigError(f"template {template!r}", "has a brace without its partner", "write values as {name}")
    try:
        path.check(f"template {template!r}", "{}".join(literals))
    except InputError as error:
        raise ConfigError(error.field, error.reason, error.remedy) from None
    return literals[0], names, tuple(zip(names, literals[1:], strict=True))


def _mismatch(template: str, names: Iterable[str], values: Mapping[str, object]) -> ConfigError:
    missing = [name for name in names if name not in values]
    surplus = [name for name in values if name not in names]
    import difflib

    close = difflib.get_close_matches(surplus[0], missing or list(names), 1) if surplus else []
    said = f"wants {missing}" if missing else f"has no place for {surplus}"
    hint = (
        f"did you mean {close[0]!r} instead of {surplus[0]!r}?" if close else "give each {name} its value, and no other"
    )
    return ConfigError(f"template {template!r}", said, hint)


def segment(name: str, value: object) -> str:
    """One path segment for a value.

    Raises InputError for an empty one, a bare dot segment, one too long for any URL, or no plain value.
    """
    if type(value) is int and value.bit_length() < _SURE:
        return str(value)
    text = plain(name, value)
    if not text:
        raise InputError(name, "is empty", "a path value must have at least one character")
    if text in _DOTS:
        raise InputError(name, f"is {text!r}, which would change the path", "pass the name of something")
    return piece(name, text)
