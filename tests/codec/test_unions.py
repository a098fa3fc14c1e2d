"""One of several types: told apart by a tag, by a field, or by what a value is."""

from __future__ import annotations

import datetime as dt
import enum
import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, NewType, NotRequired, TypedDict

import msgspec
import pydantic
import pytest
from attrs import define

from restkit import JSON, ConfigError, rename
from tests.codec.trials import misfit, places, read


class Kind(enum.Enum):
    """An enum as a tag."""

    FOX = "fox"


@define
class Cat:
    """A class with a tag."""

    kind: Literal["cat"]
    lives: int = 9


@define
class Dog:
    """Another."""

    kind: Literal["dog", "puppy"]
    name: str = ""


@dataclass
class Fox:
    """A third, whose tag is a member of an enum."""

    kind: Literal[Kind.FOX]


class Bird(TypedDict):
    """A fourth, of another sort."""

    kind: NotRequired[Literal["bird"]]
    wings: int


@rename(kind="@type")
@define
class Car:
    """A class whose tag is called otherwise on the wire."""

    kind: Literal["car"]


@rename(kind="@type")
@define
class Bus:
    """Another."""

    kind: Literal["bus"]
    seats: int = 0


@define
class First:
    """A class with a Literal that is no tag, and one that is."""

    version: Literal[1]
    kind: Literal["first"] = "first"


@define
class Second:
    """Another."""

    version: Literal[1]
    kind: Literal["second"] = "second"


@define
class Card:
    """A class without a tag, told apart by its number."""

    number: str
    owner: str = ""


@define
class Account:
    """Another, told apart by its iban."""

    iban: str
    owner: str = ""


@define
class Cash:
    """A third, which has nothing of its own."""

    owner: str = ""


class Row(TypedDict):
    """A fourth, of another sort."""

    cells: list[int]


@define
class Coin:
    """A class that nothing tells from Cash."""

    owner: str = ""


class Circle(msgspec.Struct, tag="circle"):
    """A Struct with a tag of its own."""

    radius: int


class Square(msgspec.Struct, tag="square"):
    """Another."""

    side: int


class Person(pydantic.BaseModel):
    """A model of pydantic."""

    born: int


class Colour(enum.Enum):
    """An enum of texts."""

    RED = "red"


UserId = NewType("UserId", int)
Pet = Cat | Dog | Fox | Bird
Payment = Card | Account | Cash | Row
UUID = "00000000-0000-0000-0000-000000000001"

TAKEN: list[Any] = [
    (Pet, '{"kind":"cat"}', Cat("cat")),
    (Pet, '{"kind":"puppy","name":"Rex"}', Dog("puppy", "Rex")),
    (Pet, '{"kind":"fox"}', Fox(Kind.FOX)),
    (Pet, '{"kind":"bird","wings":2}', {"kind": "bird", "wings": 2}),
    (list[Cat | Dog | None], '[{"kind":"cat"},null]', [Cat("cat"), None]),
    (Car | Bus, '{"@type":"bus","seats":9}', Bus("bus", 9)),
    (First | Second, '{"kind":"second","version":1}', Second(1)),
    (Payment, '{"number":"1"}', Card("1")),
    (Payment, '{"iban":"1","owner":"a"}', Account("1", "a")),
    (Payment, '{"cells":[1]}', {"cells": [1]}),
    (Payment, '{"owner":"a"}', Cash("a")),
    (Circle | Square, '{"type":"square","side":1}', Square(1)),
    (Circle | Square | None, "null", None),
    (Circle | Square | Cash, '{"owner":"a"}', Cash("a")),
    (Person | Card, '{"born":1}', Person(born=1)),
    (Person | Card, '{"number":"1"}', Card("1")),
    (Card | dict[str, int], '{"number":"1"}', Card("1")),
    (Card | dict[str, int], '{"x":1}', {"x": 1}),
    (Card | list[Card], '[{"number":"1"}]', [Card("1")]),
    (Card | str, '"x"', "x"),
    (int | str, "1", 1),
    (int | str, '"1"', "1"),
    (int | float, "1", 1),
    (int | float, "1.0", 1.0),
    (float | None, "1", 1.0),
    (bool | int, "true", True),
    (bool | int, "1", 1),
    (UserId | float, "1", 1),
    (uuid.UUID | str, f'"{UUID}"', uuid.UUID(UUID)),
    (uuid.UUID | str, '"x"', "x"),
    (Colour | str, '"red"', Colour.RED),
    (Colour | str, '"blue"', "blue"),
    (dt.datetime | dt.date | str, '"2024-05-06"', dt.date(2024, 5, 6)),
    (Literal["auto"] | dt.date | None, '"auto"', "auto"),
    (bytes | str, '"%"', "%"),
    (list[int] | list[str], '["a"]', ["a"]),
    (Decimal | str, "1.10", Decimal("1.10")),
    (Any | None, "[1]", [1]),
]


@pytest.mark.parametrize(("declared", "body", "value"), TAKEN)
def test_a_value_becomes_the_member_that_it_is(codec: JSON, declared: Any, body: str, value: object) -> None:
    """Whichever stands first."""
    found = read(declared, body, codec)

    assert (type(value), value) == (type(found), found)


@pytest.mark.parametrize(("one", "two"), [(Colour, str), (str, Colour), (dt.date, str), (str, dt.date)])
def test_the_order_of_a_union_does_not_matter(one: Any, two: Any) -> None:
    """To Python they are the same type: what was declared first in a program would otherwise decide for both."""
    found = read(one | two, '"red"'), read(two | one, '"red"')

    assert found[0] == found[1] == (Colour.RED if Colour in {one, two} else "red")


REFUSED: list[Any] = [
    (Cat | Dog, '{"kind":"cow"}', ["expected 'cat' or 'dog' or 'puppy' @ $.kind"]),
    (Cat | Dog, "{}", ["expected 'cat' or 'dog' or 'puppy' @ $.kind"]),
    (Cat | Dog, '{"kind":["cat"]}', ["expected 'cat' or 'dog' or 'puppy' @ $.kind"]),
    (Cat | Dog, "[]", ["expected Cat | Dog @ $"]),
    (list[Cat | Dog], '[{"kind":"cat","lives":"x"}]', ["expected int @ $[0].lives"]),
    (Car | Bus, '{"kind":"car"}', ["expected 'car' or 'bus' @ $.@type"]),
    (Card | Account, "{}", ["expected Card | Account @ $"]),
    (Card | Account, '{"iban":1}', ["expected str @ $.iban"]),
    (Card | None, "{}", ["a required field @ $.number"]),
    (Circle | Square, '{"type":"square","side":"x"}', ["expected int @ $.side"]),
    (Circle | Square, '{"type":"oval"}', ["expected another value @ $.type"]),
    (Card | list[Card], '[{"number":1}]', ["expected str @ $[0].number"]),
    (Card | dict[str, int], '{"x":"y"}', ["expected Card | dict[str, int] @ $"]),
    (int | str, "true", ["expected int | str @ $"]),
    (int | None, '"x"', ["expected int @ $"]),
    (int | str, "1.5", ["expected int | str @ $"]),
    (int | None, "[]", ["expected int | null @ $"]),
]


@pytest.mark.parametrize(("declared", "body", "found"), REFUSED)
def test_a_value_that_is_none_of_them_is_refused(codec: JSON, declared: Any, body: str, found: list[str]) -> None:
    """With the alternatives, or with what is wrong in the one that was meant."""
    assert [each.replace("$.@type", "$['@type']") for each in found] == places(declared, body, codec)


@pytest.mark.parametrize("declared", [Cash | Coin, list[Cash | Coin | None], Card | Cash | Coin])
def test_classes_that_cannot_be_told_apart_are_refused(codec: JSON, declared: Any) -> None:
    """When the type is asked for, with a remedy."""
    with pytest.raises(ConfigError, match="has classes that cannot be told apart; give each a tag"):
        codec.decoder(declared)


def test_a_tag_is_called_as_on_the_wire() -> None:
    """By the style of the codec."""

    @define
    class Ship:
        """A class whose tag has two words."""

        ship_type: Literal["ship"]

    @define
    class Boat:
        """Another."""

        ship_type: Literal["boat"]

    codec = JSON(rename="camel")

    assert Boat("boat") == read(Ship | Boat, '{"shipType":"boat"}', codec)
    assert "$.shipType" == misfit(Ship | Boat, "{}", codec).path
