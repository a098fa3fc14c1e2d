"""Decimals keep the digits of the body, in both ways to read it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NewType

import msgspec
import pytest
from attrs import Factory, define
from hypothesis import given
from hypothesis import strategies as st

from restkit import JSON, DecodeError, Extras
from tests.codec.trials import Thorough, misfit, read


@define
class Price:
    """A Decimal beside everything that is none."""

    amount: Decimal
    rate: float = 0.0
    more: Any = None


@dataclass
class Basket:
    """Decimals in containers."""

    prices: dict[str, list[Decimal]]


class Coin(msgspec.Struct):
    """A Decimal in a Struct."""

    worth: Decimal


@define
class Purse:
    """Structs, in a class that msgspec alone does not read."""

    coins: list[Coin]
    _owner: str = ""
    rest: Extras = Factory(dict)


Money = NewType("Money", Decimal)
LONG = "0.123456789012345678901234567890"


@pytest.mark.parametrize("text", ["1.10", LONG, "1", "-0.0", "1E+5", "12345678901234567890123456789012345", "1e999"])
@pytest.mark.parametrize("quoted", [False, True])
def test_a_decimal_keeps_its_digits(codec: JSON, text: str, quoted: bool) -> None:  # noqa: FBT001 - a parameter
    """From a number as from text."""
    body = f'"{text}"' if quoted else text

    assert repr(Decimal(text)) == repr(read(Decimal, body, codec))


def test_a_decimal_keeps_its_digits_in_a_class(codec: JSON) -> None:
    """And what is declared Any, or float, is a plain float."""
    found = read(Price, f'{{"amount":{LONG},"rate":1.10,"more":[1.10,{{"x":1.5}}]}}', codec)

    assert Price(Decimal(LONG), 1.1, [1.1, {"x": 1.5}]) == found
    assert {float} == {type(found.rate), type(found.more[0]), type(found.more[1]["x"])}


@pytest.mark.parametrize(
    ("declared", "body", "value"),
    [
        (Basket, '{"prices":{"a":[1.10]}}', "Basket(prices={'a': [Decimal('1.10')]})"),
        (Money, "1.10", "Decimal('1.10')"),
        (Decimal | None, "1.10", "Decimal('1.10')"),
        (int | Decimal, "1.10", "Decimal('1.10')"),
        (int | Decimal, "1", "1"),
        (float | Decimal, "1.10", "1.1"),
        (Coin, '{"worth":1.10}', "Coin(worth=Decimal('1.10'))"),
        (
            Purse,
            '{"coins":[{"worth":1.10}],"_owner":"x","y":1.10}',
            "Purse(coins=[Coin(worth=Decimal('1.10'))], _owner='x', rest={'y': 1.1})",
        ),
    ],
)
def test_a_decimal_keeps_its_digits_wherever_it_stands(codec: JSON, declared: Any, body: str, value: str) -> None:
    """In containers, under other names, beside other kinds of numbers, in classes within classes."""
    assert value == repr(read(declared, body, codec))


@given(st.decimals(allow_nan=False, allow_infinity=False).filter(lambda value: str(value) != "-0"))
def test_every_decimal_comes_back(value: Decimal) -> None:
    """As text when it is sent; from text and from a number when it is read."""
    sent = JSON().encode(value)

    assert {repr(value)} == {repr(read(Decimal, body)) for body in (sent.decode(), sent.decode().strip('"'))}


@pytest.mark.parametrize(
    ("declared", "body", "path"),
    [
        (Price, '{"amount":1.0,"rate":1e999,"_":0}', "$.rate"),
        (Price, '{"amount":1.0,"more":[1e999]}', "$.more"),
    ],
)
def test_a_number_too_large_for_a_float_is_refused_beside_a_decimal(declared: Any, body: str, path: str) -> None:
    """Rather than read as infinity."""
    error = misfit(declared, body, Thorough())

    assert (path, "expected a number in the range of float") == (error.path, error.expected)


def test_a_number_too_large_for_a_float_is_refused(codec: JSON) -> None:
    """Where msgspec itself says so."""
    with pytest.raises(DecodeError, match="range"):
        read(list[float], "[1e999]", codec)
