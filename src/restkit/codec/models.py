"""How objects become models: each library's classes in their own way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast, get_args, get_type_hints

from restkit.annotations import bindings, closed, substitute
from restkit.codec.anatomy import Type, bare, fields_of, is_record, name_of, origin_of, required
from restkit.codec.extras import keeps
from restkit.codec.leaves import Take, Written
from restkit.codec.misfit import (
    REQUIRED,
    STRANGE,
    Misfit,
    Place,
    below,
    expected,
    is_object,
    of_msgspec,
    of_pydantic,
    places,
)
from restkit.codec.renaming import Style, wire_names

if TYPE_CHECKING:
    from cattrs import Converter


def is_made_of_record(declared: Type) -> bool:
    """Whether a type is an attrs class or a dataclass, with or without arguments."""
    return is_record(origin_of(declared))


def record(declared: Type, converter: Converter, style: Style | None) -> Take:
    """A hook for an attrs class or a dataclass."""
    from cattrs.gen import make_dict_structure_fn

    kind: type = origin_of(declared)
    kept = keeps(kind)
    build: Callable[[Any, Any], Any] = make_dict_structure_fn(
        declared,
        converter,
        _cattrs_forbid_extra_keys=converter.forbid_extra_keys and kept is None,
        _cattrs_detailed_validation=converter.detailed_validation,
        **overrides(declared, converter, style),
    )
    wired = wire_names(kind, style)
    if kept is not None:
        build = keeping(build, wired[kept], frozenset(wired.values()) - {wired[kept]})
    return of_an_object(telling(build, declared, wired), declared)


def overrides(model: Type, converter: Converter, style: Style | None) -> dict[str, Any]:  # cattrs names no type of it
    """What cattrs is to be told of a model's fields: their names on the wire, and types that it cannot look up."""
    from cattrs import override

    def hook_for(declared: Type) -> Take | None:
        kind = bare(substitute(declared, given))
        return None if kind is declared else lambda value, _: converter.get_structure_hook(kind)(value, kind)

    given, kind = arguments(model), origin_of(model)
    wired, fields = wire_names(kind, style), fields_of(kind) or {}
    return {name: override(rename=wired[name], struct_hook=hook_for(fields[name])) for name in fields}


def arguments(model: Type) -> dict[Any, Type]:
    """What the type variables of a model, and of those that it derives from, stand for."""
    origin = origin_of(model)
    given = dict(zip(getattr(origin, "__parameters__", ()), get_args(model), strict=False))
    return {**{variable: substitute(each, given) for variable, each in bindings(origin).items()}, **given}


def of_an_object(build: Take, declared: Type) -> Take:
    """A hook that lets only objects come to another."""

    def read(value: Any, kind: Any) -> Any:  # noqa: ANN401 - plain data, and the declared type
        if not is_object(value):
            raise expected(name_of(declared))
        return build(value, kind)

    return read


def telling(build: Take, declared: Type, wired: Mapping[str, str]) -> Take:
    """A hook that names wrong fields as they are called on the wire."""
    from cattrs.errors import ClassValidationError

    def read(value: Any, kind: Any) -> Any:  # noqa: ANN401 - plain data, and the declared type
        try:
            return build(value, kind)
        except ClassValidationError as error:
            raise Misfit(*places(error, declared, "", wired)) from None

    return read


def keeping(build: Take, kept: str, known: frozenset[str]) -> Take:
    """A hook that puts what is not known into a field of its own."""

    def read(value: dict[str, Any], kind: Any) -> Any:  # noqa: ANN401 - plain data
        rest = {name: each for name, each in value.items() if name not in known}
        return build({**{name: each for name, each in value.items() if name in known}, kept: rest}, kind)

    return read


def typed_dict(declared: Type, converter: Converter, style: Style | None) -> Take:
    """A hook for a TypedDict: what it does not declare is left out.

    cattrs takes its fields for required as Python does, which cannot see a mark that is text.
    """
    kind: type = origin_of(declared)
    wired, needed = wire_names(kind, style), required(kind)
    takes = [(name, wired[name], each, converter.get_structure_hook(each)) for name, each in kinds_of(declared).items()]
    known = frozenset(wired.values())
    refuses = converter.forbid_extra_keys

    def read(value: dict[str, Any], _: Any) -> dict[str, Any]:  # noqa: ANN401 - plain data
        found: dict[str, Any] = {}
        wrong = [Place(below("", name), STRANGE) for name in sorted(value.keys() - known)] if refuses else []
        for name, source, each, take in takes:
            if source in value:
                try:
                    found[name] = take(value[source], each)
                except Exception as error:  # noqa: BLE001 - hooks are the user's, and may raise anything
                    wrong += places(error, each, below("", source))
            elif name in needed:
                wrong.append(Place(below("", source), REQUIRED))
        if wrong:
            raise Misfit(*wrong)
        return found

    return of_an_object(read, declared)


def kinds_of(declared: Type) -> dict[str, Type]:
    """The types of a TypedDict's fields, with what its type variables stand for; Any, if that is nothing."""
    kind = origin_of(declared)
    _ = get_type_hints(kind)  # raises for a name that cannot be found
    given = arguments(declared)
    return {name: bare(closed(substitute(each, given))) for name, each in (fields_of(kind) or {}).items()}


def struct(*, lax: bool) -> Take:
    """A hook for Structs, as msgspec makes them: their own renaming, tags and constraints hold."""
    import msgspec

    def read(value: Any, declared: Any) -> Any:  # noqa: ANN401 - plain data
        try:
            return msgspec.json.decode(as_json(value), type=declared, strict=not lax)
        except msgspec.ValidationError as error:
            raise of_msgspec(error) from None

    return read


def pydantic_model(declared: Type) -> Take:
    """A hook for a model of pydantic: its own aliases, validators and strictness hold."""
    from pydantic import TypeAdapter, ValidationError

    adapter: TypeAdapter[Any] = TypeAdapter(declared)

    def read(value: Any, _: Any) -> Any:  # noqa: ANN401 - likewise
        try:
            return adapter.validate_json(as_json(value))
        except ValidationError as error:
            raise of_pydantic(error) from None

    return read


def as_json(value: object) -> bytes:
    """Plain data as JSON, its numbers as they were written."""
    import msgspec

    return msgspec.json.encode(value, enc_hook=lambda number: msgspec.Raw(cast("Written", number).text.encode()))
