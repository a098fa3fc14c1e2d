"""Where data is not what was declared: each place, and what should stand there. Never what does."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeGuard

from attrs import frozen

from restkit.codec.anatomy import Type, name_of
from restkit.errors import DecodeError

REQUIRED = "a required field"
STRANGE = "no such field"
_MOST = 20
"""Places that a message names."""
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_\-]*\Z")
_LONGEST_NAME = 64
NOT_RENAMED: Mapping[str, str] = {}


@frozen
class Place:
    """Where, from `$` for the whole on, and what should have stood there."""

    path: str
    expected: str


class Misfit(ValueError):
    """What a hook of ours raises for data that does not fit: with places of its own, if it looked into it."""

    places: tuple[Place, ...]

    def __init__(self, *places: Place) -> None:
        super().__init__()
        self.places = places


def expected(what: str) -> Misfit:
    """The misfit of a value as a whole."""
    return Misfit(Place("", f"expected {what}"))


def below(path: str, key: object) -> str:
    """The path of something in the value at a path."""
    if isinstance(key, str) and _NAME.match(key) and len(key) <= _LONGEST_NAME:
        return f"{path}.{key}"
    return f"{path}[{key[:_LONGEST_NAME]!r}]" if isinstance(key, str) else f"{path}[{key}]"


def places(error: BaseException, declared: Type, path: str, names: Mapping[str, str] = NOT_RENAMED) -> Iterator[Place]:
    """Every place that an error of cattrs, or of a hook, is about; `names` are those of the fields on the wire."""
    from cattrs.errors import ClassValidationError, ForbiddenExtraKeysError, IterableValidationError

    if isinstance(error, Misfit):
        yield from (Place(path + each.path, each.expected) for each in error.places)
    elif isinstance(error, IterableValidationError):
        noted, others = error.group_exceptions()
        for each, note in noted:
            yield from places(each, note.type, below(path, note.index))
        for each in others:
            yield from places(each, declared, path)
    elif isinstance(error, ClassValidationError):
        named, others = error.group_exceptions()
        for each, of in named:
            yield from places(each, of.type, below(path, names.get(of.name, of.name)))
        for each in others:
            yield from places(each, error.cl, path)
    elif isinstance(error, ForbiddenExtraKeysError):
        yield from (Place(below(path, name), STRANGE) for name in sorted(error.extra_fields))
    else:
        yield Place(path, REQUIRED if isinstance(error, KeyError) else f"expected {name_of(declared)}")


def is_array(value: object) -> TypeGuard[list[Any]]:
    """Whether plain data is an array."""
    return type(value) is list


def is_object(value: object) -> TypeGuard[dict[Any, Any]]:
    """Whether plain data is an object."""
    return type(value) is dict


def reach(value: Any, path: Sequence[str]) -> tuple[Any, str]:  # noqa: ANN401 - plain data
    """What lies at a path in plain data, and how errors write that path. Raises DecodeError if there is nothing."""
    where = "$"
    for name in path:
        key = int(name) if is_array(value) and name.isdecimal() else name
        where, known = below(where, key), dict(enumerate(value)) if is_array(value) else value
        if not is_object(known) or key not in known:
            raise failure([Place(where, REQUIRED)])
        value = known[key]
    return value, where


def failure(found: Sequence[Place]) -> DecodeError:
    """The error that names all places."""
    told = [f"{each.expected} @ {each.path}" for each in found[:_MOST]]
    more = [f"and {len(found) - _MOST} more"] if len(found) > _MOST else []
    return DecodeError(
        f"the body is not what was declared: {'; '.join([*told, *more])}",
        path=found[0].path,
        expected=found[0].expected,
    )


def of_msgspec(error: Exception) -> Misfit:
    """What msgspec says of a place, without the value it may quote."""
    said, _, at = str(error).partition(" - at `")
    path = at.removesuffix("`").removeprefix("$").removeprefix("key in ")
    if missing := re.fullmatch(r"Object missing required field `([^`]*)`", said):
        return Misfit(Place(below(path, missing[1]), REQUIRED))
    if strange := re.fullmatch(r"Object contains unknown field `([^`]*)`", said):
        return Misfit(Place(below(path, strange[1]), STRANGE))
    if said.endswith("out of range"):
        return Misfit(Place(path, "expected a number in range"))
    wanted = re.match(r"Expected `([^`]*)`", said)
    return Misfit(Place(path, f"expected {wanted[1] if wanted else 'another value'}"))


def of_pydantic(error: Any) -> Misfit:  # noqa: ANN401 - pydantic's ValidationError, which is not loaded here
    """What pydantic says of each place, by its kinds of errors, without values and without what validators say."""
    found: list[Place] = []
    for each in error.errors(include_url=False, include_context=False, include_input=False):
        path = ""
        for key in each["loc"]:
            path = below(path, key)
        kind = str(each["type"])
        wanted = {"missing": REQUIRED, "extra_forbidden": STRANGE}
        found.append(Place(path, wanted.get(kind, f"expected {kind.partition('_')[0]} ({kind})")))
    return Misfit(*found)
