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
from typing_extensions import override

from restkit import UNSET, Client, ConfigError, InputError, Op
from restkit.url import encode_query, expand, join, origin, parse, plain, segment
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
    """Text of a class of its own, which says something else when it is shown."""

    __slots__ = ()

    @override
    def __str__(self) -> str:
        return "shown"


class Ratio(float):
    """A number of a class of its own, which says something else when it is shown."""

    __slots__ = ()

    @override
    def __repr__(self) -> str:
        return "shown"


class Word(enum.StrEnum):
    """An enum of text."""

    A = "a"


class Spoken(str, enum.Enum):  # noqa: UP042 - what it was before Python 3.11
    """An older one."""

    B = "b"


class Colourful(enum.Enum):
    """An enum of another enum's members."""

    GREEN = Name("#0f0")


class Nowhere(dt.tzinfo):
    """A zone that does not know where it is."""

    @override
    def utcoffset(self, moment: dt.datetime | None, /) -> None:
        """None."""


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
    (NOON.time(), "12:00:00"),
    (Word.A, "a"),
    (Spoken.B, "b"),
    (Colourful.GREEN, "#0f0"),
    (Ratio(0.5), "0.5"),
    (1e300, "1e+300"),
    (-0.0, "-0.0"),
    (decimal.Decimal("1E+3"), "1E+3"),
    (2**64, "18446744073709551616"),
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
    decimal.Decimal("nan"),
    decimal.Decimal("-inf"),
    10**5000,
    "x" * 8193,
    "é" * 1366,
    object(),
    {},
    [],
    UNSET,
    NOON.replace(tzinfo=None),
    NOON.replace(tzinfo=Nowhere()),
    NOON - NOON,
]


@pytest.mark.parametrize("value", WRONG, ids=lambda value: type(value).__name__)
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
    pytest.param("{a}/../b", {"a": 1}, "has a dot segment", "write the path that is meant", id="dots"),
    pytest.param("{a}/%2e%2E", {"a": 1}, "has a dot segment", "write the path that is meant", id="escaped-dots"),
    pytest.param("{a}#b", {"a": 1}, "has a fragment", "write # as %23", id="fragment"),
    pytest.param("%2{a}", {"a": "e"}, "has a % that escapes nothing", "write it as %25", id="half-an-escape"),
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
    """By their names, each as often as it stands there, dots beside them or not."""
    assert ("a/1/b/2", "1/1", ".1..1", "plain") == (
        expand("a/{x}/b/{y}", {"y": 2, "x": 1}),
        expand("{x}/{x}", {"x": 1}),
        expand(".{x}..{x}", {"x": 1}),
        expand("plain", {}),
    )


JOINS: list[Any] = [
    ("https://a.test/v1", "users", "https://a.test/v1/users"),
    ("https://a.test/v1", "/users", "https://a.test/v1/users"),
    ("https://a.test/v1", "", "https://a.test/v1"),
    ("https://a.test/v1", "https://a.test/v2", "https://a.test/v2"),
    ("https://a.test/v1", "/", "https://a.test/v1/"),
    ("https://a.test/v1", "?a=1", "https://a.test/v1?a=1"),
    ("https://a.test/v1", "users:batch", "https://a.test/v1/users:batch"),
    ("https://a.test/v1", "https:b.test", "https://a.test/v1/https:b.test"),
    ("https://a.test/v1", "to/https://b.test/", "https://a.test/v1/to/https://b.test/"),
    ("https://a.test", "https://a.test:443/v2", "https://a.test/v2"),
    ("https://a.test", "https://A.test./v2?a=1", "https://a.test/v2?a=1"),
    ("https://a.test", "//a.test/v2", "https://a.test/v2"),
    ("http://127.0.0.1:81", "http://2130706433:81/v2", "http://127.0.0.1:81/v2"),
    ("http://127.0.0.1:81", "http://[::ffff:7f00:1]:81/v2", "http://127.0.0.1:81/v2"),
    ("http://[::1]:81", "http://[0:0:0:0:0:0:0:1]:81/v2", "http://[::1]:81/v2"),
    ("https://a.test", "users?next=https://b.test/", "https://a.test/users?next=https://b.test/"),
    (None, "https://b.test/x", "https://b.test/x"),
    (None, "https://B.test:443/x y", "https://b.test/x%20y"),
]


@pytest.mark.parametrize(("base", "path", "joined"), JOINS)
def test_a_path_is_joined_to_its_base(base: str | None, path: str, joined: str) -> None:
    """An absolute URL of the same origin stands for itself, in the one spelling of its host."""
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


@pytest.mark.parametrize("text", ["http://a.test/\0", "https://a.test:secret", "http://a.test/\ud800"])
def test_what_is_no_url_is_refused(text: str) -> None:
    """Without showing it."""
    with pytest.raises(InputError) as caught:
        _ = parse(text)

    assert ("url", "is no URL", False) == (caught.value.field, caught.value.reason, "secret" in str(caught.value))


def test_urls_that_come_again_are_remembered(server: Loopback) -> None:
    """Which changes nothing: each call goes where it says."""

    async def main() -> list[str]:
        """What runs on the loop."""
        from restkit import AsyncClient

        async with AsyncClient(base_url=server.url) as client:
            return [json.loads((await client.get(f"/echo/{n % 2}")).content)["target"] for n in range(4)]

    assert ["/echo/0", "/echo/1"] * 2 == asyncio.run(main())
