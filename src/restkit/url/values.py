"""How single values are written: one documented text for each kind, one way to escape it."""

from __future__ import annotations

import datetime as dt
import enum
import math
from urllib.parse import quote

from restkit.errors import InputError
from restkit.unset import Unset

LONGEST = 8192
"""Characters that a path and its query may have: many servers refuse more (RFC 9110, section 4.1)."""


def plain(name: str, value: object) -> str:
    """The one way each kind of value is written into a path, a query or a form.

    Text as it is, true and false, numbers in decimal, dates and times in ISO 8601, an enum as its value. Raises
    InputError for anything else, for a number that is not finite, and for a moment without a zone.
    """
    match value:
        case str() if type(value) is str:
            return value
        case enum.Enum():
            return plain(name, value_of(name, value))
        case str():
            return str.__str__(value)
        case int() | float():
            return number(name, value)
        case dt.datetime() | dt.date() | dt.time():
            return moment(name, value)
        case _:
            return rarely(name, value)


def value_of(name: str, member: enum.Enum) -> object:
    """What an enum's member stands for."""
    if isinstance(member, Unset):
        raise InputError(name, "is UNSET", "pass a value")
    return member.value


def number(name: str, value: float) -> str:
    """A number in decimal, as Python writes it; true and false, which are numbers in Python only.

    Raises InputError for one that is not finite, or has more digits than Python writes.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        try:
            return int.__repr__(value)
        except ValueError:
            raise InputError(name, "has more digits than can be written", "pass a smaller number") from None
    if not math.isfinite(value):
        raise infinite(name)
    return float.__repr__(value)


def infinite(name: str) -> InputError:
    """The error for a number that has no digits."""
    return InputError(name, "is not a finite number", "pass one")


def moment(name: str, value: dt.date | dt.time) -> str:
    """A date or a time in ISO 8601. Raises InputError for a moment without a zone."""
    if isinstance(value, dt.datetime) and value.utcoffset() is None:
        raise InputError(name, "is a time without a zone", "pass an aware datetime")
    return value.isoformat()


def rarely(name: str, value: object) -> str:
    """The text of a Decimal or a UUID, whose classes are imported when first needed."""
    from decimal import Decimal
    from uuid import UUID

    if isinstance(value, Decimal) and not value.is_finite():
        raise infinite(name)
    if not isinstance(value, Decimal | UUID):
        what = "None" if value is None else f"of type {type(value).__name__}"
        raise InputError(name, f"is {what}", "pass text, a number, a date or an enum")
    return str(value)


def escape(name: str, text: str) -> str:
    """Percent-encode everything but unreserved characters (RFC 3986, section 2.3)."""
    if text.isascii() and (text.isalnum() or text.isidentifier()):
        return text
    try:
        return quote(text, safe="")
    except UnicodeEncodeError:
        raise InputError(name, "holds a lone surrogate", "pass text that can be written as UTF-8") from None


def piece(name: str, value: object) -> str:
    """A value as it stands in a URL. Raises InputError for one that has no text, or is too long for any URL."""
    text = plain(name, value)
    escaped = text if len(text) > LONGEST else escape(name, text)
    fit(name, escaped)
    return escaped


def fit(name: str, text: str) -> None:
    """Raise InputError for what alone is longer than a path and its query may be."""
    if len(text) > LONGEST:
        raise InputError(
            name, f"is {len(text)} characters long", f"a path and its query have at most {LONGEST}: use the body"
        )
