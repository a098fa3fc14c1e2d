"""A value that lies in an envelope: read where it lies, and errors say where that is."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pydantic
import pytest
from attrs import define

from restkit import JSON, MsgPack
from restkit.codec import Within
from tests.codec.trials import misfit, read


@define
class User:
    """A model that msgspec reads."""

    id: int


@dataclass
class Price:
    """A model whose digits count."""

    _amount: Decimal


class Person(pydantic.BaseModel):
    """A model of pydantic."""

    born: int


TAKEN: list[Any] = [
    (User, ("data",), '{"data":{"id":1},"meta":{}}', User(1)),
    (list[User], ("data", "items"), '{"data":{"items":[{"id":1}]}}', [User(1)]),
    (User, ("items", "1"), '{"items":[0,{"id":1}]}', User(1)),
    (User, ("items", "1"), '{"items":{"1":{"id":1}}}', User(1)),
    (int, ("a.b", ""), '{"a.b":{"":1}}', 1),
    (User, ("données",), '{"données":{"id":1}}', User(1)),
    (User | None, ("data",), '{"data":null}', None),
    (Any, ("data",), '{"data":[1.5]}', [1.5]),
    (Price, ("data",), '{"data":{"_amount":1.10}}', Price(Decimal("1.10"))),
    (Person, ("data",), '{"data":{"born":1815}}', Person(born=1815)),
    (list[Person], ("data", "0"), '{"data":[[{"born":1815}]]}', [Person(born=1815)]),
]


@pytest.mark.parametrize(("declared", "path", "body", "value"), TAKEN)
def test_a_value_is_read_where_it_lies(
    codec: JSON, declared: Any, path: tuple[str, ...], body: str, value: object
) -> None:
    """By names, and by places in arrays."""
    assert value == read(declared, body, codec, path)


REFUSED: list[Any] = [
    (User, ("data",), "{}", "$.data", "a required field"),
    (User, ("data", "items"), '{"data":{}}', "$.data.items", "a required field"),
    (User, ("data", "items"), '{"data":[]}', "$.data.items", "a required field"),
    (User, ("data", "items"), '{"data":null}', "$.data.items", "a required field"),
    (User, ("data",), "[]", "$.data", "a required field"),
    (User, ("items", "2"), '{"items":[1]}', "$.items[2]", "a required field"),
    (User | None, ("data",), "{}", "$.data", "a required field"),
    (User, ("data",), '{"data":{"id":"x"}}', "$.data.id", "expected int"),
    (list[User], ("a.b", "items"), '{"a.b":{"items":[{}]}}', "$['a.b'].items[0].id", "a required field"),
    (User, ("items", "0"), '{"items":[{}]}', "$.items[0].id", "a required field"),
    (Person, ("data",), '{"data":{}}', "$.data.born", "a required field"),
    (Person, ("data",), "{}", "$.data", "a required field"),
    (Price, ("data",), '{"data":{"_amount":"x"}}', "$.data._amount", "expected Decimal"),
]


@pytest.mark.parametrize(("declared", "path", "body", "where", "expected"), REFUSED)
def test_an_error_begins_at_the_whole_body(  # noqa: PLR0917, PLR0913 - the columns of a table
    codec: JSON, declared: Any, path: tuple[str, ...], body: str, where: str, expected: str
) -> None:
    """Also one in the envelope."""
    error = misfit(declared, body, codec, path)

    assert (where, expected) == (error.path, error.expected)


def test_an_envelope_is_for_every_format() -> None:
    """Not only where msgspec knows how."""
    codec = MsgPack()

    assert User(1) == codec.decoder(User, ("data",))(codec.encode({"data": User(1)}))


def test_a_codec_with_an_envelope_is_a_codec() -> None:
    """It reads there, and further in, and writes as it is."""
    codec = Within(JSON(), ("data",))

    assert ("application/json", b"1") == (codec.media_type, codec.encode(1))
    assert [1, 2] == [codec.decoder(int)(b'{"data":1}'), codec.decoder(int, ("x",))(b'{"data":{"x":2}}')]
