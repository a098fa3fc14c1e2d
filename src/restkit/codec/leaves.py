"""How plain data becomes the values that hold no others: numbers, text, times, enums."""

from __future__ import annotations

import datetime as dt
import enum
import functools
import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Self, get_args
from uuid import UUID

from restkit.codec.anatomy import Type, name_of, plain_of
from restkit.codec.misfit import expected, is_array, is_object

Take = Callable[[Any, Any], Any]
"""A hook as cattrs calls it: with plain data and the declared type."""
SCALARS: tuple[type, ...] = (str, int, float, bool)
READ_BY_MSGSPEC = frozenset({dt.datetime, dt.date, dt.time, dt.timedelta, Decimal, UUID, bytes})
"""They come as text (RFC 3339, ISO 8601 durations, base64); Decimal as a number, too."""


class Written(float):
    """A number with a fraction, as it was written: a Decimal is made of that."""

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str) -> Self:
        """Parse it, and keep it."""
        made = super().__new__(cls, text)
        made.text = text
        return made


def as_float(value: float) -> float:
    """A number as a plain float. Raises Misfit for one that is too large for that."""
    try:
        made = float(value)
    except OverflowError:  # a whole number
        made = math.inf
    if math.isinf(made):
        raise expected("a number in the range of float")
    return made


def plainly(value: Any) -> Any:  # noqa: ANN401 - plain data
    """Plain data whose numbers are plain floats."""
    if type(value) is Written:
        return as_float(value)
    if is_object(value):
        return {name: plainly(each) for name, each in value.items()}
    return [plainly(each) for each in value] if is_array(value) else value


def exactly(kind: type, *, lax: bool) -> Take:
    """Take a plain value of just this type; there may be one kind of number, so a whole one stands for a float.

    With `lax` numbers may be text, as formats without numbers write them.
    """

    def take(value: Any, declared: Any) -> Any:  # noqa: ANN401 - of that type
        if declared is not kind:
            return of_subclass(value, declared)
        if type(value) is kind:
            return value
        if kind is float and (type(value) is int or type(value) is Written):
            return as_float(value)
        if lax and isinstance(value, str):
            return converted(value, kind, strict=False)
        raise expected(kind.__name__)

    return take


def of_subclass(value: object, declared: Type) -> Any:  # noqa: ANN401 - of that type
    """A value of an enum that is text or a number as well, or of another subclass of those."""
    if issubclass(declared, enum.Enum):
        return member(value, declared)
    for kind in SCALARS:
        if issubclass(declared, kind) and type(value) is kind:
            return declared(value)
    raise expected(declared.__name__)


def converted(value: object, declared: Type, *, strict: bool = True) -> Any:  # noqa: ANN401 - of the declared type
    """What msgspec makes of text, or of a number where a Decimal is wanted."""
    import msgspec

    if type(value) is Written:
        value = value.text
    elif type(value) is declared:
        return value  # of a format that has such values
    elif type(value) is not str and not (declared is Decimal and type(value) in {int, float}):
        raise expected(name_of(declared))
    try:
        return msgspec.convert(value, declared, strict=strict)
    except msgspec.ValidationError:
        raise expected(name_of(declared)) from None


def in_zone(zone: dt.tzinfo) -> Take:
    """Times, of which those that say no zone are in this one."""

    def take(value: Any, declared: Any) -> dt.datetime:  # noqa: ANN401 - plain data and a type
        moment: dt.datetime = converted(value, declared)
        return moment if moment.tzinfo else moment.replace(tzinfo=zone)

    return take


def value_types(kind: type[enum.Enum]) -> set[type]:
    """The types of an enum's values."""
    return {type(each.value) for each in kind}


def member(value: object, declared: type[enum.Enum]) -> enum.Enum:
    """The member of an enum with this value, of this very type: 1 is not True."""
    if type(value) is Written:
        value = as_float(value)
    if type(value) not in value_types(declared):
        raise expected(name_of(declared))
    try:
        return declared(value)
    except ValueError:
        known = ", ".join(repr(each.value) for each in declared)
        raise expected(f"one of {known}"[:200]) from None


def literal(value: object, declared: Type) -> object:
    """One of the values that a Literal lists; its enum members come as their values."""
    return _literals(declared)(value)


@functools.lru_cache(maxsize=1024)
def _literals(declared: Type) -> Callable[[object], object]:
    known = {(type(plain_of(each)), plain_of(each)): each for each in get_args(declared)}

    def take(value: object) -> object:
        try:
            return known[type(value), value]
        except (KeyError, TypeError):
            raise expected(name_of(declared)) from None

    return take
