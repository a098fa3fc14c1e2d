"""Queries: names and values behind the question mark."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import cast

import httpx

from restkit.errors import InputError
from restkit.unset import UNSET
from restkit.url.style import STYLE, QueryStyle
from restkit.url.values import escape, fit, piece, plain

Query = Mapping[str, object] | Sequence[tuple[str, object]]
"""Query parameters: a list of values repeats the name, None leaves it out."""
_DEEPEST, _PAIR = 16, 2


def encode_query(params: Query, style: QueryStyle = STYLE) -> str:
    """Query parameters as they stand behind the question mark; what is None or UNSET is left out, in a list as well.

    Raises InputError, naming the parameter, for a value that cannot be written.
    """
    parts: list[str] = []
    for given, value in pairs(params):
        name = parameter(given)
        if type(value) is str or type(value) is int:
            parts.append(f"{escape(name, name)}={piece(name, value)}")
        else:
            parts += written(name, value, style)
    return "&".join(parts)


def merged(general: Mapping[str, object], special: Query | None) -> Query:
    """Parameters over those of a more general place: a mapping replaces them by name, pairs are added."""
    if not special:
        return general
    if isinstance(special, Mapping) and not isinstance(special, httpx.QueryParams):
        return {**general, **special}
    return [*general.items(), *pairs(special)]


def pairs(params: Query) -> Iterable[tuple[str, object]]:
    """Names and values, in their order. Raises InputError for something of another form."""
    if isinstance(params, httpx.QueryParams):
        return params.multi_items()
    if isinstance(params, Mapping):
        return params.items()
    if not are_pairs(params):
        raise InputError("params", "are no parameters", "pass a mapping of names to values, or pairs of them")
    return params


def are_pairs(given: object) -> bool:
    """Whether something is a sequence of names and values."""
    if isinstance(given, str) or not isinstance(given, Sequence):
        return False
    items = cast("Sequence[object]", given)
    return all(isinstance(item, tuple) and len(cast("tuple[object, ...]", item)) == _PAIR for item in items)


def parameter(name: object) -> str:
    """A parameter's name."""
    if not isinstance(name, str):
        raise InputError(repr(name), f"is of type {type(name).__name__}, and a parameter's name", "use text")
    text = plain("parameter", name)
    fit("parameter", text)
    return text


def written(name: str, value: object, style: QueryStyle, depth: int = 0) -> Iterator[str]:
    """What stands between ampersands for a value: nothing, one piece, or one for each item of a list or an object."""
    if value is None or value is UNSET:
        return
    if depth > _DEEPEST:
        raise InputError(name, "is nested too deep", f"nest at most {_DEEPEST} objects and lists")
    if isinstance(value, Mapping):
        if style.objects == "refuse":
            raise InputError(name, "is an object", 'say how to write it: query_style=QueryStyle(objects="brackets")')
        for key, each in cast("Mapping[object, object]", value).items():
            yield from written(style.member(name, parameter(key)), each, style, depth + 1)
    elif isinstance(value, list | tuple | set | frozenset):
        yield from listed(name, cast("Iterable[object]", value), style, depth)
    else:
        yield f"{escape(name, name)}={piece(name, value)}"


def listed(name: str, items: Iterable[object], style: QueryStyle, depth: int) -> Iterator[str]:
    """What stands between ampersands for a list."""
    given = [item for item in items if item is not None and item is not UNSET]
    if style.lists != "indices" and any(isinstance(item, Mapping | list | tuple | set | frozenset) for item in given):
        raise InputError(
            name, "is a list of lists or objects", 'only query_style=QueryStyle(lists="indices") can tell them apart'
        )
    if style.lists == "comma":
        if given:
            yield f"{escape(name, name)}={','.join(piece(name, item) for item in given)}"
        return
    for index, item in enumerate(given):
        yield from written(style.item(name, index), item, style, depth + 1)
