"""What a server never sees: in each world a wrong value, path, query or method is refused before a byte is sent."""

from __future__ import annotations

import datetime as dt
import decimal
from typing import Any

import pytest

from restkit import UNSET, Client, ConfigError, InputError, M, Op, Resource, operation
from tests.client.worlds import World
from tests.loopback import Loopback


class Things(Resource[Any, M], path="things"):
    """What values are put into the path of."""

    @operation
    def rename(self, old: Any, new: Any) -> Op[Any]:
        """Two values in one path."""
        return self.call("POST", "{old}/names/{new}", old=old, new=new)

    @operation
    def above(self) -> Op[Any]:
        """A template that climbs."""
        return self.call("GET", "../admin")

    @operation
    def misspelt(self) -> Op[Any]:
        """A template that does not fit its values."""
        return self.call("GET", "{thing_id}", thing_ib=7)

    @operation
    def missing(self) -> Op[Any]:
        """A template that lacks a value."""
        return self.call("GET", "{id}")

    @operation
    def surplus(self) -> Op[Any]:
        """A template that has no place for a value."""
        return self.call("GET", "all", id=7)


class Acme(Client[M]):
    """An API of things."""

    things: Things[M]


NAIVE = dt.datetime(2024, 5, 6, 12)  # noqa: DTZ001 - that is what is refused
NESTED: list[Any] = []
NESTED.append(NESTED)
CYCLE: dict[str, Any] = {}
CYCLE["a"] = CYCLE

VALUES: list[Any] = [
    pytest.param("", id="empty"),
    pytest.param(".", id="dot"),
    pytest.param("..", id="dots"),
    pytest.param(None, id="none"),
    pytest.param(UNSET, id="unset"),
    pytest.param("\ud800", id="surrogate"),
    pytest.param(b"x", id="bytes"),
    pytest.param(float("nan"), id="nan"),
    pytest.param(decimal.Decimal("inf"), id="infinite"),
    pytest.param(NAIVE, id="naive"),
    pytest.param(dt.timedelta(1), id="timedelta"),
    pytest.param(object(), id="object"),
    pytest.param({}, id="dict"),
    pytest.param([7], id="list"),
    pytest.param(10**5000, id="digits"),
    pytest.param("x" * 2**20, id="megabyte"),
    pytest.param("🎉" * 683, id="long-when-escaped"),
]


@pytest.mark.parametrize("value", VALUES)
def test_a_value_that_is_no_segment_is_refused(world: World, server: Loopback, value: Any) -> None:
    """By its name: an empty one would reach the collection, a dot another path."""
    client = world.client(Acme, base_url=server.url)

    with pytest.raises(InputError) as caught:
        world(client.things.rename("old", value))

    assert ("new", 0) == (caught.value.field, server.connections)


@pytest.mark.parametrize("value", VALUES)
def test_a_value_that_is_no_id_is_refused(world: World, server: Loopback, value: Any) -> None:
    """Of a resource, and of one below it."""
    client = world.client(Acme, base_url=server.url)

    with pytest.raises(InputError) as caught:
        world(client.things(value).list())

    assert ("id", 0) == (caught.value.field, server.connections)


PARAMETERS: list[Any] = [
    pytest.param({"a": float("nan")}, "a", id="nan"),
    pytest.param({"a": float("-inf")}, "a", id="infinite"),
    pytest.param({"a": decimal.Decimal("sNaN")}, "a", id="decimal"),
    pytest.param({"a": b"x"}, "a", id="bytes"),
    pytest.param({"a": {"b": 1}}, "a", id="dict"),
    pytest.param({"a": {}}, "a", id="empty-dict"),
    pytest.param({"a": object()}, "a", id="object"),
    pytest.param({"a": (each for each in "x")}, "a", id="generator"),
    pytest.param({"a": range(3)}, "a", id="range"),
    pytest.param({"a": NAIVE}, "a", id="naive"),
    pytest.param({"a": [NAIVE]}, "a", id="naive-in-a-list"),
    pytest.param({"a": dt.timedelta(1)}, "a", id="timedelta"),
    pytest.param({"a": "\udfff"}, "a", id="surrogate"),
    pytest.param({"a": 10**5000}, "a", id="digits"),
    pytest.param({"a": "x" * 2**20}, "a", id="megabyte"),
    pytest.param({"a": [1, [2]]}, "a", id="list-in-a-list"),
    pytest.param({"a": NESTED}, "a", id="list-in-itself"),
    pytest.param({"\ud800": 1}, "\ud800", id="surrogate-name"),
    pytest.param({7: "x"}, "7", id="number-name"),
    pytest.param("a=1", "params", id="text"),
    pytest.param(b"a=1", "params", id="raw"),
    pytest.param(7, "params", id="number"),
    pytest.param({"a" * 2**20: 1}, "parameter", id="megabyte-name"),
    pytest.param([1], "params", id="no-pair"),
    pytest.param([("a", 1, 2)], "params", id="three"),
    pytest.param([["a", 1]], "params", id="lists"),
    pytest.param((each for each in [("a", 1)]), "params", id="pairs-that-come-once"),
    pytest.param({f"a{n}": "x" * 80 for n in range(100)}, "target", id="many"),
]


@pytest.mark.parametrize(("params", "field"), PARAMETERS)
def test_a_query_that_cannot_be_written_is_refused(world: World, server: Loopback, params: Any, field: str) -> None:
    """By the name of the parameter."""
    client = world.client(base_url=server.url)

    with pytest.raises(InputError) as caught:
        world(client.get("/echo", params=params))

    assert (field, 0) == (caught.value.field, server.connections)


PATHS: list[Any] = [
    *[
        pytest.param(path, reason, id=repr(path))
        for reason, paths in {
            "has a dot segment": (
                "users/../../admin",
                "..",
                "./users",
                "/..",
                "users/.",
                "users/..?a=1",
                "%2e%2E/admin",
                "users/.%2e",
                "users/%2E/x",
                "users/..;x=1/admin",
            ),
            "has a fragment": ("users#top", "#", "users?a=1#top", "https://127.0.0.1/users#top"),
            "has a back-slash": ("users\\admin", "\\\\other.test\\users", "/\\other.test", "users?a=\\"),
            "has a control character": ("users\r\nX: 1", "users\0", "a\tb", "users?a=\n", "\x7f"),
            "has a % that escapes nothing": ("100%", "a%2", "a%zz", "a?b=%"),
            "holds a lone surrogate": ("\ud800", "users?a=\ud800"),
            "leads to another origin": ("//other.test/x", "http://other.test", "https://127.0.0.1/"),
            "has no http or https scheme": ("file:///etc/passwd", "javascript://x", "ftp://127.0.0.1/"),
            "holds a user name or password": ("http://me:secret@127.0.0.1/", "http://127.0.0.1@other.test/"),
            "has no host": ("http:///x", "///x", "http://?a=1"),
            "has no port": ("http://127.0.0.1:0/", "http://127.0.0.1:99999/", "http://127.0.0.1:-1", "http://a:s"),
            "has a space, a back-slash": ("http://127.0.0.1\\x", "http://a b/"),
            "ends in a number": ("http://127.0.0.256/",),
        }.items()
        for path in paths
    ],
    pytest.param("a/" * 5000, "is 10000 characters long", id="long"),
    pytest.param("é" * 1400, "is 8400 characters long", id="long-when-escaped"),
    pytest.param("http://127.0.0.1/" + "a/" * 5000, "is 10001 characters long", id="long-and-absolute"),
]


@pytest.mark.parametrize(("path", "reason"), PATHS)
def test_a_path_that_could_mean_another_is_refused(world: World, server: Loopback, path: str, reason: str) -> None:
    """Whoever reads it after us might read it in another way; the error shows nothing of it."""
    client = world.client(base_url=server.url)

    with pytest.raises(InputError) as caught:
        world(client.get(path))

    error = caught.value
    assert (True, True, False, 0) == (
        error.field in {"path", "target"},
        error.reason.startswith(reason),
        "secret" in str(error),
        server.connections,
    )


@pytest.mark.parametrize("path", ["users", "", "//other.test/x", "file:///etc/passwd", "http://me:pw@api.test/"])
def test_a_client_without_a_base_takes_absolute_urls_only(world: World, path: str) -> None:
    """Those that say where to go."""
    client = world.client()

    with pytest.raises(InputError) as caught:
        world(client.get(path))

    assert "path" == caught.value.field


@pytest.mark.parametrize("name", ["misspelt", "missing", "surplus"])
def test_a_template_that_does_not_fit_is_refused(world: World, server: Loopback, name: str) -> None:
    """Our own setup is wrong."""
    client = world.client(Acme, base_url=server.url)

    with pytest.raises(ConfigError) as caught:
        world(getattr(client.things, name)())

    assert (True, 0) == (caught.value.field.startswith("template "), server.connections)


def test_a_misspelt_value_is_told_what_was_meant(world: World, server: Loopback) -> None:
    """The nearest name of the template."""
    client = world.client(Acme, base_url=server.url)

    with pytest.raises(ConfigError, match="did you mean 'thing_id' instead of 'thing_ib'"):
        world(client.things.misspelt())


def test_a_template_that_climbs_is_refused(world: World, server: Loopback) -> None:
    """As any other path."""
    client = world.client(Acme, base_url=server.url)

    with pytest.raises(InputError, match="has a dot segment"):
        world(client.things.above())

    assert 0 == server.connections


@pytest.mark.parametrize(
    "method",
    ["GET\r\n", "FOO BAR", "CONNECT", "connect", "", "GÉT", "GET /x HTTP/1.1\r\nX: 1", "GET\0", "A:B", b"GET", None],
    ids=repr,
)
def test_a_name_that_no_method_has_is_refused(world: World, server: Loopback, method: Any) -> None:
    """Of a plain call, a builder and a described call."""
    client = world.client(base_url=server.url)
    calls = (
        lambda: world(client.request(method, "/echo")),
        lambda: world(client.build().request(method, "/echo").execute()),
        lambda: world(client.execute(Op(method, "/echo"))),
    )
    said = []
    for call in calls:
        with pytest.raises(InputError) as caught:
            call()
        said.append(caught.value.field)

    assert (["method"] * 3, 0) == (said, server.connections)


@pytest.mark.parametrize(("given", "sent"), [("get", "GET"), ("Query", "QUERY"), ("m-search", "M-SEARCH")])
def test_a_method_is_sent_in_capitals(world: World, given: str, sent: str) -> None:
    """Whatever case it was written in."""
    import httpx

    methods: list[str] = []
    client = world.mocked(lambda request: methods.append(request.method) or httpx.Response(200))  # type: ignore[func-returns-value]

    world(client.request(given, "/x"))
    world(client.execute(Op(given, "/x", returns=None)))

    assert [sent, sent] == methods


STYLED: list[Any] = [
    pytest.param({"a": CYCLE}, id="object-in-itself"),
    pytest.param({"a": {"b]": 1}}, id="closing-key"),
    pytest.param({"a": {"b[": 1}}, id="opening-key"),
    pytest.param({"a": {"": 1}}, id="empty-key"),
    pytest.param({"a": {7: 1}}, id="number-key"),
    pytest.param({"a": [{"b": 1}]}, id="object-in-a-list"),
    pytest.param({"a": {"b": b"x"}}, id="bytes"),
]


@pytest.mark.parametrize("params", STYLED)
def test_an_object_that_could_be_read_as_another_is_refused(world: World, server: Loopback, params: Any) -> None:
    """Also where objects can be written."""
    from restkit import QueryStyle

    client = world.client(base_url=server.url, query_style=QueryStyle(objects="brackets"))

    with pytest.raises(InputError):
        world(client.get("/echo", params=params))

    assert 0 == server.connections
