"""What cannot be sent: refused before anything is, by its place, its reason and a remedy; never by its value."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import msgspec
import pydantic
import pytest
from attrs import Factory, define

from restkit import JSON, UNSET, InputError, ModelCodec, MsgPack, Op
from tests.client.worlds import World
from tests.codec.trials import refused
from tests.loopback import Loopback

NAIVE = dt.datetime(2024, 5, 6, 12)  # noqa: DTZ001 - that is what is refused
NAN = float("nan")
FINITE = "is not a finite number"
ZONE = "is a time without a zone"
ORDER = "is a set, which has no order"


@define
class Item:
    """A class that is made plain first."""

    price: float
    _secret: Any = None


@define
class Plain:
    """One that msgspec would write as it is."""

    price: float
    more: Any = None
    day: dt.date | None = None
    at: dt.datetime | None = None


@define
class Basket:
    """One that holds them."""

    items: list[Item | Plain] = Factory(list)
    by: dict[str, Plain] = Factory(dict)


class Point(msgspec.Struct):
    """A Struct."""

    x: Any


class Person(pydantic.BaseModel):
    """A model of pydantic."""

    x: Any


REFUSED: list[Any] = [
    (NAN, "json", FINITE),
    ([1.5, -float("inf")], "json[1]", FINITE),
    ({"a": [1, {"b": NAN}]}, "json.a[1].b", FINITE),
    ([Decimal("NaN")], "json[0]", FINITE),
    ([Decimal("sNaN")], "json[0]", FINITE),
    ([Decimal("Infinity")], "json[0]", FINITE),
    (Plain(NAN), "json.price", FINITE),
    ({"items": [Plain(1), Plain(1), Plain(1), Plain(NAN)]}, "json.items[3].price", FINITE),
    (Basket([Item(1), Item(1, NAN)]), "json.items[1]._secret", FINITE),
    ([Plain(1), Plain(1, day=NAIVE)], "json[1].day", ZONE),
    ([Plain(1), Plain(1, at=NAIVE)], "json[1].at", ZONE),
    (Basket(by={"x": Plain(1, NAIVE)}), "json.by.x.more", ZONE),
    (Point(NAN), "json.x", FINITE),
    (Point([Plain(1, NAIVE)]), "json.x[0].more", ZONE),
    (NAIVE, "json", ZONE),
    ({"at": [NAIVE]}, "json.at[0]", ZONE),
    ({1}, "json", ORDER),
    ({"a": [frozenset({1})]}, "json.a[0]", ORDER),
    (set(), "json", ORDER),
    (Plain(1, {NAN}), "json.more[0]", FINITE),
    (UNSET, "json", "is UNSET, and cannot be left out here"),
    ({"a": [1, UNSET]}, "json.a[1]", "is UNSET, and cannot be left out here"),
    (object(), "json", "is of type object"),
    ([Plain], "json[0]", "is of type type"),
    (1j, "json", "is of type complex"),
    (Person(x=object()), "json", "is of type Person"),
    ((each for each in "a"), "json", "can be read only once"),
    ({"a": map(str, [1])}, "json.a", "can be read only once"),
    ({(1, 2): 3}, "json", "has a name of type tuple"),
    ({"a": {1.5: 3}}, "json.a", "has a name of type float"),
    ({True: 1}, "json", "has a name of type bool"),
    ({None: 1}, "json", "has a name of type NoneType"),
    ({NAIVE: 1}, "json", "has a name of type datetime"),
    ({1: 1, "1": 2}, "json", "has the name '1' twice, once as str"),
    ("\ud800", "json", "is no Unicode text: it holds half of a surrogate pair"),
    ({"a": {"\ud800": 1}}, "json.a", "has a name that is no Unicode text"),
]


@pytest.mark.parametrize("kind", [JSON, MsgPack])
@pytest.mark.parametrize(("value", "field", "reason"), REFUSED, ids=lambda each: ascii(each)[:60])
def test_what_cannot_be_written_is_refused(kind: Callable[[], ModelCodec], value: Any, field: str, reason: str) -> None:
    """In each format."""
    assert (field, reason) == refused(value, kind())


def test_a_number_that_a_format_does_not_have_is_refused() -> None:
    """MessagePack has 64 bits."""
    assert ("json.a", "is a larger number than the format has") == refused({"a": 2**64}, MsgPack())


def test_a_value_of_which_each_part_can_be_written_may_still_not_be() -> None:
    """If the format says so."""

    class Lines(JSON):
        """A format that takes no objects."""

        rich = False

        def dump(self, plain: Any) -> bytes:
            """Refuse objects."""
            if isinstance(plain, dict):
                raise TypeError(plain)
            return super().dump(plain)

    assert ("json", "cannot be written as JSON") == refused({"a": 1}, Lines())


def chain(make: Callable[[Any], Any], inner: Any, levels: int) -> Any:
    """A value within a value, so many times."""
    for _ in range(levels):
        inner = make(inner)
    return inner


CYCLE: list[Any] = []
CYCLE += [CYCLE, CYCLE]
RING: dict[str, Any] = {}
RING["a"] = [RING]
SELF = Item(1)
SELF._secret = (SELF, SELF)  # noqa: SLF001 - the test's own class
TWICE: list[Any] = [
    pytest.param(lambda inner: [inner, inner], id="lists"),
    pytest.param(lambda inner: {"a": inner, "b": (inner,)}, id="dicts"),
    pytest.param(lambda inner: Plain(inner, inner), id="classes"),
    pytest.param(lambda inner: Item(inner, inner), id="private"),
    pytest.param(lambda inner: Point([inner, inner]), id="structs"),
]


@pytest.mark.parametrize("kind", [JSON, MsgPack])
@pytest.mark.parametrize(
    ("value", "field"),
    [(CYCLE, "json[0]"), (RING, "json.a[0]"), (SELF, "json._secret[0]")],
    ids=["list", "dict", "class"],
)
def test_a_value_that_holds_itself_is_refused(kind: Callable[[], ModelCodec], value: Any, field: str) -> None:
    """At once, however often."""
    assert (field, "holds itself") == refused(value, kind())


@pytest.mark.parametrize("kind", [JSON, MsgPack])
@pytest.mark.parametrize("make", TWICE)
def test_a_value_that_holds_others_over_and_over_is_refused(kind: Callable[[], ModelCodec], make: Any) -> None:
    """Written out, sixty levels of pairs would be a million million million values: these are looked at once each."""
    assert ("json", "holds the same values too many times over") == refused(chain(make, "x", 60), kind())


@pytest.mark.parametrize("make", TWICE)
def test_a_fault_within_such_a_value_is_found(make: Any) -> None:
    """At once, too."""
    assert FINITE == refused(chain(make, NAN, 60))[1]


def test_a_wide_value_that_holds_others_over_and_over_is_refused() -> None:
    """A thousand times a thousand times a thousand times a thousand."""
    assert ("json", "holds the same values too many times over") == refused(chain(lambda inner: [inner] * 1000, 0, 4))


@pytest.mark.parametrize("kind", [JSON, MsgPack])
@pytest.mark.parametrize(
    "make",
    [lambda inner: [inner], lambda inner: {"a": inner}, lambda inner: Plain(1, inner), lambda inner: Item(1, inner)],
    ids=["list", "dict", "class", "private"],
)
def test_a_value_too_deep_is_refused(kind: Callable[[], ModelCodec], make: Any) -> None:
    """With the beginning of the way there."""
    field, reason = refused(chain(make, 1, 100_000), kind())

    assert (True, "is nested more than 200 levels deep") == (len(field) < 200, reason)


CANARY = "canary-7e57"


@pytest.mark.parametrize(
    "value",
    [
        {"password": [CANARY, object()]},
        {"password": {CANARY}},
        {"password": Plain(1, [CANARY, NAN])},
        [CANARY + "\ud800"],
        Person(x=[CANARY, object()]),
    ],
)
def test_no_value_is_shown(value: object) -> None:
    """Its place is enough to find it."""
    assert CANARY not in " ".join(refused(value))


@pytest.mark.parametrize("value", [{"price": NAN}, Plain(1, NAIVE), [CYCLE], {"a": {1}}])
def test_it_is_refused_before_a_byte_is_sent(world: World, server: Loopback, value: object) -> None:
    """In a verb as in an operation."""
    client = world.client(base_url=server.url)
    op = Op[Any]("POST", "/echo", payload=client.build().post("/echo").body(value).op().payload)

    for send in (lambda: client.post("/echo", json=value), lambda: client.execute(op)):
        with pytest.raises(InputError, match=r"^json"):
            world(send())
    assert [] == server.received


@define
class Row:
    """One whose every field is declared to be harmless."""

    count: int
    name: str = ""
    note: str | None = None
    of: list[int] = Factory(list)


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (Row(NAN), "count"),  # type: ignore[arg-type] # as a table gives it where a value is missing
        (Row(1, NAN), "name"),  # type: ignore[arg-type] # likewise
        (Row(1, note=NAN), "note"),  # type: ignore[arg-type] # likewise
        (Row(1, of=[1, NAN]), "of[1]"),  # type: ignore[list-item] # likewise
    ],
)
def test_a_missing_number_of_a_table_is_not_sent_as_null(row: Row, field: str) -> None:
    """Wherever it stands, and whatever is declared there."""
    assert (f"json[1].{field}", FINITE) == refused([Row(1), row])


def test_null_is_sent_where_it_is_meant() -> None:
    """Beside text that reads like it."""
    assert b'[{"count":1,"name":"null","note":null,"of":[]}]' == JSON().encode([Row(1, "null")])


@pytest.mark.parametrize("number", [NAN, float("inf"), -float("inf")])
def test_a_number_is_found_in_a_large_body(number: float) -> None:
    """Where it is declared to be one."""
    many = [Plain(1.5) for _ in range(3000)]

    assert ("json[3000].price", FINITE) == refused([*many, Plain(number)])
