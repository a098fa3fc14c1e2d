"""A value is what it is declared to be, or an error: nothing is converted on the quiet."""

from __future__ import annotations

import collections
import datetime as dt
import enum
import uuid
from collections import abc
from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple

import pytest

from restkit import JSON
from tests.codec.trials import misfit, places, read


class Colour(enum.Enum):
    """An enum of texts."""

    RED = "red"
    BLUE = "blue"


class Level(enum.IntEnum):
    """An enum that is a number."""

    LOW = 1
    HIGH = 2


class Word(enum.StrEnum):
    """An enum that is text."""

    YES = "yes"


class Mixed(enum.Enum):
    """An enum of several types of values."""

    ONE = 1
    TWO = "two"
    HALF = 2.5


class Bits(enum.Flag):
    """An enum whose members add up."""

    READ = 1
    WRITE = 2


class Lenient(enum.Enum):
    """An enum that has a member for what it does not know."""

    KNOWN = "known"
    OTHER = "other"

    @classmethod
    def _missing_(cls, _: object) -> Lenient:
        return cls.OTHER


class Code(str):
    """Text with a meaning."""

    __slots__ = ()


class Place(NamedTuple):
    """A tuple whose places have names."""

    x: int
    y: Decimal = Decimal(0)


Pair = collections.namedtuple("Pair", "a b")  # noqa: PYI024 - one without types
UUID = "00000000-0000-0000-0000-000000000001"

TAKEN: list[Any] = [
    (int, "1", 1),
    (float, "1", 1.0),
    (float, "1.5", 1.5),
    (bool, "true", True),
    (str, '"1"', "1"),
    (Code, '"1"', Code("1")),
    (None, "null", None),
    (type(None), "null", None),
    (object, "[1]", [1]),
    (list, '[1,"a"]', [1, "a"]),
    (tuple, "[1]", (1,)),
    (dict, '{"a":1}', {"a": 1}),
    (tuple[int, str], '[1,"a"]', (1, "a")),
    (tuple[int, ...], "[1,2]", (1, 2)),
    (tuple[()], "[]", ()),
    (set[int], "[1,1]", {1}),
    (frozenset[str], '["a"]', frozenset({"a"})),
    (abc.Sequence[int], "[1]", [1]),
    (abc.Mapping[str, int], '{"a":1}', {"a": 1}),
    (collections.deque[int], "[1]", collections.deque([1])),
    (collections.OrderedDict[str, int], '{"a":1}', collections.OrderedDict(a=1)),
    (Place, "[1,1.10]", Place(1, Decimal("1.10"))),
    (Place, "[1]", Place(1)),
    (Pair, '[1,"b"]', Pair(1, "b")),
    (bytes, '"YQ=="', b"a"),
    (uuid.UUID, f'"{UUID}"', uuid.UUID(UUID)),
    (dt.date, '"2024-05-06"', dt.date(2024, 5, 6)),
    (dt.time, '"12:00:00"', dt.time(12)),
    (dt.timedelta, '"PT1H30M"', dt.timedelta(hours=1.5)),
    (dt.timedelta, '"P1DT2S"', dt.timedelta(days=1, seconds=2)),
    (Colour, '"red"', Colour.RED),
    (Level, "1", Level.LOW),
    (Word, '"yes"', Word.YES),
    (Mixed, "1", Mixed.ONE),
    (Mixed, '"two"', Mixed.TWO),
    (Mixed, "2.5", Mixed.HALF),
    (Bits, "3", Bits.READ | Bits.WRITE),
    (Lenient, '"strange"', Lenient.OTHER),
    (Literal["a", 1], "1", 1),
    (Literal["a", 1], '"a"', "a"),
    (Literal[True], "true", True),
    (Literal[Colour.RED], '"red"', Colour.RED),
    (dict[int, int], '{"1":2}', {1: 2}),
    (dict[float, int], '{"1.5":2}', {1.5: 2}),
    (dict[bool, int], '{"true":2}', {True: 2}),
    (dict[Colour, int], '{"red":1}', {Colour.RED: 1}),
    (dict[Level, int], '{"1":1}', {Level.LOW: 1}),
    (dict[Literal["a"], int], '{"a":1}', {"a": 1}),
    (dict[dt.date, int], '{"2024-05-06":1}', {dt.date(2024, 5, 6): 1}),
    (dict[uuid.UUID, int], f'{{"{UUID}":1}}', {uuid.UUID(UUID): 1}),
    (dict[str | int, int], '{"a":1}', {"a": 1}),
]


@pytest.mark.parametrize(("declared", "body", "value"), TAKEN)
def test_a_value_of_its_type_is_taken(codec: JSON, declared: Any, body: str, value: object) -> None:
    """Of just that type: an enum's member, not its value."""
    found = read(declared, body, codec)

    assert (type(value), value) == (type(found), found)


REFUSED: list[Any] = [
    (int, '"1"', "expected int"),
    (int, "true", "expected int"),
    (int, "1.0", "expected int"),
    (int, "null", "expected int"),
    (float, "true", "expected float"),
    (float, '"1"', "expected float"),
    (float, "1" + "0" * 400, "expected a number in the range of float"),
    (bool, "1", "expected bool"),
    (bool, '"true"', "expected bool"),
    (str, "1", "expected str"),
    (str, "null", "expected str"),
    (Code, "1", "expected Code"),
    (None, "0", "expected null"),
    (list[int], '"12"', "expected list[int]"),
    (list[int], '{"0":1}', "expected list[int]"),
    (list[str], '"ab"', "expected list[str]"),
    (set[str], '"ab"', "expected set[str]"),
    (set[list[int]], "[[1]]", "expected set[list[int]]"),
    (tuple[int, str], "[1]", "expected tuple[int, str]"),
    (tuple[Annotated[int, "of cents"], ...], "{}", "expected tuple[int, ...]"),
    (tuple[()], "[1]", "expected tuple"),
    (Place, "{}", "expected Place"),
    (Place, "[]", "expected Place"),
    (Pair, "[1]", "expected Pair"),
    (dict[str, int], "[]", "expected dict[str, int]"),
    (bytes, '"%%"', "expected bytes"),
    (uuid.UUID, '"1"', "expected UUID"),
    (uuid.UUID, "1", "expected UUID"),
    (dt.datetime, "5", "expected datetime"),
    (dt.datetime, '"tomorrow"', "expected datetime"),
    (dt.date, '"2024-05-06T00:00:00Z"', "expected date"),
    (dt.timedelta, "5", "expected timedelta"),
    (Decimal, "true", "expected Decimal"),
    (Decimal, '"x"', "expected Decimal"),
    (Colour, '"green"', "expected one of 'red', 'blue'"),
    (Colour, "1", "expected Colour"),
    (Colour, "{}", "expected Colour"),
    (Level, "true", "expected Level"),
    (Level, "1.0", "expected Level"),
    (Level, '"1"', "expected Level"),
    (Mixed, "true", "expected Mixed"),
    (Bits, "8", "expected one of 1, 2"),
    (Lenient, "1", "expected Lenient"),
    (Literal["a", 1], "true", "expected 'a' or 1"),
    (Literal[1], "1.0", "expected 1"),
    (Literal["a"], "[]", "expected 'a'"),
    (Literal[Colour.RED], '"blue"', "expected 'red'"),
    (dict[str, Decimal] | None, "[]", "expected dict[str, Decimal] | null"),
]


@pytest.mark.parametrize(("declared", "body", "expected"), REFUSED)
def test_a_value_of_another_type_is_refused(codec: JSON, declared: Any, body: str, expected: str) -> None:
    """Text is no number, true no 1, 1.0 no int; an object or text no list."""
    error = misfit(declared, body, codec)

    assert ("$", expected) == (error.path, error.expected)


KEYS: list[Any] = [
    (dict[int, int], '{"x":1}', "expected int @ $.x"),
    (dict[Level, int], '{"true":1}', "expected int @ $.true"),
    (dict[Colour, int], '{"x":1}', "expected one of 'red', 'blue' @ $.x"),
    (dict[uuid.UUID, int], '{"0":1}', "expected UUID @ $['0']"),
]


@pytest.mark.parametrize(("declared", "body", "place"), KEYS)
def test_a_wrong_name_of_an_object_is_a_place(codec: JSON, declared: Any, body: str, place: str) -> None:
    """A name is text in JSON; it is no other value's text."""
    assert [place] == places(declared, body, codec)


def test_a_number_that_is_text_is_none_in_an_enum_of_floats() -> None:
    """Nor where a Decimal stands beside it, so that numbers are kept as written."""
    assert (Mixed.HALF, Decimal("1.10")) == read(tuple[Mixed, Decimal], "[2.5,1.10]")
