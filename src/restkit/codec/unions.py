"""How a value becomes one of several types.

An object is told apart by a field that is a Literal in each class (a tag), else by a field that only one class has.
A number becomes its own kind, if that is there. Anything else becomes the first member that takes it, the narrow ones
before the wide: enums and Literals, numbers and times, bytes, text, anything. The order written decides between equals
only: Python takes `A | B` and `B | A` for the same type.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any, Literal, Union, get_args

from restkit.codec.anatomy import (
    Type,
    fields_of,
    is_model,
    is_pydantic,
    is_struct,
    meant,
    members_of_union,
    name_of,
    origin_of,
    plain_of,
    required,
)
from restkit.codec.containers import is_mapping, is_sequence
from restkit.codec.leaves import Take, Written
from restkit.codec.misfit import Misfit, Place, below, expected
from restkit.codec.renaming import Style, wire_names
from restkit.errors import ConfigError

if TYPE_CHECKING:
    from cattrs import Converter

_NUMBERS: tuple[type, ...] = (bool, int, float)
_WIDE: tuple[Type, ...] = (bytes, str, object, Any)
"""Types that take much, the widest last."""


def union(declared: Type, converter: Converter, style: Style | None) -> Take:
    """A hook for a union."""
    members = members_of_union(declared)
    kinds = together(sorted((each for each in members if each is not type(None)), key=width))
    models = [each for each in kinds if is_model(origin_of(meant(each)))]
    takes = [(each, converter.get_structure_hook(each)) for each in kinds if each not in models]
    if models:
        takes.insert(0, (models[0], chooser(declared, models, converter, style)))
    numbers: dict[type, Take] = {meant(each): take for each, take in takes if meant(each) in _NUMBERS}
    by_shape: dict[type, list[tuple[Type, Take]]] = {
        shape: [each for each in takes if shape_of(each[0]) in {shape, None}] for shape in (dict, list, type(None))
    }
    nullable = type(None) in members

    def read(value: object, _: Any) -> Any:  # noqa: ANN401 - the declared type, and a value of it
        if value is None and nullable:
            return None
        kind = float if type(value) is Written else type(value)
        if kind in numbers:
            return numbers[kind](value, kind)
        return first(by_shape.get(kind, by_shape[type(None)]), value, declared)

    return read


def shape_of(kind: Type) -> type | None:
    """What a member is read of: dict or list, else type(None); None if it may be anything."""
    kind = meant(kind)
    origin = origin_of(kind)
    if kind in {Any, object} or is_struct(origin) or is_pydantic(origin) or members_of_union(kind):
        return None
    if is_sequence(kind):
        return list
    return dict if is_model(origin) or is_mapping(kind) else type(None)


def width(kind: Type) -> int:
    """How much a member takes, beside others: the narrow ones go first."""
    kind = meant(kind)
    if origin_of(kind) is Literal or (isinstance(kind, type) and issubclass(kind, enum.Enum)):
        return -1
    return _WIDE.index(kind) + 1 if kind in _WIDE else 0


def together(kinds: list[Type]) -> list[Type]:
    """The members, all Structs as one: msgspec tells them apart by tags of its own."""
    structs = tuple(each for each in kinds if is_struct(each))
    rest = [each for each in kinds if each not in structs]
    return [*rest, Union[structs]] if len(structs) > 1 else kinds  # noqa: UP007 - made of a tuple


def first(takes: list[tuple[Type, Take]], value: object, declared: Type) -> object:
    """What the first member makes of it that takes it."""
    if len(takes) == 1:
        kind, take = takes[0]
        return take(value, kind)
    for kind, take in takes:
        try:
            return take(value, kind)
        except Exception:  # noqa: BLE001, S112 - hooks are the user's, and may raise anything; another may take it
            continue
    raise expected(name_of(declared))


def chooser(declared: Type, models: list[Type], converter: Converter, style: Style | None) -> Take:
    """A hook that finds the class of an object. Raises ConfigError for classes that cannot be told apart."""
    if len(models) == 1:
        only = converter.get_structure_hook(models[0])
        return lambda value, _: only(value, models[0])
    return by_tag(models, converter, style) or by_field(declared, models, converter, style)


def by_tag(models: list[Type], converter: Converter, style: Style | None) -> Take | None:
    """By a field that is a Literal in each class, with values of its own; None if there is no such field."""
    for name in tags(models[0]):
        wired = {wire_names(kind_of(each), style).get(name) for each in models}
        known: dict[tuple[type, Any], Type] = {
            (type(value), value): each for each in models for value in tags(each).get(name, ())
        }
        if len(wired) == 1 and all(tags(each).get(name) for each in models) and len(known) == count(models, name):
            return of_tag(str(wired.pop()), known, converter)
    return None


def kind_of(model: Type) -> type:
    """The class of a model, whatever it is called and whatever arguments it has."""
    kind: type = origin_of(meant(model))
    return kind


def tags(kind: Type) -> dict[str, tuple[Any, ...]]:
    """The fields of a class that are a Literal, with the values they list."""
    fields = fields_of(kind_of(kind)) or {}
    return {name: tuple(map(plain_of, get_args(each))) for name, each in fields.items() if origin_of(each) is Literal}


def count(models: list[Type], name: str) -> int:
    """How many values the classes list for a field, together."""
    return sum(len(tags(each).get(name, ())) for each in models)


def of_tag(wired: str, known: dict[tuple[type, Any], Type], converter: Converter) -> Take:
    """A hook for objects whose field of this name tells their class."""
    takes = {each: converter.get_structure_hook(each) for each in known.values()}
    wanted = " or ".join(repr(value) for _, value in known)

    def read(value: Any, _: Any) -> Any:  # noqa: ANN401 - plain data, and the declared type
        tag = value.get(wired)
        kind = known.get((type(tag), tag)) if isinstance(tag, str | int) else None
        if kind is None:
            raise Misfit(Place(below("", wired), f"expected {wanted}"))
        return takes[kind](value, kind)

    return read


def by_field(declared: Type, models: list[Type], converter: Converter, style: Style | None) -> Take:
    """By a required field that no other class has; one class may have none. Raises ConfigError if more have none."""
    left, chosen = list(models), list[tuple[str, Type]]()
    while len(left) > 1:
        found = next(((name, each) for each in left for name in own(each, left, style)), None)
        if found is None:
            raise ConfigError(
                f"the union {name_of(declared)}",
                "has classes that cannot be told apart",
                'give each a tag, such as kind: Literal["cat"]',
            )
        chosen.append(found)
        left.remove(found[1])
    takes = [(name, each, converter.get_structure_hook(each)) for name, each in chosen]
    last = left[0], converter.get_structure_hook(left[0])
    needed = next(iter(own(left[0], models, style)), None)

    def read(value: Any, _: Any) -> Any:  # noqa: ANN401 - plain data, and the declared type
        for name, kind, take in takes:
            if name in value:
                return take(value, kind)
        if needed is not None and needed not in value:
            raise expected(name_of(declared))
        return last[1](value, last[0])

    return read


def own(model: Type, models: list[Type], style: Style | None) -> list[str]:
    """The required fields of a class, by their names on the wire, that none of the others has."""
    wired = wire_names(kind_of(model), style)
    foreign = {name for each in models if each is not model for name in wire_names(kind_of(each), style).values()}
    return [wired[name] for name in wired if name in required(kind_of(model)) and wired[name] not in foreign]
