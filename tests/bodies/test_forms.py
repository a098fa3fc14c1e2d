"""Forms: what arrives, as every server reads it."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import uuid
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from restkit import InputError
from restkit.bodies.form import form
from restkit.unset import UNSET
from tests.client.worlds import World
from tests.loopback import Loopback


class Colour(enum.Enum):
    """An enum."""

    RED = "red"


@pytest.mark.parametrize(
    ("data", "sent"),
    [
        pytest.param({"a": "b"}, "a=b", id="text"),
        pytest.param({"a b": "c&d=é+~*"}, "a+b=c%26d%3D%C3%A9%2B~*", id="escaped"),
        pytest.param({"a": ["1", 2, None, UNSET]}, "a=1&a=2", id="list"),
        pytest.param([("a", 1), ("b", 2), ("a", 3)], "a=1&b=2&a=3", id="pairs"),
        pytest.param({"a": None, "b": UNSET, "c": ""}, "c=", id="left out"),
        pytest.param({"a": True, "b": 1.5, "c": decimal.Decimal("1.10")}, "a=true&b=1.5&c=1.10", id="numbers"),
        pytest.param({"a": Colour.RED, "b": uuid.UUID(int=1)}, f"a=red&b={uuid.UUID(int=1)}", id="enum"),
        pytest.param({"a": dt.date(2026, 1, 2)}, "a=2026-01-02", id="date"),
        pytest.param({}, "", id="empty"),
    ],
)
def test_a_form(world: World, server: Loopback, data: Any, sent: str) -> None:
    """One way to write each kind of value."""
    world(world.client(base_url=server.url).post("/echo", data=data))
    received = server.received[0]

    assert (sent, "application/x-www-form-urlencoded", str(len(sent))) == (
        received.body.decode(),
        received.headers["content-type"],
        received.headers["content-length"],
    )


@pytest.mark.parametrize(
    ("data", "field", "remedy"),
    [
        pytest.param(b"a=b", "data", "pass content= for bytes and text", id="bytes"),
        pytest.param("a=b", "data", "pass content= for bytes and text", id="text"),
        pytest.param(7, "data", "pass a mapping of names to values", id="number"),
        pytest.param([("a",)], "data", "pass pairs of a name and a value", id="no pair"),
        pytest.param(["ab"], "data", "pass pairs of a name and a value", id="text in a list"),
        pytest.param({7: "a"}, "data's name", "use text", id="name"),
        pytest.param({"a": b"x"}, "a", None, id="value of bytes"),
        pytest.param({"a": {"b": "c"}}, "a", None, id="value of a mapping"),
        pytest.param({"a": "\ud800"}, "a", "pass text that can be written as UTF-8", id="surrogate"),
        pytest.param(
            {"\ud800": "a"}, "data's name", "pass text that can be written as UTF-8", id="surrogate in a name"
        ),
    ],
)
def test_what_is_no_form_is_refused(world: World, server: Loopback, data: Any, field: str, remedy: str | None) -> None:
    """Before a byte is sent."""
    with pytest.raises(InputError) as caught:
        world(world.client(base_url=server.url).post("/echo", data=data))

    assert (field, remedy or caught.value.remedy, []) == (caught.value.field, caught.value.remedy, server.received)


@given(st.lists(st.tuples(st.text().filter(lambda name: "\0" not in name), st.text())))
def test_any_form_is_read_as_it_was_written(data: list[tuple[str, str]]) -> None:
    """By the standard library."""
    assert data == parse_qsl(form(data).decode(), keep_blank_values=True, strict_parsing=bool(data))
