"""What values consist of, and how much that is when it is written out."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from restkit.codec.anatomy import is_record, is_struct, members_of
from restkit.unset import UNSET

_MOST = 100_000_000
"""Values in one body: so many fit into no memory, unless some are there many times."""
_SCALARS = frozenset({str, int, float, bool, type(None)})


def inside(value: object) -> Iterator[tuple[object, object]]:
    """What a value consists of, with the name or place of each."""
    if isinstance(value, Mapping):
        members = cast("Mapping[object, object]", value)
        yield from ((name, each) for name, each in members.items() if each is not UNSET)
    elif isinstance(value, list | tuple | deque | set | frozenset):
        yield from enumerate(cast("Iterable[object]", value))
    else:
        names = names_in(type(value))
        yield from ((name, found) for name in names if (found := getattr(value, name, UNSET)) is not UNSET)


def names_in(kind: Any) -> tuple[str, ...]:  # noqa: ANN401 - a class
    """The fields of a model that are sent; none of other classes."""
    if is_struct(kind):
        found: tuple[str, ...] = kind.__struct_fields__
        return found
    return tuple(each.name for each in members_of(kind) if each.init) if is_record(kind) else ()


def is_endless(value: object) -> bool:
    """Whether a value holds itself, or another so often that it could not be written out. May raise RecursionError."""
    return magnitude(value, {}) > _MOST


def magnitude(value: object, known: dict[int, tuple[object, float]]) -> float:
    """How many values this is when it is written out; what is known is counted again, but not looked at again."""
    if type(value) in _SCALARS:
        return 1
    if id(value) not in known:
        known[id(value)] = value, float("inf")  # while it is looked at: it holds itself
        known[id(value)] = value, 1 + sum(magnitude(each, known) for _, each in inside(value))
    return known[id(value)][1]
