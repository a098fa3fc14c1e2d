"""The converter of those who bring none: cattrs, taught to take only what is really there."""

from __future__ import annotations

import datetime as dt
import enum
from typing import TYPE_CHECKING, Any, Literal, NoReturn

from attrs import field, frozen
from typing_extensions import is_typeddict

from restkit.codec import containers, leaves
from restkit.codec.anatomy import Type, is_alias, is_pydantic, is_struct, meant, members_of_union, name_of, origin_of
from restkit.codec.misfit import expected
from restkit.codec.models import is_made_of_record, pydantic_model, record, struct, typed_dict
from restkit.codec.renaming import Style
from restkit.codec.unions import union
from restkit.errors import ConfigError

if TYPE_CHECKING:
    from cattrs import Converter


@frozen
class Manner:
    """How a codec reads and writes models."""

    rename: Style | None = None
    refuses_unknown: bool = False
    zone: dt.tzinfo | None = field(default=None)
    """The zone of times that say none."""
    lax: bool = False
    """Whether numbers come as text."""


def make_converter(manner: Manner, *, detailed: bool, written: bool = False) -> Converter:
    """A converter in this manner.

    With `detailed` it names every place that is wrong, and is slower; with `written` its numbers are `Written`.
    """
    from cattrs import Converter

    converter = Converter(
        detailed_validation=detailed,
        forbid_extra_keys=manner.refuses_unknown,
        structure_fallback_factory=unreadable,
    )
    teach_leaves(converter, manner, written=written)
    teach_containers(converter)
    teach_models(converter, manner)
    return converter


def unreadable(declared: Type) -> NoReturn:
    """Raise ConfigError for a type that nothing is made of."""
    raise ConfigError(
        name_of(declared),
        "is nothing that a body is read as",
        "declare an attrs class, or give the codec a converter of your own with a hook for it",
    )


def teach_leaves(converter: Converter, manner: Manner, *, written: bool) -> None:
    """Hooks for what holds no other values."""
    for kind in leaves.SCALARS:
        converter.register_structure_hook(kind, leaves.exactly(kind, lax=manner.lax))
    converter.register_structure_hook(bytes, leaves.converted)
    converter.register_structure_hook_func(lambda each: each in leaves.READ_BY_MSGSPEC, leaves.converted)
    if manner.zone is not None:
        converter.register_structure_hook_func(lambda each: each is dt.datetime, leaves.in_zone(manner.zone))
    converter.register_structure_hook(enum.Enum, leaves.member)
    converter.register_structure_hook_func(lambda each: origin_of(each) is Literal, leaves.literal)
    converter.register_structure_hook_func(lambda each: each is type(None) or each is None, nothing)
    anything = leaves.plainly if written else itself
    converter.register_structure_hook_func(lambda each: each is Any or each is object, lambda value, _: anything(value))


def itself(value: object) -> object:
    """Plain data as it is."""
    return value


def nothing(value: object, _: Type) -> None:
    """Null, where nothing else is declared."""
    if value is not None:
        raise expected("null")


def teach_containers(converter: Converter) -> None:
    """Hooks for arrays and objects."""
    _ = converter.register_structure_hook_factory(containers.is_sequence)(containers.sequence)
    _ = converter.register_structure_hook_factory(containers.is_mapping)(containers.mapping)


def teach_models(converter: Converter, manner: Manner) -> None:
    """Hooks for models of every kind, and for one of several."""
    style, of_struct = manner.rename, struct(lax=manner.lax)

    def a_union(declared: Type, converter: Converter) -> leaves.Take:
        return union(declared, converter, style)

    def a_typed_dict(declared: Type, converter: Converter) -> leaves.Take:
        return typed_dict(declared, converter, style)

    def a_record(declared: Type, converter: Converter) -> leaves.Take:
        return record(declared, converter, style)

    teach = converter.register_structure_hook_factory
    _ = teach(lambda each: is_alias(origin_of(each)))(an_alias)
    _ = teach(lambda each: bool(members_of_union(each)))(a_union)
    _ = teach(lambda each: is_typeddict(origin_of(each)))(a_typed_dict)
    _ = teach(is_made_of_record)(a_record)
    _ = teach(is_pydantic)(pydantic_model)
    converter.register_structure_hook_func(is_all_structs, of_struct)


def an_alias(declared: Type, converter: Converter) -> leaves.Take:
    """A hook for what a name stands for."""
    kind = meant(declared)
    take = converter.get_structure_hook(kind)
    return lambda value, _: take(value, kind)


def is_all_structs(declared: Type) -> bool:
    """Whether a type is a Struct, or a union of Structs alone, which are told apart by their own tags."""
    members = members_of_union(declared) or (declared,)
    return all(map(is_struct, map(origin_of, members)))
