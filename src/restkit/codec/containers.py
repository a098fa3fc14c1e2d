"""How arrays and objects become lists, tuples, sets and dicts: only what is one, each item as it is declared."""

from __future__ import annotations

import collections
import enum
from collections import abc
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, get_args

from restkit.codec.anatomy import Type, hints_of, is_named_tuple, meant, name_of, origin_of
from restkit.codec.leaves import Take, converted, value_types
from restkit.codec.misfit import Misfit, Place, below, expected, is_array, is_object, places

if TYPE_CHECKING:
    from cattrs import Converter

_SEQUENCES: dict[Any, Callable[[Iterable[Any]], Any]] = {
    list: list,
    abc.Sequence: list,
    abc.MutableSequence: list,
    abc.Collection: list,
    abc.Iterable: list,
    set: set,
    abc.Set: set,
    abc.MutableSet: set,
    frozenset: frozenset,
    collections.deque: collections.deque,
    tuple: tuple,
}
_MAPPINGS: dict[Any, Callable[[dict[Any, Any]], Any]] = {
    dict: dict,
    abc.Mapping: dict,
    abc.MutableMapping: dict,
    collections.OrderedDict: collections.OrderedDict,
}


def is_sequence(declared: Type) -> bool:
    """Whether a type is read of an array."""
    return origin_of(declared) in _SEQUENCES or is_named_tuple(origin_of(declared))


def is_mapping(declared: Type) -> bool:
    """Whether a type is read of an object, by any names."""
    return origin_of(declared) in _MAPPINGS


def sequence(declared: Type, converter: Converter) -> Take:
    """A hook for arrays of one kind of items, or of one for each place in a tuple."""
    origin, inner = origin_of(declared), get_args(declared)
    if is_named_tuple(origin):
        hints = hints_of(origin)
        return fixed(declared, [hints.get(name, Any) for name in origin._fields], converter)
    if origin is tuple and declared is not tuple and Ellipsis not in inner:
        return fixed(declared, list(inner), converter)
    item = inner[0] if inner else Any
    take, make = converter.get_structure_hook(item), _SEQUENCES[origin]
    gather = thorough if converter.detailed_validation else quick

    def read(value: Any, _: Any) -> Any:  # noqa: ANN401 - plain data, and the declared type
        if not is_array(value):
            raise expected(name_of(declared))
        return made(make, gather(enumerate(value), take, item), declared)

    return read


def fixed(declared: Type, kinds: list[Type], converter: Converter) -> Take:
    """A hook for a tuple whose places have each their type."""
    takes = [converter.get_structure_hook(kind) for kind in kinds]
    origin = origin_of(declared)
    make: Callable[[list[Any]], Any] = getattr(origin, "_make", origin)
    given: Mapping[str, object] = getattr(origin, "_field_defaults", {})
    least = len(kinds) - len(given)
    defaults = [*[None] * least, *given.values()]

    def read(value: Any, _: Any) -> Any:  # noqa: ANN401 - plain data, and the declared type
        if not is_array(value) or not least <= len(value) <= len(kinds):
            raise expected(name_of(declared))
        found: list[Any] = []
        for index, (each, take, kind) in enumerate(zip(value, takes, kinds, strict=False)):
            found += thorough([(index, each)], take, kind)
        return make([*found, *defaults[len(found) :]])

    return read


def mapping(declared: Type, converter: Converter) -> Take:
    """A hook for objects of any names."""
    origin, inner = origin_of(declared), get_args(declared)
    key, item = inner or (str, Any)
    take, make, name = converter.get_structure_hook(item), _MAPPINGS[origin], names(key, converter)
    gather = thorough if converter.detailed_validation else quick

    def read(value: Any, _: Any) -> Any:  # noqa: ANN401 - plain data, and the declared type
        if not is_object(value):
            raise expected(name_of(declared))
        keys = gather(((each, each) for each in value), name, key)
        return make(dict(zip(keys, gather(value.items(), take, item), strict=True)))

    return read


def names(key: Type, converter: Converter) -> Take:
    """How the names of an object become keys: those of numbers are text in most formats."""
    take, number = converter.get_structure_hook(key), number_of(key)
    if number is None:
        return take
    return lambda name, declared: take(converted(name, number, strict=False), declared)


def number_of(key: Type) -> type | None:
    """The kind of number that a key is, or an enum's members are."""
    kind = meant(key)
    if not isinstance(kind, type):
        return None
    values: set[type] = value_types(kind) if issubclass(kind, enum.Enum) else {kind}
    return next((each for each in (bool, int, float) if values == {each}), None)


def quick(items: Iterable[tuple[Any, Any]], take: Take, kind: Type) -> list[Any]:
    """All items, as they are declared."""
    return [take(each, kind) for _, each in items]


def thorough(items: Iterable[tuple[Any, Any]], take: Take, kind: Type) -> list[Any]:
    """All items, as they are declared; or all that do not fit, each with its place."""
    found: list[Any] = []
    wrong: list[Place] = []
    for index, each in items:
        try:
            found.append(take(each, kind))
        except Exception as error:  # noqa: BLE001 - hooks are the user's, and may raise anything
            wrong += places(error, kind, below("", index))
    if wrong:
        raise Misfit(*wrong)
    return found


def made(make: Callable[[Iterable[Any]], Any], items: list[Any], declared: Type) -> Any:  # noqa: ANN401 - a container
    """The container of these items."""
    try:
        return items if make is list else make(items)
    except TypeError:  # a set of what has no hash
        raise expected(name_of(declared)) from None
