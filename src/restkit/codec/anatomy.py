"""What a declared type consists of."""

from __future__ import annotations

import dataclasses
import enum
import types
import typing
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal, NotRequired, Required, Union, cast, get_args

import attrs
from typing_extensions import ReadOnly, is_typeddict

from restkit.annotations import substitute
from restkit.unset import Unset

Type = Any
"""A type of any form: a class, `list[User]`, `User | None`, `Annotated[...]`. Python has no type for these."""
_MARKS = frozenset({Required, NotRequired, ReadOnly})
"""What may stand around the type of a TypedDict's field."""

_NAMES: dict[Type, str] = {None: "null", types.NoneType: "null", Ellipsis: "..."}


def origin_of(declared: Type) -> Any:  # noqa: ANN401 - a class, or a form such as Literal
    """What a type with arguments is made from, such as `list` for `list[User]`; any other type itself."""
    found: Any = typing.get_origin(declared)
    return declared if found is None else found


def is_model(kind: Type) -> bool:
    """Whether a class is one of attrs, a dataclass or a TypedDict."""
    return is_record(kind) or is_typeddict(kind)


def is_record(kind: Type) -> bool:
    """Whether a class is one of attrs or a dataclass, and is not read by pydantic."""
    made = isinstance(kind, type) and (hasattr(kind, "__attrs_attrs__") or dataclasses.is_dataclass(kind))
    return made and not is_pydantic(kind)


def is_pydantic(kind: Type) -> bool:
    """Whether a class is a model or a dataclass of pydantic, which need not be loaded for that."""
    return isinstance(kind, type) and hasattr(kind, "__pydantic_validator__")


def is_struct(kind: Type) -> bool:
    """Whether a class is a Struct of msgspec."""
    return isinstance(kind, type) and hasattr(kind, "__struct_fields__")


def is_named_tuple(kind: Type) -> bool:
    """Whether a class is a tuple whose places have names."""
    return isinstance(kind, type) and tuple in kind.__mro__ and hasattr(kind, "_fields")


def fields_of(kind: Type) -> Mapping[str, Type] | None:
    """The fields of a model with their types, as far as these can be found; None for another class."""
    if not is_model(kind):
        return None
    hints = hints_of(kind)
    if not is_record(kind):
        return {name: unmarked(each) for name, each in hints.items()}
    return {each.name: hints.get(each.name, Any) for each in members_of(kind)}


def members_of(kind: Type) -> tuple[Any, ...]:
    """The attributes of an attrs class, or the fields of a dataclass: they say alike what they are."""
    found: tuple[Any, ...] | None = getattr(kind, "__attrs_attrs__", None)
    return dataclasses.fields(kind) if found is None else found


def hints_of(kind: Type) -> dict[str, Type]:
    """The types of a class's annotations; of those that stand in a function, what attrs has resolved."""
    try:
        return typing.get_type_hints(kind, include_extras=True)
    except NameError:
        known = {each.name: each.type for each in members_of(kind)} if is_record(kind) else {}
        return {name: found for name, found in known.items() if not isinstance(found, str)}


def is_resolved(kind: Type) -> bool:
    """Whether the types of all fields of a model are known."""
    try:
        _ = typing.get_type_hints(kind)
    except NameError:
        return False
    return True


def required(kind: Type) -> frozenset[str]:
    """The fields that a model must be given."""
    if is_record(kind):
        return frozenset(each.name for each in members_of(kind) if each.init and not has_default(each))
    unmarked: frozenset[str] = kind.__required_keys__  # which does not see marks that are text
    return frozenset(name for name, each in hints_of(kind).items() if is_required(each, otherwise=name in unmarked))


def has_default(member: Any) -> bool:  # noqa: ANN401 - of attrs or of dataclasses
    """Whether an attribute need not be given."""
    default, factory = member.default, getattr(member, "default_factory", dataclasses.MISSING)
    return (default is not attrs.NOTHING and default is not dataclasses.MISSING) or factory is not dataclasses.MISSING


def is_required(declared: Type, *, otherwise: bool) -> bool:
    """What the marks around a TypedDict's field say."""
    while (origin := origin_of(declared)) in _MARKS:
        if origin is not ReadOnly:
            return origin is Required
        declared = get_args(declared)[0]
    return otherwise


def unmarked(declared: Type) -> Type:
    """The type of a TypedDict's field without the marks around it."""
    while origin_of(declared) in _MARKS:
        declared = get_args(declared)[0]
    return declared


def meant(declared: Type) -> Type:
    """The type that another is only a name for, or adds remarks to: of NewType, aliases, Annotated and Final."""
    if isinstance(declared, typing.NewType):
        return meant(declared.__supertype__)
    origin = origin_of(declared)
    if is_alias(origin):
        return meant(substitute(origin.__value__, dict(zip(origin.__type_params__, get_args(declared), strict=False))))
    return meant(get_args(declared)[0]) if origin in {Annotated, Final} else declared


def is_alias(origin: Type) -> bool:
    """Whether this is a name for a type (PEP 695); which class that is of depends on the Python."""
    return type(origin).__name__ == "TypeAliasType"


def members_of_union(declared: Type) -> tuple[Type, ...]:
    """The members of a union without UNSET, which never comes over the wire; none if it is no union."""
    if origin_of(declared) not in {Union, types.UnionType}:
        return ()
    return tuple(each for each in get_args(declared) if each is not Unset)


def parts(declared: Type, seen: set[Any] | None = None) -> Iterator[Type]:
    """A type, and every type that a value of it may hold by its declaration."""
    seen, declared = set[Any]() if seen is None else seen, bare(declared)
    if declared in seen:
        return
    seen.add(declared)
    yield declared
    for each in inner_parts(declared):
        yield from parts(each, seen)


def inner_parts(declared: Type) -> tuple[Type, ...]:
    """The types that stand directly in another."""
    if (named := meant(declared)) is not declared:
        return (named,)
    origin = origin_of(declared)
    if origin is Literal:
        return ()
    if is_struct(origin) or is_named_tuple(origin):
        return tuple(hints_of(origin).values())
    given = [each for each in get_args(declared) if not isinstance(each, list)]  # as Callable has
    return (*given, *(fields_of(origin) or {}).values())


def bare(declared: Type) -> Type:
    """A type that can be hashed: without remarks that cannot be."""
    if is_hashable(declared):
        return declared
    origin, inner = origin_of(declared), get_args(declared)
    if origin is Annotated:
        return bare(inner[0])
    made = tuple(map(bare, inner))
    return Union[made] if origin is types.UnionType else origin[made]  # noqa: UP007 - made of a tuple


def is_hashable(declared: Type) -> bool:
    """Whether a type can be looked up."""
    try:
        _ = hash(declared)
    except TypeError:
        return False
    return True


def name_of(declared: Type) -> str:
    """What an error calls a type: `list[User]`, `User | None`."""
    if not is_hashable(declared):  # the arguments of a Callable
        return f"[{', '.join(map(name_of, declared))}]"
    origin, inner = origin_of(declared), get_args(declared)
    if origin is Literal:
        return " or ".join(map(repr, map(plain_of, inner)))
    if origin in {Union, types.UnionType}:
        return " | ".join(name_of(each) for each in inner if each is not Unset)
    if origin is Annotated:
        return name_of(inner[0])
    if declared in _NAMES:
        return _NAMES[declared]
    name = str(getattr(origin, "__name__", origin))
    return f"{name}[{', '.join(map(name_of, inner))}]" if inner else name


def plain_of(value: object) -> object:
    """A value that a Literal lists, as plain data: an enum's member as its value."""
    return cast("object", value.value) if isinstance(value, enum.Enum) else value
