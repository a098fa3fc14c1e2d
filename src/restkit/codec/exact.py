"""Which types msgspec alone reads just as the thorough way does, so that the faster way may.

Those are attrs classes and dataclasses of plain fields, Structs, and containers and optionals of them. Whatever msgspec
is known to read otherwise (converters, aliases, private names, factories that take the instance, several classes in a
union), and whatever is not known, is left to cattrs.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import functools
import types
import typing
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Literal, get_args
from uuid import UUID

from restkit.codec.anatomy import (
    Type,
    bare,
    fields_of,
    hints_of,
    is_pydantic,
    is_record,
    is_resolved,
    is_struct,
    members_of,
    members_of_union,
    origin_of,
    parts,
)
from restkit.codec.codec import Path
from restkit.codec.converter import Manner
from restkit.codec.extras import keeps
from restkit.codec.leaves import value_types
from restkit.codec.renaming import wire_names

_PLAIN: frozenset[Any] = frozenset(
    {int, str, float, bool, types.NoneType, Any, dt.date, dt.time, dt.timedelta, Decimal, UUID}
)
_ARRAYS = frozenset({list, tuple, set, frozenset})
_CONTAINERS = _ARRAYS | {dict}
_PYDANTIC_CONTAINERS = frozenset({list, dict, tuple, typing.Union, types.UnionType, typing.Annotated})
Decode = Callable[[bytes], Any]


def direct(declared: Type, path: Path, manner: Manner) -> Decode | None:
    """How JSON is read by msgspec alone, or by pydantic where all is pydantic's; None where neither is exact."""
    import msgspec

    if any(name.isdecimal() for name in path):
        return None  # it may be a place in an array
    if is_exact(declared, manner):
        decode = msgspec.json.Decoder(enveloped(declared, path)).decode
        return unwrapped(decode, len(path)) if path else decode
    if is_all_pydantic(declared):
        from pydantic import TypeAdapter

        validate = TypeAdapter(declared).validate_json
        if not path:
            return validate
        raw = unwrapped(msgspec.json.Decoder(enveloped(msgspec.Raw, path)).decode, len(path))
        return lambda content: validate(bytes(raw(content)))
    return None


def enveloped(declared: Type, path: Path) -> Type:
    """The type of a body in which a value of the declared type lies at a path."""
    import msgspec

    for name in reversed(path):
        declared = msgspec.defstruct("Envelope", [("value", declared)], rename={"value": name})
    return declared


def unwrapped(decode: Decode, depth: int) -> Decode:
    """A function that takes the value out of its envelopes."""

    def read(content: bytes) -> Any:  # noqa: ANN401 - of the declared type
        found = decode(content)
        for _ in range(depth):
            found = found.value
        return found

    return read


def is_all_pydantic(declared: Type) -> bool:
    """Whether pydantic's models are all that is in a type, beside containers."""
    found = [each for each in parts(declared) if origin_of(each) not in _PYDANTIC_CONTAINERS]
    plain = _PLAIN | {types.NoneType, str, Any}
    return any(map(is_pydantic, found)) and all(is_pydantic(each) or each in plain for each in found)


def is_exact(declared: Type, manner: Manner) -> bool:
    """Whether msgspec reads this type as the thorough way does in this manner."""
    return _is_exact(declared, manner, frozenset())


def _is_exact(declared: Type, manner: Manner, seen: frozenset[Type]) -> bool:
    if bare(declared) is not declared:
        return False
    if declared in seen or declared in _PLAIN:
        return True
    if declared is dt.datetime:
        return manner.zone is None
    if origin_of(declared) is Literal:
        return {type(each) for each in get_args(declared)} in ({str}, {int})
    if isinstance(declared, type) and declared not in _CONTAINERS:
        return _is_exact_class(declared, manner, seen)
    return _is_exact_form(declared, functools.partial(_is_exact, manner=manner, seen=seen))


def _is_exact_form(declared: Type, exact: Callable[[Type], bool]) -> bool:
    """Whether a container or an optional is exact, if `exact` says it of what stands in it."""
    origin, inner = origin_of(declared), get_args(declared)
    if origin in _ARRAYS:
        return all(map(exact, (each for each in inner if each is not Ellipsis))) and (bool(inner) or declared is origin)
    if origin is dict:
        return inner == () or (inner[0] is str and exact(inner[1]))
    rest = [each for each in members_of_union(declared) if each is not types.NoneType]
    return len(rest) == 1 and set(inner) == {rest[0], types.NoneType} and exact(rest[0])


def _is_exact_class(declared: Any, manner: Manner, seen: frozenset[Type]) -> bool:  # noqa: ANN401 - a class
    if is_struct(declared):
        return all(_is_exact(each, manner, seen | {declared}) for each in typing.get_type_hints(declared).values())
    if issubclass(declared, enum.Enum):
        return is_exact_enum(declared)
    if not is_record(declared) or manner.refuses_unknown or is_made_otherwise(declared):
        return False
    wired, fields = wire_names(declared, manner.rename), fields_of(declared) or {}
    if (
        not is_resolved(declared)
        or any(wired[name] != name or not name.isascii() for name in fields)
        or keeps(declared) is not None
    ):
        return False
    return all(_is_exact(each, manner, seen | {declared}) for each in fields.values())


def is_exact_enum(declared: type[enum.Enum]) -> bool:
    """Whether an enum is found by its value, which is text, or a whole number, and nothing else."""
    values = value_types(declared)
    own = declared._missing_.__func__ is not enum.Enum._missing_.__func__  # type: ignore[attr-defined] # class methods
    return len(values) == 1 and values <= {str, int} and not own and not issubclass(declared, enum.Flag)


def is_made_otherwise(declared: type) -> bool:
    """Whether an instance is not made by just giving its fields to it, or a class takes arguments."""
    special = any(hasattr(declared, name) for name in ("__attrs_init__", "__attrs_pre_init__", "__parameters__"))
    wanted = any(isinstance(each, dataclasses.InitVar) for each in hints_of(declared).values())
    own_new = "__new__" in {name for kind in declared.__mro__[:-1] for name in vars(kind)}
    return not has_made_init(declared) or special or wanted or own_new or not all(map(is_plain, members_of(declared)))


def has_made_init(declared: Any) -> bool:  # noqa: ANN401 - a class
    """Whether attrs or dataclasses wrote the `__init__` of this very class."""
    if "__attrs_attrs__" in vars(declared):
        return True  # where it did not, there is an `__attrs_init__`
    code = getattr(declared.__init__, "__code__", None)
    return "__dataclass_params__" in vars(declared) and code is not None and code.co_filename == "<string>"


def is_plain(attribute: Any) -> bool:  # noqa: ANN401 - of attrs or of dataclasses
    """Whether an attribute is filled by its own name and value, without further ado."""
    takes_self = getattr(attribute.default, "takes_self", False)
    converter, alias = getattr(attribute, "converter", None), getattr(attribute, "alias", attribute.name)
    return attribute.init and not (converter or takes_self or alias != attribute.name or attribute.name.startswith("_"))
