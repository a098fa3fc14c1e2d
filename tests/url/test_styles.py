"""Queries as each API wants them: lists, objects, and what is left out."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from restkit import UNSET, Client, ConfigError, InputError, M, Op, QueryStyle, Resource, operation
from restkit.url import encode_query
from tests.client.worlds import World
from tests.loopback import Loopback

PARAMS = {"a": [1, None, "x,y", UNSET, True], "b": None, "c": UNSET, "d": [], "e": (2,)}
LISTS: list[Any] = [
    ("repeat", "a=1&a=x%2Cy&a=true&e=2"),
    ("comma", "a=1,x%2Cy,true&e=2"),
    ("brackets", "a%5B%5D=1&a%5B%5D=x%2Cy&a%5B%5D=true&e%5B%5D=2"),
    ("indices", "a%5B0%5D=1&a%5B1%5D=x%2Cy&a%5B2%5D=true&e%5B0%5D=2"),
]


@pytest.mark.parametrize(("lists", "query"), LISTS)
def test_a_list_is_written_in_one_of_four_ways(lists: Any, query: str) -> None:
    """What is None or UNSET is left out, and so is a list of nothing."""
    assert query == encode_query(PARAMS, QueryStyle(lists=lists))


FILTER = {"filter": {"name": "x&y", "age": {"gte": 18}, "none": None, "tags": ["a", "b"]}}
OBJECTS: list[Any] = [
    ("brackets", "repeat", "filter[name]=x&y filter[age][gte]=18 filter[tags]=a filter[tags]=b"),
    ("brackets", "comma", "filter[name]=x&y filter[age][gte]=18 filter[tags]=a,b"),
    ("brackets", "brackets", "filter[name]=x&y filter[age][gte]=18 filter[tags][]=a filter[tags][]=b"),
    ("brackets", "indices", "filter[name]=x&y filter[age][gte]=18 filter[tags][0]=a filter[tags][1]=b"),
    ("dots", "repeat", "filter.name=x&y filter.age.gte=18 filter.tags=a filter.tags=b"),
    ("dots", "comma", "filter.name=x&y filter.age.gte=18 filter.tags=a,b"),
    ("dots", "brackets", "filter.name=x&y filter.age.gte=18 filter.tags[]=a filter.tags[]=b"),
    ("dots", "indices", "filter.name=x&y filter.age.gte=18 filter.tags[0]=a filter.tags[1]=b"),
]


@pytest.mark.parametrize(("objects", "lists", "query"), OBJECTS)
def test_an_object_is_written_in_one_of_two_ways(objects: Any, lists: Any, query: str) -> None:
    """Deeper ones likewise; lists in them as other lists."""
    written = encode_query(FILTER, QueryStyle(lists=lists, objects=objects))

    assert query.split() == [unquote(each) for each in written.split("&")]


def test_objects_in_lists_are_told_apart_by_their_indices() -> None:
    """No other style could."""
    params = {"a": [{"b": 1, "c": 2}, {"b": 3}, [4, 5]]}

    written = encode_query(params, QueryStyle(lists="indices", objects="dots"))

    assert "a[0].b=1&a[0].c=2&a[1].b=3&a[2][0]=4&a[2][1]=5" == unquote(written)


def test_brackets_are_escaped() -> None:
    """As RFC 3986 asks; servers read them alike."""
    assert "a%5Bb%5D%5B%5D=1" == encode_query({"a": {"b": [1]}}, QueryStyle(lists="brackets", objects="brackets"))


@pytest.mark.parametrize(("objects", "key"), [("brackets", "b.c"), ("dots", "b[c]")])
def test_a_key_may_hold_the_marks_of_another_style(objects: Any, key: str) -> None:
    """It can be read in one way only."""
    style = QueryStyle(objects=objects)

    assert style.member("a", key) == unquote(encode_query({"a": {key: 1}}, style)).removesuffix("=1")


def test_a_dot_in_a_key_is_refused_where_dots_are_marks() -> None:
    """It would be read as two keys."""
    with pytest.raises(InputError, match="has a key"):
        _ = encode_query({"a": {"b.c": 1}}, QueryStyle(objects="dots"))


def test_who_refuses_an_object_says_how_to_write_it() -> None:
    """The remedy is the setting."""
    with pytest.raises(InputError) as caught:
        _ = encode_query({"a": {"b": 1}})

    assert ("a", "is an object", True) == (caught.value.field, caught.value.reason, "QueryStyle" in caught.value.remedy)


@pytest.mark.parametrize("field", ["lists", "objects"])
def test_an_unknown_style_is_refused(field: str) -> None:
    """With those that there are."""
    styles: dict[str, Any] = {field: "comas"}

    with pytest.raises(ConfigError, match=f"query_style.{field} is no style; pass one of"):
        _ = QueryStyle(**styles)


@pytest.mark.parametrize("value", ["comma", None, {"lists": "comma"}])
def test_a_setting_of_another_type_is_refused(value: Any) -> None:
    """A style is an object."""
    with pytest.raises(ConfigError, match="query_style is of type"):
        _ = Client(query_style=value)


class Rows(Resource[Any, M], path="echo", query_style=QueryStyle(lists="brackets")):
    """Rows whose queries are written in a style of their own."""

    @operation
    def search(self, *tags: str) -> Op[Any]:
        """A call with a style of its own."""
        return self.call("GET", params={"tags": tags}, query_style=QueryStyle(lists="indices"))

    @operation
    def all(self, **params: object) -> Op[Any]:
        """A call in the style of the resource."""
        return self.call("GET", params=params)


class Acme(Client[M], query_style=QueryStyle(lists="comma", objects="dots")):
    """An API."""

    rows: Rows[M]


def test_the_more_special_style_wins(world: World, server: Loopback) -> None:
    """A call's goes before the resource's, the resource's before the client's."""
    client = world.client(Acme, base_url=server.url)

    _ = world(client.get("/echo", params={"tags": ["a", "b"]}))
    _ = world(client.rows.all(tags=["a", "b"]))
    _ = world(client.rows.search("a", "b"))

    assert [
        "/echo?tags=a,b",
        "/echo?tags%5B%5D=a&tags%5B%5D=b",
        "/echo?tags%5B0%5D=a&tags%5B1%5D=b",
    ] == [each.target for each in server.received]


def test_the_clients_parameters_are_written_in_its_style(world: World, server: Loopback) -> None:
    """Also those of a view, and of a call over them."""
    client = world.client(Acme, base_url=server.url, params={"at": {"x": 1}})

    _ = world(client.get("/echo?y=2", params={"tags": ["a", "b"]}))
    _ = world(client.with_options(params={"to": {"z": [3, 4]}}).get("/echo"))
    _ = world(client.get("/echo", params={"at": None}))

    assert ["/echo?y=2&at.x=1&tags=a,b", "/echo?at.x=1&to.z=3,4", "/echo"] == [each.target for each in server.received]


def test_a_borrower_has_the_clients_parameters_in_its_style() -> None:
    """What `as_httpx` gives sends the same names."""
    sent: list[httpx.URL] = []
    transport = httpx.MockTransport(lambda request: sent.append(request.url) or httpx.Response(200))  # type: ignore[func-returns-value]
    client = Acme(base_url="https://api.test", transport=transport, params={"at": {"x": 1}})

    with client.as_httpx() as borrowed:
        _ = borrowed.get("/echo")

    assert [b"at.x=1"] == [each.query for each in sent]


def test_parameters_of_httpx_keep_their_repetitions(world: World, server: Loopback) -> None:
    """They are pairs, although they look like a mapping."""
    client = world.client(base_url=server.url)

    _ = world(client.get("/echo", params=httpx.QueryParams("a=1&b=2&a=3")))

    assert "/echo?a=1&a=3&b=2" == server.received[0].target


def test_a_query_in_the_path_is_kept(world: World, server: Loopback) -> None:
    """And goes before the parameters; an empty one adds nothing."""
    client = world.client(base_url=server.url)

    _ = world(client.get("/echo?a=%20b c&d", params={"e": 1}))
    _ = world(client.get("/echo?", params={"e": 1}))
    _ = world(client.get("/echo?a=1&", params={"e": 1}))
    _ = world(client.get("/echo?a=[1]&next=https://x.test/../y"))

    assert [
        "/echo?a=%20b%20c&d&e=1",
        "/echo?e=1",
        "/echo?a=1&e=1",
        "/echo?a=%5B1%5D&next=https://x.test/../y",
    ] == [each.target for each in server.received]


KEYS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="[]."), min_size=1, max_size=8)
LEAVES = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
TREES = st.recursive(LEAVES, lambda inner: st.dictionaries(KEYS, inner, min_size=1, max_size=3), max_leaves=6)


@given(st.dictionaries(KEYS, TREES, max_size=4), st.sampled_from(["brackets", "dots"]))
def test_every_object_can_be_read_back(params: dict[str, Any], objects: Any) -> None:
    """Names and values alike, by whoever knows the style."""
    written = encode_query(params, QueryStyle(objects=objects))

    assert params == read(written, objects)


def read(query: str, objects: str) -> dict[str, Any]:
    """Read a query of objects, as a server would."""
    found: dict[str, Any] = {}
    for part in filter(None, query.split("&")):
        name, _, value = (unquote(each) for each in part.partition("="))
        *path, last = (name.replace("]", "").split("[")) if objects == "brackets" else name.split(".")
        inner = found
        for key in path:
            inner = inner.setdefault(key, {})
        inner[last] = value
    return found
