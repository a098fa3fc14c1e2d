"""Where in a value lies what cannot be written, and why: looked for only after it could not be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, cast

from restkit.codec.anatomy import is_record, is_struct
from restkit.codec.contents import inside, is_endless
from restkit.codec.fields import Fields
from restkit.codec.misfit import below
from restkit.codec.plain import name_for
from restkit.errors import InputError
from restkit.unset import Unset

_DEEPEST = 200
"""Levels of nesting that are searched."""
_LONGEST = 120
"""Characters of a path that an error names."""
Reason = tuple[str, str]
"""Why a value cannot be written, and what to do."""


def fault(value: object, writable: Callable[[object], bool], name: str) -> InputError:
    """The error for a value that cannot be written; `writable` says of a part whether it alone can be."""
    path, reason, remedy = Search(writable).find(value) or ("", *as_a_whole(value, name))
    shown = path if len(path) <= _LONGEST else f"{path[:_LONGEST]}..."
    return InputError(f"json{shown}", reason, remedy)


def as_a_whole(value: object, name: str) -> Reason:
    """Why a value cannot be written of which every part can."""
    if is_endless(value):
        return "holds the same values too many times over", "pass them once"
    return f"cannot be written as {name}", "pass plain data"


class Search:
    """Looks for what cannot be written, at each object once."""

    def __init__(self, writable: Callable[[object], bool]) -> None:
        self._writable = writable
        self._seen: dict[int, object] = {}

    def find(
        self, value: object, path: str = "", above: tuple[int, ...] = (), *, takes_sets: bool = False
    ) -> tuple[str, str, str] | None:
        """The first place that cannot be written, and why; `above` it are these objects."""
        if id(value) in above:
            return path, "holds itself", "pass plain data"
        if len(above) > _DEEPEST:
            return path, f"is nested more than {_DEEPEST} levels deep", "pass flatter data"
        if id(value) in self._seen:
            return None
        self._seen[id(value)] = value
        said = self._reason(value, takes_sets=takes_sets)
        if said is not None:
            return (path, *said)
        takes_sets = takes_sets or type(value) is Fields or is_record(type(value)) or is_struct(type(value))
        further = (
            self.find(each, below(path, key), (*above, id(value)), takes_sets=takes_sets) for key, each in inside(value)
        )
        return next(filter(None, further), None)

    def _reason(self, value: object, *, takes_sets: bool) -> Reason | None:
        """Why a value, by itself, cannot be written."""
        if isinstance(value, set | frozenset):
            return None if takes_sets else ("is a set, which has no order", "pass a list")
        if isinstance(value, Mapping):
            return wrong_name(cast("Mapping[object, object]", value))
        if next(inside(value), None) is None and not self._writable(value):
            return reason_for(value)
        return None


_REASONS: tuple[tuple[Any, str, str], ...] = (
    (float | Decimal, "is not a finite number", "pass None or text"),
    (int, "is a larger number than the format has", "pass text"),
    (str, "is no Unicode text: it holds half of a surrogate pair", "pass text that UTF-8 can write"),
    (dt.datetime, "is a time without a zone", "pass an aware datetime, or give the codec a zone"),
    (Unset, "is UNSET, and cannot be left out here", "leave it out yourself"),
    (Iterator, "can be read only once", "pass a list"),
)


def reason_for(value: object) -> Reason:
    """Why a value that holds no others cannot be written."""
    otherwise = f"is of type {type(value).__name__}", "pass plain data, attrs classes or dataclasses"
    return next(((reason, remedy) for kinds, reason, remedy in _REASONS if isinstance(value, kinds)), otherwise)


def wrong_name(value: Mapping[object, object]) -> Reason | None:
    """Why the names of an object cannot be written."""
    names = set[str]()
    for key in value:
        try:
            name = name_for(key)
            _ = name.encode()
        except TypeError:
            return f"has a name of type {type(key).__name__}", "use text"
        except UnicodeError:
            return "has a name that is no Unicode text", "use names that UTF-8 can write"
        if name in names:
            return f"has the name {name!r} twice, once as {type(key).__name__}", "give it once"
        names.add(name)
    return None
