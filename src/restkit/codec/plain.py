"""Values as plain data: what a format without models writes, and what no engine may write as it is."""

from __future__ import annotations

import datetime as dt
import enum
import functools
import math
import types
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from restkit.codec.anatomy import is_pydantic, is_record, is_struct, members_of
from restkit.codec.extras import keeps
from restkit.codec.fields import Fields, named
from restkit.codec.renaming import wire_names
from restkit.unset import UNSET, Unset

if TYPE_CHECKING:
    from restkit.codec.converter import Manner

Write = Callable[[Any], Any]
_PLAIN: frozenset[type] = frozenset({str, int, bool, types.NoneType})
_NONE: frozenset[type] = frozenset()
_OWN = frozenset({dict, list, tuple, set, frozenset, Fields})
"""Kinds that no converter is asked for."""


class Writer:
    """Makes plain data of values, by their own types. It raises TypeError or ValueError for what has none.

    Objects lose what is UNSET. Sets, which have no order, are refused outside of models. With `unstructure`, a
    converter of the user's own makes plain data of models and of all that holds no others.
    """

    def __init__(self, manner: Manner, unstructure: Write | None = None, *, takes_sets: bool = False) -> None:
        self._manner, self._unstructure, self._takes_sets = manner, unstructure, takes_sets
        self._within: Writer = self if takes_sets else Writer(manner, takes_sets=True)
        self._plain = _NONE if unstructure else _PLAIN
        self._known: dict[type, Write] = {}

    def __call__(self, value: object) -> Any:  # noqa: ANN401 - plain data
        """A value as plain data."""
        kind = type(value)
        if kind in self._plain:
            return value
        write = self._known.get(kind)
        if write is None:
            write = self._known[kind] = self._made_for(kind)
        return write(value)

    def _made_for(self, kind: type) -> Write:
        if self._unstructure is not None and kind not in _OWN:
            unstructure = self._unstructure
            return lambda value: self._within(unstructure(value))
        if is_record(kind):
            return self._record(kind)
        fits = functools.partial(issubclass, kind)
        ways: list[tuple[bool, Write]] = [
            (is_struct(kind), self._struct),
            (is_pydantic(kind), self._pydantic),
            (kind is Fields, self._fields),
            (fits(enum.Enum) and kind is not Unset, lambda value: self(value.value)),
            (fits(Mapping), self._object),
            (fits(list | tuple | deque), self._array),
            (fits(set | frozenset) and self._takes_sets, self._array),
        ]
        return next((write for is_so, write in ways if is_so), None) or leaf(kind, self._manner.zone)

    def _array(self, values: Iterable[object]) -> list[Any]:
        return [self(each) for each in values]

    def _object(self, value: Mapping[object, object]) -> dict[str, Any]:
        pairs = [(name_for(key), self(each)) for key, each in value.items() if each is not UNSET]
        made = dict(pairs)
        if len(made) < len(pairs):
            raise TypeError("one name twice")
        return made

    def _fields(self, fields: Fields) -> Any:  # noqa: ANN401 - plain data
        return self._within(fields if self._unstructure else named(fields, self._manner.rename))

    def _record(self, kind: type) -> Write:
        within, kept, wired = self._within, keeps(kind), wire_names(kind, self._manner.rename)
        names = [(each.name, wired[each.name]) for each in members_of(kind) if each.init and each.name != kept]

        def write(value: object) -> dict[str, Any]:
            made = {to: within(found) for name, to in names if (found := getattr(value, name)) is not UNSET}
            return made if kept is None else {**within(getattr(value, kept)), **made}

        return write

    def _struct(self, value: Any) -> Any:  # noqa: ANN401 - a Struct, and plain data
        import copy

        import msgspec

        made = copy.copy(value)
        for name in value.__struct_fields__:
            found = getattr(value, name)
            left_out = found is UNSET or found is msgspec.UNSET
            msgspec.structs.force_setattr(made, name, msgspec.UNSET if left_out else self._within(found))
        return msgspec.to_builtins(made, builtin_types=_ASIDE)

    def _pydantic(self, value: Any) -> Any:  # noqa: ANN401 - a model of pydantic, and plain data
        dump = value.__pydantic_serializer__.to_python
        return self._within(dump(value, mode="json", by_alias=True, fallback=self._within))


def name_for(key: object) -> str:
    """A key as the name it has in an object. Raises TypeError for one that has none."""
    if isinstance(key, enum.Enum):
        return name_for(key.value)
    if isinstance(key, str):
        return str.__str__(key)
    if isinstance(key, int | UUID) and not isinstance(key, bool):
        return str(key)
    if isinstance(key, dt.date) and getattr(key, "tzinfo", dt.UTC) is not None:
        return key.isoformat()
    raise TypeError("a name")


def leaf(kind: type, zone: dt.tzinfo | None) -> Write:
    """How a value that holds no others becomes plain. Raises TypeError for a kind that does not."""
    if issubclass(kind, dt.datetime):
        return lambda value: aware(value, zone)
    for exact, write in _LEAVES.items():
        if issubclass(kind, exact):
            return write
    raise TypeError(kind.__name__)


def aware(value: dt.datetime, zone: dt.tzinfo | None) -> dt.datetime:
    """A time with its zone, or this one. Raises ValueError if it has neither."""
    if value.tzinfo is not None:
        zone = value.tzinfo
    if zone is None:
        raise ValueError("a time without a zone")
    made = dt.datetime.combine(date(value), dt.time(value.hour, value.minute, value.second, value.microsecond), zone)
    return made.replace(fold=value.fold)


def date(value: dt.date) -> dt.date:
    """A date, exactly."""
    return dt.date(value.year, value.month, value.day)


def finite(value: float) -> float:
    """A number that is one, exactly. Raises ValueError."""
    if not math.isfinite(value):
        raise ValueError("not finite")
    return float(value)


def finite_decimal(value: Decimal) -> Decimal:
    """Likewise."""
    if not value.is_finite():
        raise ValueError("not finite")
    return Decimal(value)


_LEAVES: dict[type, Write] = {
    str: str.__str__,
    int: int,
    float: finite,
    dt.date: date,
    dt.time: lambda value: value,
    dt.timedelta: lambda value: dt.timedelta(value.days, value.seconds, value.microseconds),
    UUID: lambda value: UUID(int=value.int),
    Decimal: finite_decimal,
    bytes: bytes,
}
_ASIDE = (dt.datetime, dt.date, dt.time, dt.timedelta, UUID, Decimal, bytes)
"""What is left for the format to write."""
