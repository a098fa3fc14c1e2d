"""What is sent: models of every library and plain data, directly where that is sound, else made plain first."""

from __future__ import annotations

import collections
import datetime as dt
import enum
import functools
import json
import types
import uuid
from collections import abc
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from decimal import Decimal
from typing import Annotated, Any, NamedTuple

import msgspec
import pydantic
import pytest
from attrs import Factory, define, field
from hypothesis import given
from hypothesis import strategies as st

from restkit import JSON, UNSET, ModelCodec, MsgPack, Unset
from restkit.codec.soundness import Soundness
from tests.codec.trials import read, written

NOON = dt.datetime(2024, 5, 6, 12, tzinfo=dt.UTC)


class Colour(enum.Enum):
    """An enum of texts."""

    RED = "red"


class Level(enum.IntEnum):
    """An enum that is a number."""

    LOW = 1


class Odd(enum.Enum):
    """An enum of what is not plain."""

    PAIR = (1, 2)
    PRICE = Decimal("1.50")


@define
class Address:
    """A class that can be written as it is."""

    street: str
    since: dt.datetime = NOON


@define
class Flat(Address):
    """A class derived from it, with a field that cannot."""

    _floor: int = 0


@define
class User:
    """A class that holds others."""

    home: Address
    more: list[Address] = Factory(list)
    by: dict[str, Address] = Factory(dict)
    tags: set[str] = Factory(set)
    pinned: Any = None


@define(slots=False)
class Loose:
    """A class whose instances may hold anything."""

    x: int

    @functools.cached_property  # noqa: TID251 - as users write it
    def twice(self) -> int:
        """What is no field, and is kept beside them."""
        return 2 * self.x


@define
class Cached:
    """A class that keeps something beside its fields in a slot."""

    x: int

    @functools.cached_property  # noqa: TID251 - as users write it
    def twice(self) -> int:
        """Likewise."""
        return 2 * self.x


@dataclass
class Counted:
    """A dataclass with a field that nobody gives."""

    x: int
    y: int = dataclass_field(init=False, default=5)


@define
class Derived:
    """A class with such a field."""

    x: int
    y: int = field(init=False, default=5)


@define
class Empty:
    """A class without fields."""


@define
class Single:
    """A class with one."""

    x: Any


@define
class Measure:
    """A class whose types say which fields must be looked at."""

    x: float
    day: dt.date | None = None
    note: Annotated[int, []] = 0


class Point(msgspec.Struct, rename="camel", tag="point", omit_defaults=True):
    """A Struct with its own names."""

    map_x: int
    label: Any = None


class Person(pydantic.BaseModel):
    """A model of pydantic with its own names."""

    model_config = pydantic.ConfigDict(arbitrary_types_allowed=True)
    first_name: str = pydantic.Field(alias="firstName")
    home: Address | None = None


class Place(NamedTuple):
    """A tuple with names."""

    x: int
    y: int


class Text(str):
    """Text of its own type."""

    __slots__ = ()


class Number(int):
    """A number of its own type."""


class Ratio(float):
    """Another."""


class Moment(dt.datetime):
    """A time of its own type, as libraries that set clocks make them."""


class Day(dt.date):
    """A date of its own type."""


class Names(dict[str, int]):
    """A dict of its own type."""


class Row(list[int]):
    """A list of its own type."""


HOME = Address("Main")
SENT = '{"street":"Main","since":"2024-05-06T12:00:00Z"}'
FLAT = SENT[:-1] + ',"_floor":2}'
UUID = uuid.UUID(int=1)
WRITTEN: list[Any] = [
    ({"a": [1, None, True, "é"]}, '{"a":[1,null,true,"é"]}'),
    ([1.5, 1e308, 1e308], "[1.5,1e308,1e308]"),
    (2**70, str(2**70)),
    (NOON, '"2024-05-06T12:00:00Z"'),
    (NOON.astimezone(dt.timezone(dt.timedelta(hours=2))), '"2024-05-06T14:00:00+02:00"'),
    (dt.date(2024, 5, 6), '"2024-05-06"'),
    (dt.time(12), '"12:00:00"'),
    (dt.timedelta(hours=1), '"PT3600S"'),
    (Decimal("1.50"), '"1.50"'),
    (UUID, f'"{UUID}"'),
    (b"ab", '"YWI="'),
    (Colour.RED, '"red"'),
    (Level.LOW, "1"),
    ([Odd.PAIR, Odd.PRICE], '[[1,2],"1.50"]'),
    (HOME, SENT),
    ([HOME, HOME], f"[{SENT},{SENT}]"),
    ({"home": HOME}, f'{{"home":{SENT}}}'),
    (User(HOME, pinned=HOME), f'{{"home":{SENT},"more":[],"by":{{}},"tags":[],"pinned":{SENT}}}'),
    (Flat("Main", floor=2), FLAT),
    (
        User(Flat("Main", floor=2), [Flat("Main", floor=2)], {"x": Flat("Main", floor=2)}, {"t"}),
        f'{{"home":{FLAT},"more":[{FLAT}],"by":{{"x":{FLAT}}},"tags":["t"],"pinned":null}}',
    ),
    (Counted(1), '{"x":1}'),
    (Derived(1), '{"x":1}'),
    (Empty(), "{}"),
    (Single(Empty()), '{"x":{}}'),
    (Single({1}), '{"x":[1]}'),
    (Single([{1}, frozenset({2})]), '{"x":[[1],[2]]}'),
    (Single(Point(1)), '{"x":{"type":"point","mapX":1}}'),
    (Single(Person(firstName="Ada")), '{"x":{"firstName":"Ada","home":null}}'),
    (Point(1), '{"type":"point","mapX":1}'),
    (Point(1, Flat("Main", floor=2)), f'{{"type":"point","mapX":1,"label":{FLAT}}}'),
    (Point(1, UNSET), '{"type":"point","mapX":1}'),
    (Point(1, msgspec.UNSET), '{"type":"point","mapX":1}'),
    (Point(1, Person(firstName="Ada")), '{"type":"point","mapX":1,"label":{"firstName":"Ada","home":null}}'),
    (Person(firstName="Ada", home=Flat("Main", floor=2)), f'{{"firstName":"Ada","home":{FLAT}}}'),
    (Place(1, 2), "[1,2]"),
    ((1, (2,)), "[1,[2]]"),
    ([Text("a"), Number(1), Ratio(1.5)], '["a",1,1.5]'),
    (Single(Text("a")), '{"x":"a"}'),
    (Address(Text("Main")), SENT),
    ([Measure(1.5), Measure(2)], '[{"x":1.5,"day":null,"note":0},{"x":2,"day":null,"note":0}]'),
    (Measure(Ratio(1.5), Day(2024, 5, 6)), '{"x":1.5,"day":"2024-05-06","note":0}'),
    (Measure(10**400), f'{{"x":{10**400},"day":null,"note":0}}'),
    (Measure(1, NOON), '{"x":1,"day":"2024-05-06T12:00:00Z","note":0}'),
    (Moment(2024, 5, 6, 12, tzinfo=dt.UTC), '"2024-05-06T12:00:00Z"'),
    (Day(2024, 5, 6), '"2024-05-06"'),
    (Names(a=1), '{"a":1}'),
    (Row([1]), "[1]"),
    (collections.OrderedDict(a=1), '{"a":1}'),
    (collections.defaultdict(list, a=[1]), '{"a":[1]}'),
    (types.MappingProxyType({"a": 1}), '{"a":1}'),
    (collections.deque([1]), "[1]"),
    ({1: 2}, '{"1":2}'),
    ({Colour.RED: 1, Text("a"): 2}, '{"red":1,"a":2}'),
    ({Level.LOW: 1}, '{"1":1}'),
    ({UUID: 1}, f'{{"{UUID}":1}}'),
    ({dt.date(2024, 5, 6): 1, NOON: 2}, '{"2024-05-06":1,"2024-05-06T12:00:00+00:00":2}'),
    ({"a": UNSET, "b": {"c": UNSET}}, '{"b":{}}'),
]


@pytest.mark.parametrize(("value", "body"), WRITTEN, ids=lambda each: repr(each)[:60])
def test_a_value_is_written(value: object, body: str) -> None:
    """By its own type, whatever its place is declared as."""
    assert json.loads(body) == json.loads(written(value))


@pytest.mark.parametrize("kind", [Loose, Cached])
def test_what_is_no_field_is_not_sent(kind: Any) -> None:
    """Though it lies beside the fields."""
    value = kind(1)
    assert 2 == value.twice

    assert '{"x":1}' == written(value)


@pytest.mark.parametrize(
    ("value", "sound"),
    [
        (HOME, True),
        (Single([HOME, {"x": Single(1.5)}]), True),
        (User(HOME), False),
        ([Colour.RED, Level.LOW, Decimal(1), NOON, None], True),
        (Counted(1), False),
        (Point(1), True),
        (User(Flat("x")), False),
        (Single(Unset.UNSET), False),
        (Odd.PAIR, False),
        (Loose(1), False),
        ({1: 2}, False),
        (Place(1, 2), False),
        (Person(firstName="x"), False),
    ],
)
def test_only_what_is_sound_is_written_as_it_is(value: object, sound: bool) -> None:  # noqa: FBT001 - a parameter
    """All else is made plain first."""
    assert sound is Soundness(None).holds((value,))


class Plainly(JSON):
    """JSON that makes all plain first."""

    def __init__(self) -> None:
        super().__init__()
        self._writes = False


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=4)
    | st.dates()
    | st.datetimes(timezones=st.just(dt.UTC))
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.uuids()
    | st.sampled_from([Colour.RED, Level.LOW]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=3), inner, max_size=3)
        | st.builds(Single, inner)
        | st.builds(User, st.builds(Address, st.text(max_size=3)), pinned=inner)
        | st.builds(Point, st.integers(0, 9), inner)
    ),
    max_leaves=8,
)


@given(PLAIN)
def test_both_ways_write_the_same(value: object) -> None:
    """What msgspec writes of a sound value, and what is made plain first."""
    assert json.loads(written(value, Plainly())) == json.loads(written(value))


@given(st.lists(st.builds(User, st.builds(Address, st.text(max_size=3)), tags=st.sets(st.text(max_size=2)))))
def test_what_is_written_is_read_again(users: list[User]) -> None:
    """As it was."""
    assert users == read(list[User], written(users))


@pytest.mark.parametrize("codec", [JSON(), MsgPack()])
def test_a_large_body_with_one_value_many_times_is_written(codec: ModelCodec) -> None:
    """If that is not too often."""
    shared: Any = [HOME]
    for _ in range(9):
        shared = {"k": shared}
    rows = [[1]] * 100_000

    assert 300 == len(codec.decoder(list[Any])(codec.encode([shared] * 300)))
    assert rows == codec.decoder(list[Any])(codec.encode(rows))


def test_a_deep_value_is_written() -> None:
    """Levels are no fault by themselves."""
    value: Any = 1
    for _ in range(300):
        value = [value]

    assert "[" * 300 + "1" + "]" * 300 == written(value)


def test_a_time_without_a_zone_is_in_the_one_of_its_codec() -> None:
    """In models as in plain data."""
    codec, naive = JSON(zone=dt.UTC), dt.datetime(2024, 5, 6, 12)  # noqa: DTZ001 - that is what this is about

    assert '"2024-05-06T12:00:00Z"' == written(naive, codec)
    assert [{"x": json.loads(SENT)}, {"type": "point", "mapX": 1, "label": json.loads(SENT)}] == [
        json.loads(written(each, codec)) for each in (Single(Address("Main", naive)), Point(1, Address("Main", naive)))
    ]


@pytest.mark.parametrize("declared", [abc.Sequence[dt.datetime], list[dt.datetime | None], list[dt.datetime | str]])
def test_a_time_that_says_no_zone_is_read_in_the_one_of_its_codec(declared: Any) -> None:
    """One that says another stays in that."""
    body = '["2024-05-06T12:00:00","2024-05-06T12:00:00+02:00"]'

    found = read(declared, body, JSON(zone=dt.UTC))

    assert [dt.timedelta(0), dt.timedelta(hours=2)] == [each.utcoffset() for each in found]
    assert None is read(declared, body)[0].tzinfo
