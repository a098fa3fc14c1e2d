"""Names that an object has twice: readers differ in which of them counts, which has been used to deceive one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import cast

from restkit.codec.misfit import Place, below, failure


class Pairs(list[tuple[str, object]]):
    """The members of an object, as they stand there."""


def refuse_duplicates(content: bytes) -> None:
    """Raise DecodeError for well-formed JSON in which an object has a name twice, naming each such place."""
    found = list(twice(json.loads(content, object_pairs_hook=Pairs, parse_int=str, parse_float=str), "$"))
    if found:
        raise failure(found)


def twice(value: object, path: str) -> Iterator[Place]:
    """The places in a value whose names were there before."""
    seen = set[object]()
    for key, each in value if isinstance(value, Pairs) else enumerate(items(value)):
        if key in seen:
            yield Place(below(path, key), "expected each name once")
        seen.add(key)
        yield from twice(each, below(path, key))


def items(value: object) -> list[object]:
    """What an array holds; nothing, if it is none."""
    return cast("list[object]", value) if isinstance(value, list) else []
