"""Forms, as application/x-www-form-urlencoded (WHATWG URL, section 5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast
from urllib.parse import quote_plus

from restkit import url
from restkit.bodies.names import checked_name, utf8
from restkit.errors import InputError
from restkit.unset import UNSET

MEDIA_TYPE = "application/x-www-form-urlencoded"


def form(data: object) -> bytes:
    """A form's bytes: spaces as `+`, a list of values repeats its name, None and UNSET leave it out."""
    return "&".join(f"{escaped(name)}={escaped(value)}" for name, value in fields(data)).encode("ascii")


def escaped(text: str) -> str:
    """A name or a value, percent-encoded."""
    return quote_plus(text, safe="*")


def fields(data: object) -> Iterator[tuple[str, str]]:
    """The fields of a form, each value written as in a query. Raises InputError for what cannot be one."""
    for name, value in pairs("data", data):
        for each in each_of(value):
            if each is not None and each is not UNSET:
                text = url.plain(name, each)
                _ = utf8(name, text)
                yield name, text


def pairs(field: str, given: object) -> Iterator[tuple[str, object]]:
    """The names and values of a mapping, or of a list of pairs. Raises InputError for anything else."""
    kind = type(given).__name__
    if isinstance(given, str | bytes | bytearray | memoryview):
        raise InputError(field, f"is of type {kind}", "pass content= for bytes and text")
    if isinstance(given, Mapping):
        found: Iterable[object] = cast("Mapping[object, object]", given).items()
    elif isinstance(given, Sequence):
        found = cast("Sequence[object]", given)
    else:
        raise InputError(field, f"is of type {kind}", "pass a mapping of names to values")
    for each in found:
        name, value = pair(field, each)
        yield checked_name(f"{field}'s name", name), value


def pair(field: str, given: object) -> tuple[object, object]:
    """A name and its value. Raises InputError for anything else."""
    members: Any = given
    match members:
        case (name, value) if isinstance(given, tuple):
            return name, value
        case _:
            raise InputError(field, "holds something that is no pair", "pass pairs of a name and a value")


def each_of(value: object) -> Iterable[object]:
    """The values of a field: those of a list, or the one."""
    return cast("Iterable[object]", value) if isinstance(value, list | tuple | set | frozenset) else (value,)
