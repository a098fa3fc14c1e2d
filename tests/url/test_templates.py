"""Path templates: one value, one segment, always escaped."""

from __future__ import annotations

import asyncio
import datetime as dt
import decimal
import enum
import json
import uuid
from typing import Any

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from restkit import Client, ConfigError, InputError, Op
from restkit.url import base_url, encode_query, expand, join, origin, plain, segment
from tests.loopback import Loopback

VALUES = st.text(min_size=1, alphabet=st.characters(exclude_categories=["Cs"])).filter(
    lambda text: text not in {".", ".."}
)
SENT: list[httpx.URL] = []


def note(request: httpx.Request) -> httpx.Response:
    """Keep where a request went."""
    SENT[:] = [request.url]
    return httpx.Response(200)


CLIENT = Client(base_url="https://api.test/v1", transport=httpx.MockTransport(note))


@given(VALUES, VALUES)
@example("../admin", "%2e%2e")
@example("a/b\\c", "a?b#c;d")
@example("\r\n\0\t", "é🎉\u202e")
def test_any_text_comes_back_as_it_was_sent(one: str, two: str) -> None:
    """Each value is one segment on the wire, whatever it holds."""
    path = expand("users/{one}/posts/{two}", {"one": one, "two": two})

    CLIENT.execute(Op("GET", path, returns=None))

    segments = SENT[0].raw_path.decode("ascii").split("/")
    assert ["", "v1", "users", one, "posts", two] == [httpx.URL(f"/{each}").path[1:] for each in segments]


@given(st.dictionaries(VALUES, VALUES, max_size=4))
def test_any_query_comes_back_as_it_was_sent(params: dict[str, str]) -> None:
    """Names and values alike."""
    CLIENT.execute(Op("GET", "users", params=params, returns=None))

    assert params == dict(SENT[0].params)


def test_hard_values_come_over_a_real_socket(server: Loopback) -> None:
    """As the server reads them."""
    hard = ["../admin", "%2e%2e", "a/b", "a?b", "a#b", "a;b", "a\\b", "\r\n\t\0", "é", "🎉", "\u202ex", "a+b c", "~-._"]
    with Client(base_url=f"{server.url}/echo") as client:
        for each in hard:
            client.get(expand("{value}", {"value": each}), params={"q": each})

    received = [httpx.URL(each.target) for each in server.received]
    assert [(f"/echo/{each}", each) for each in hard] == [(each.path, each.params["q"]) for each in received]
    assert [2] * len(hard) == [each.target.partition("?")[0].count("/") for each in server.received]


class Colour(enum.Enum):
    """An enum."""

    RED = "red"


class Level(enum.IntEnum):
    """An enum of numbers."""

    HIGH = 3


class Name(str):
    """Text of a class of its own."""

    __slots__ = ()


NOON = dt.datetime(2024, 5, 6, 12, tzinfo=dt.UTC)
WRITTEN: list[Any] = [
    (7, "7"),
    (-7, "-7"),
    ("a b", "a b"),
    (Name("x"), "x"),
    (True, "true"),
    (False, "false"),
    (1.5, "1.5"),
    (decimal.Decimal("1.50"), "1.50"),
    (uuid.UUID(int=7), "00000000-0000-0000-0000-000000000007"),
    (Colour.RED, "red"),
    (Level.HIGH, "3"),
    (NOON, "2024-05-06T12:00:00+00:00"),
    (NOON.date(), "2024-05-06"),
]


@pytest.mark.parametrize(("value", "written"), WRITTEN)
def test_each_kind_of_value_is_written_in_one_way(value: object, written: str) -> None:
    """In a path as in a query."""
    assert written == plain("name", value)


WRONG: list[Any] = [
    None,
    "",
    ".",
    "..",
    "\ud800",
    b"bytes",
    float("nan"),
    float("inf"),
    object(),
    {},
    [],
    NOON.replace(tzinfo=None),
]


@pytest.mark.parametrize("value", WRONG, ids=repr)
def test_a_value_that_is_no_segment_is_refused(value: object) -> None:
    """By its name; an empty one would reach the collection, a dot another path."""
    with pytest.raises(InputError) as caught:
        segment("id", value)

    assert "id" == caught.value.field


@pytest.mark.parametrize("value", [b"bytes", float("nan"), object(), {}, "\ud800", [b"x"]], ids=repr)
def test_a_value_that_is_no_parameter_is_refused(value: object) -> None:
    """By its name."""
    with pytest.raises(InputError) as caught:
        encode_query({"q": value})

    assert "q" == caught.value.field


def test_a_parameter_with_several_values_is_repeated() -> None:
    """Lists, tuples and sets; None is left out, wherever it stands."""
    assert "a=1&a=2&b=x&b=y&c=z" == encode_query({"a": [1, None, 2], "b": ("x", "y"), "c": {"z"}, "d": None})


def test_parameters_may_be_pairs() -> None:
    """In their order, repeated as written."""
    assert "b=1&a=2&b=3" == encode_query([("b", 1), ("a", 2), ("b", 3)])


@pytest.mark.parametrize("name", [7, None, b"x"], ids=repr)
def test_a_parameter_must_have_a_name_of_text(name: Any) -> None:
    """Anything else is refused."""
    with pytest.raises(InputError):
        encode_query({name: 1})


TEMPLATES: list[Any] = [
    pytest.param("{id}", {}, "wants ['id']", "give each {name} its value", id="missing"),
    pytest.param("x", {"id": 1}, "has no place for ['id']", "give each {name}", id="surplus"),
    pytest.param("{user_id}", {"userid": 1}, "wants ['user_id']", "did you mean 'user_id' instead", id="misspelt"),
    pytest.param("{user_id}", {"user_id": 1, "user_ids": 2}, "has no place for", "did you mean 'user_id'", id="twice"),
    pytest.param("{a", {"a": 1}, "has a brace without its partner", "write values as {name}", id="open"),
    pytest.param("a}", {}, "has a brace without its partner", "write values as {name}", id="closed"),
    pytest.param("{a-b}", {}, "has a brace without its partner", "write values as {name}", id="name"),
]


@pytest.mark.parametrize(("template", "values", "reason", "remedy"), TEMPLATES)
def test_a_template_that_does_not_fit_is_refused(template: str, values: Any, reason: str, remedy: str) -> None:
    """Our setup is wrong, whatever the caller's values are."""
    with pytest.raises(ConfigError) as caught:
        expand(template, values)

    assert (True, True, True) == (
        repr(template) in caught.value.field,
        reason in caught.value.reason,
        remedy in caught.value.remedy,
    )


def test_a_template_takes_its_values_in_any_order() -> None:
    """By their names, each as often as it stands there."""
    assert ("a/1/b/2", "1/1", "plain") == (
        expand("a/{x}/b/{y}", {"y": 2, "x": 1}),
        expand("{x}/{x}", {"x": 1}),
        expand("plain", {}),
    )


JOINS: list[Any] = [
    ("https://a.test/v1", "users", "https://a.test/v1/users"),
    ("https://a.test/v1", "/users", "https://a.test/v1/users"),
    ("https://a.test/v1", "", "https://a.test/v1"),
    ("https://a.test/v1", "https://a.test/v2", "https://a.test/v2"),
    ("https://a.test", "https://a.test:443/v2", "https://a.test:443/v2"),
    ("https://a.test", "https://A.test./v2", "https://A.test./v2"),
    ("https://a.test", "users?next=https://b.test/", "https://a.test/users?next=https://b.test/"),
    (None, "https://b.test/x", "https://b.test/x"),
]


@pytest.mark.parametrize(("base", "path", "joined"), JOINS)
def test_a_path_is_joined_to_its_base(base: str | None, path: str, joined: str) -> None:
    """An absolute URL of the same origin stands for itself."""
    parsed = None if base is None else httpx.URL(base)

    assert joined == join(parsed, (base or "").rstrip("/"), path)


@pytest.mark.parametrize(
    "path", ["https://b.test/", "http://a.test/", "https://a.test:444/", "//b.test/x", "https://a.test.b.test/"]
)
def test_another_origin_is_refused(path: str) -> None:
    """A client's credentials belong to its own."""
    with pytest.raises(InputError) as caught:
        join(httpx.URL("https://a.test"), "https://a.test", path)

    assert ("path", "leads to another origin than a.test") == (caught.value.field, caught.value.reason)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.test", ("https", "a.test", 443)),
        ("http://a.test", ("http", "a.test", 80)),
        ("http://A.test.:8080", ("http", "a.test", 8080)),
    ],
)
def test_an_origin_spells_out_its_port(url: str, expected: tuple[str, str, int]) -> None:
    """RFC 6454, section 4."""
    assert expected == origin(httpx.URL(url))


def test_a_base_url_is_taken_as_text_or_url() -> None:
    """Both mean the same."""
    assert base_url("https://a.test/v1") == base_url(httpx.URL("https://a.test/v1"))


def test_urls_that_come_again_are_remembered(server: Loopback) -> None:
    """Which changes nothing: each call goes where it says."""

    async def main() -> list[str]:
        """What runs on the loop."""
        from restkit import AsyncClient

        async with AsyncClient(base_url=server.url) as client:
            return [json.loads((await client.get(f"/echo/{n % 2}")).content)["target"] for n in range(4)]

    assert ["/echo/0", "/echo/1"] * 2 == asyncio.run(main())
