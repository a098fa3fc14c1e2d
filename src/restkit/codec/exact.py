"""Which types msgspec's decoder reads just as cattrs does, so that the faster one may.

Those are attrs classes of plain fields, lists, string-keyed dicts and optionals of them. Whatever msgspec is known to
read otherwise (converters, aliases, private names, factories that take the instance, several classes in a union), and
whatever is not known, is left to cattrs.
"""

from __future__ import annotations

import datetime as dt
import types
import typing
from typing import Any, Union, get_args, get_origin

_PLAIN = frozenset({int, str, float, bool, types.NoneType, Any, dt.datetime, dt.date})
"""Dates are among them, since it is msgspec that reads them for cattrs too."""


def is_exact(declared: Any) -> bool:  # noqa: ANN401 - a type, of any form
    """Whether msgspec reads this type as cattrs does."""
    return _is_exact(declared, frozenset())


def _is_exact(declared: Any, seen: frozenset[type]) -> bool:  # noqa: ANN401 - likewise
    if declared in seen or declared in _PLAIN:
        return True
    origin, arguments = get_origin(declared), get_args(declared)
    if origin is list:
        return _is_exact(arguments[0], seen)
    if origin is dict:
        return arguments[0] is str and _is_exact(arguments[1], seen)
    if origin in {Union, types.UnionType}:
        rest = [each for each in arguments if each is not types.NoneType]
        return len(rest) == 1 and _is_exact(rest[0], seen)
    return isinstance(declared, type) and _is_exact_class(declared, seen)


def _is_exact_class(declared: type, seen: frozenset[type]) -> bool:
    fields = declared.__dict__.get("__attrs_attrs__")
    if fields is None or hasattr(declared, "__attrs_init__") or not all(is_plain(each) for each in fields):
        return False
    try:
        hints = typing.get_type_hints(declared, include_extras=True)
    except NameError:  # classes of a function, which cattrs finds by what attrs resolved
        return False
    return all(_is_exact(hints.get(each.name), seen | {declared}) for each in fields)


def is_plain(attribute: Any) -> bool:  # noqa: ANN401 - an attrs Attribute
    """Whether an attribute is filled by its own name and value, without further ado."""
    takes_self = getattr(attribute.default, "takes_self", False)
    return attribute.init and not (attribute.converter or takes_self or attribute.alias != attribute.name)
