"""Whether values can be written as they are, by the engine alone, which would not notice some mistakes.

Theory of operation. msgspec writes attrs classes, dataclasses and plain data several times faster than they are made
plain first. But it knows nothing of renaming and private names, writes null for a number that is not finite, and a
time without a zone as if that were nothing. So values are looked at first, column by column: one field of a thousand
models at once, which is fast, since most fields are declared to be harmless. Where what was written then holds a null,
which a number in any field may have become, they are looked at once more, by a Soundness that trusts no declaration;
not so in large bodies, where finding a null takes too long.
"""

from __future__ import annotations

import datetime as dt
import enum
import math
import types
from collections.abc import Callable, Collection
from decimal import Decimal
from itertools import chain
from operator import attrgetter
from typing import Any, Union, get_args
from uuid import UUID

from restkit.codec.anatomy import Type, bare, fields_of, is_record, is_struct, meant, members_of, origin_of
from restkit.codec.contents import is_endless
from restkit.codec.extras import keeps
from restkit.codec.renaming import Style, wire_names
from restkit.unset import Unset

_HARMLESS: frozenset[Type] = frozenset({str, int, bool, types.NoneType, dt.date, dt.time, dt.timedelta, UUID, bytes})
_TOGETHER = frozenset({list, Union, types.UnionType})
"""What is harmless if all that it is made of is."""
_DEEP = 8
_MANY = 100_000
"""Levels and values after which each object is looked at once, lest one that holds itself be looked at for ever."""


class Column:
    """A field whose values must be looked at, in all models of its class at once."""

    __slots__ = ("_is_sound", "take")
    take: Callable[[Any], Any]

    def __init__(self, name: str, declared: Type) -> None:
        self.take = take = attrgetter(name)
        self._is_sound: Callable[[Collection[object]], bool] = uncertain
        if declared is float:
            self._is_sound = lambda models: math.isfinite(sum(map(take, models)))
        elif declared is dt.datetime:
            zone = attrgetter(f"{name}.tzinfo")
            self._is_sound = lambda models: None not in set(map(zone, models))

    def is_sound(self, models: Collection[object]) -> bool:
        """Whether all values are of the declared type, and sound; False if that takes a closer look."""
        try:
            return self._is_sound(models)
        except (TypeError, AttributeError, OverflowError):  # some are of another type
            return False


def uncertain(_: Collection[object]) -> bool:
    """Take a closer look."""
    return False


class Soundness:
    """Says of values whether they can be written as they are, in one codec.

    With `trusts` it takes what fields declare as text, whole numbers and such for that, until a null was written.
    """

    def __init__(self, style: Style | None, *, trusts: bool = False) -> None:
        self._style: Style | None = style
        self._trusts = trusts
        self._columns: dict[type, tuple[Column, ...] | None] = {}

    def holds(self, values: Collection[object], depth: int = 0, seen: set[int] | None = None) -> bool:
        """Whether all these values can be written as they are. May raise RecursionError."""
        kinds = set(map(type, values))
        for kind in kinds - _HARMLESS:
            some = values if len(kinds) == 1 else [each for each in values if type(each) is kind]
            if depth >= _DEEP or len(some) >= _MANY:
                distinct = {id(each): each for each in some}
                if seen is None and (depth >= _DEEP or len(distinct) < len(some)) and is_endless(list(some)):
                    return False
                seen = set() if seen is None else seen
                some = [each for key, each in distinct.items() if key not in seen]
                seen.update(distinct)
            if not self._of_a_kind(kind, some, depth + 1, seen):
                return False
        return True

    def _of_a_kind(self, kind: type, values: Collection[Any], depth: int, seen: set[int] | None) -> bool:
        if kind is float:
            return math.isfinite(sum(values)) or all(map(math.isfinite, values))  # a sum is quick, but may overflow
        if kind is dt.datetime:
            return None not in map(attrgetter("tzinfo"), values)
        if kind is Decimal:
            return all(map(Decimal.is_finite, values))
        if kind is list or kind is tuple:
            return self.holds(gathered(values), depth, seen)
        if kind is dict:
            named = {str}.issuperset(map(type, chain.from_iterable(values)))
            return named and self.holds(gathered([each.values() for each in values]), depth, seen)
        columns = self._of_class(kind)
        return columns is not None and self.holds(self._unsure(columns, values), depth, seen)

    def _unsure(self, columns: tuple[Column, ...], models: Collection[object]) -> list[object]:
        """The values of these models that take a closer look."""
        found: list[object] = []
        for column in columns:
            if not column.is_sound(models):
                kinds = set(map(type, map(column.take, models))) - _HARMLESS
                if any(self._of_class(kind) != () for kind in kinds):
                    found += map(column.take, models)
        return found

    def _of_class(self, kind: type) -> tuple[Column, ...] | None:
        if kind not in self._columns:
            self._columns[kind] = columns_of(kind, self._style, trusts=self._trusts)
        return self._columns[kind]


def gathered(values: Collection[Collection[object]]) -> Collection[object]:
    """What these hold, together."""
    return next(iter(values)) if len(values) == 1 else list(chain.from_iterable(values))


def columns_of(kind: Any, style: Style | None, *, trusts: bool) -> tuple[Column, ...] | None:  # noqa: ANN401 - a class
    """The fields of a class that must be looked at; None if it cannot be written as it is."""
    if issubclass(kind, enum.Enum):
        return () if is_plain(kind) else None
    if is_struct(kind):
        return tuple(Column(name, Any) for name in kind.__struct_fields__)
    if not is_record(kind) or keeps(kind) is not None or not is_bare(kind):
        return None
    is_named_so = all(name == wired and not name.startswith("_") for name, wired in wire_names(kind, style).items())
    if not is_named_so or not all(each.init for each in members_of(kind)):
        return None
    fields = (fields_of(kind) or {}).items()
    return tuple(Column(name, declared) for name, declared in fields if not (trusts and is_harmless(declared)))


def is_harmless(declared: Type) -> bool:
    """Whether values of this type need not be looked at: text, whole numbers and such, in lists or not, or nothing."""
    declared = meant(bare(declared))
    if origin_of(declared) in _TOGETHER and get_args(declared):
        return all(map(is_harmless, get_args(declared)))
    if declared is dt.date:  # a datetime is one, too
        return False
    return declared in _HARMLESS or (
        isinstance(declared, type) and issubclass(declared, enum.Enum) and is_plain(declared)
    )


def is_plain(kind: type[enum.Enum]) -> bool:
    """Whether an enum is one of texts or whole numbers, which msgspec writes as these."""
    return kind is not Unset and all(type(each.value) in {str, int} for each in kind)


def is_bare(kind: type) -> bool:
    """Whether instances hold their fields and nothing else that would be written: msgspec asks no attrs class."""
    if not hasattr(kind, "__attrs_attrs__"):
        return True
    slots = {name for each in kind.__mro__ for name in getattr(each, "__slots__", ())} - {"__weakref__"}
    return kind.__dictoffset__ == 0 and slots == {each.name for each in members_of(kind)}
