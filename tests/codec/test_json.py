"""The JSON codec: classes from bytes and back, and errors that name the place."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
from dataclasses import dataclass
from typing import Any, TypedDict

import cattrs
import msgspec
import pytest
from attrs import Factory, define, field
from hypothesis import given
from hypothesis import strategies as st

from restkit import JSON, Client, ContentError, DecodeError, Op, Unset
from restkit.codec.converter import Manner
from restkit.codec.exact import is_exact as is_exact_in
from tests.client.worlds import World


class Status(enum.Enum):
    """An enum."""

    ACTIVE = "active"


@define
class Address:
    """A model within a model."""

    street: str
    number: int = 0


@define
class User:
    """A model of many kinds."""

    id: int
    address: Address
    tags: list[str] = []  # noqa: RUF008 - attrs copies it not, and nobody changes it
    status: Status | None = None
    created_at: dt.datetime | None = None


@dataclass
class Point:
    """A dataclass."""

    x: int
    y: int = 0


class Row(TypedDict):
    """A typed dict."""

    name: str


DECODED: list[Any] = [
    pytest.param(
        User,
        b'{"id":1,"address":{"street":"Main"},"tags":["a"],"status":"active","created_at":"2024-05-06T12:00:00+00:00","x":1}',
        User(1, Address("Main"), ["a"], Status.ACTIVE, dt.datetime(2024, 5, 6, 12, tzinfo=dt.UTC)),
        id="attrs",
    ),
    pytest.param(Point, b'{"x":1}', Point(1), id="dataclass"),
    pytest.param(Row, b'{"name":"x"}', {"name": "x"}, id="typed-dict"),
    pytest.param(list[Point], b'[{"x":1},{"x":2,"y":3}]', [Point(1), Point(2, 3)], id="list"),
    pytest.param(dict[str, int], b'{"a":1}', {"a": 1}, id="dict"),
    pytest.param(int, b"42", 42, id="int"),
    pytest.param(str | None, b"null", None, id="optional"),
    pytest.param(Any, b'{"a":[1,null]}', {"a": [1, None]}, id="any"),
    pytest.param(object, b"[1]", [1], id="object"),
]


@pytest.mark.parametrize(("declared", "content", "value"), DECODED)
def test_json_becomes_the_declared_type(declared: Any, content: bytes, value: object) -> None:
    """Unknown fields are ignored."""
    assert value == JSON().decoder(declared)(content)


ENCODED: list[Any] = [
    pytest.param(Point(1), b'{"x":1,"y":0}', id="dataclass"),
    pytest.param(Status.ACTIVE, b'"active"', id="enum"),
    pytest.param({"a": [1, None, True, "é"]}, '{"a":[1,null,true,"é"]}'.encode(), id="plain"),
    pytest.param({"status": Status.ACTIVE}, b'{"status":"active"}', id="nested"),
    pytest.param(dt.datetime(2024, 5, 6, 12, tzinfo=dt.UTC), b'"2024-05-06T12:00:00Z"', id="datetime"),
    pytest.param(decimal.Decimal("1.50"), b'"1.50"', id="decimal"),
    pytest.param(None, b"null", id="null"),
]


@pytest.mark.parametrize(("value", "content"), ENCODED)
def test_a_value_becomes_json(value: object, content: bytes) -> None:
    """Compact, in UTF-8."""
    assert content == JSON().encode(value)


def test_a_class_becomes_json_and_back() -> None:
    """With the models within it."""
    user = User(1, Address("Main"), ["a"], Status.ACTIVE, dt.datetime(2024, 5, 6, 12, tzinfo=dt.UTC))

    assert user == JSON().decoder(User)(JSON().encode(user))


@define
class Node:
    """A model that names itself."""

    name: str
    weight: float = 1.5
    count: int = 0
    on: bool = False
    more: Any = None
    children: list[Node] = field(factory=list)
    parent: Node | None = None
    at: dt.datetime | None = None
    on_day: dt.date | None = None
    index: dict[str, int] = field(factory=dict)


SCALARS = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | st.text(max_size=4)
JSONS = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
MOMENTS = st.datetimes(timezones=st.just(dt.UTC)).map(dt.datetime.isoformat)
NODES: st.SearchStrategy[Any] = st.deferred(
    lambda: st.fixed_dictionaries(
        {"name": st.text(max_size=4) | JSONS},
        optional={
            "weight": st.floats(allow_nan=False) | st.integers(-5, 5) | JSONS,
            "count": st.integers() | JSONS,
            "on": st.booleans() | JSONS,
            "more": JSONS,
            "children": st.lists(NODES, max_size=2) | JSONS,
            "parent": NODES | JSONS,
            "at": st.datetimes().map(str) | st.datetimes().map(dt.datetime.isoformat) | MOMENTS | JSONS,
            "on_day": st.dates().map(str) | MOMENTS | JSONS,
            "index": st.dictionaries(st.text(max_size=3), st.integers(-5, 5), max_size=2) | JSONS,
            "unknown": JSONS,
        },
    )
)
TYPES: list[Any] = [
    Node,
    list[Node],
    dict[str, Node],
    Node | None,
    list[int],
    dict[str, float],
    str,
    bool,
    float,
    dt.datetime,
    dt.date,
]


class Thorough(JSON):
    """JSON that is read by cattrs alone."""

    def direct(self, declared: Any, path: Any) -> None:
        """None."""


def is_exact(declared: Any) -> bool:
    """Whether msgspec reads a type exactly, where nothing is renamed."""
    return is_exact_in(declared, Manner())


def read(codec: JSON, declared: Any, content: bytes) -> str:
    """What becomes of a body: its value, or where it is wrong."""
    try:
        return repr(codec.decoder(declared)(content))
    except DecodeError as error:
        return f"{error.path} {error}"


@given(st.sampled_from(TYPES), NODES | st.lists(NODES, max_size=2) | MOMENTS | JSONS)
def test_the_fast_way_reads_what_the_thorough_way_reads(declared: Any, value: object) -> None:
    """The same values, and the same errors: msgspec alone, and cattrs."""
    content = msgspec.json.encode(value)
    assert read(Thorough(), declared, content) == read(JSON(), declared, content)


@pytest.mark.parametrize(
    ("declared", "exact"),
    [
        (Node, True),
        (list[Node], True),
        (User, True),
        (Point, True),
        (Row, False),
        (Node | Address, False),
        (dict[int, str], False),
        (dt.datetime, True),
        (dt.time, True),
        (tuple[int, ...], True),
        (dict, True),
        (list, True),
        (tuple[()], False),
        (int | Unset, False),
    ],
)
def test_only_what_is_known_to_be_the_same_is_read_fast(declared: Any, exact: bool) -> None:  # noqa: FBT001 - a parameter
    """Everything else is left to cattrs."""
    assert exact is is_exact(declared)


def test_classes_that_msgspec_reads_otherwise_are_left_to_cattrs() -> None:
    """Converters, private names, aliases, fields that are no arguments, factories that take the instance."""

    @define
    class Converted:
        """Of a converter."""

        x: int = field(converter=int)

    @define
    class Private:
        """Of a private name."""

        _x: int

    @define
    class Aliased:
        """Of an alias."""

        x: int = field(alias="y")

    @define
    class Inner:
        """Of a field that is no argument."""

        x: int = field(init=False, default=1)

    @define
    class Taking:
        """Of a factory that takes the instance."""

        x: int
        y: int = field(default=Factory(lambda self: self.x, takes_self=True))

    @define
    class Local:
        """Of a class that only this function knows."""

        inner: Inner

    assert [False] * 6 == [is_exact(each) for each in (Converted, Private, Aliased, Inner, Taking, Local)]


CANARY = "canary-7e57"
WRONG: list[Any] = [
    pytest.param(User, f'{{"id":"{CANARY}","address":{{"street":"x"}}}}', "$.id", "expected int", id="field"),
    pytest.param(
        User, f'{{"id":1,"address":{{"number":1,"x":"{CANARY}"}}}}', "$.address.street", "field", id="missing"
    ),
    pytest.param(list[Point], f'[{{"x":1}},{{"x":"{CANARY}"}}]', "$[1].x", "expected int", id="item"),
    pytest.param(dict[str, int], f'{{"a":"{CANARY}"}}', "$.a", "expected int", id="value"),
    pytest.param(int, f'"{CANARY}"', "$", "expected int", id="whole"),
    pytest.param(User, f'["{CANARY}"]', "$", "expected User", id="shape"),
    pytest.param(Point, "null", "$", "expected", id="null"),
]


@pytest.mark.parametrize(("declared", "content", "path", "expected"), WRONG)
def test_a_wrong_value_is_named_by_its_place(declared: Any, content: str, path: str, expected: str) -> None:
    """The path and the expected type; never the value."""
    with pytest.raises(DecodeError) as caught:
        JSON().decoder(declared)(content.encode())

    error = caught.value
    assert (path, True, False) == (
        error.path,
        expected in (error.expected or ""),
        CANARY in f"{error!r} {error.__dict__}",
    )


def test_every_wrong_field_is_named() -> None:
    """Not only the first."""
    with pytest.raises(DecodeError) as caught:
        JSON().decoder(list[int])(b'["a", 1, "b"]')

    assert (True, True) == ("$[0]" in str(caught.value), "$[2]" in str(caught.value))


@pytest.mark.usefixtures("uncollected")
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the body is empty"),
        (b"{", "truncated"),
        (b"\xff", "malformed"),
        (b"[" * 100_000, "too deep"),
        (b"NaN", "mal"),
    ],
    ids=["empty", "truncated", "malformed", "deep", "nan"],
)
def test_a_body_that_is_no_json_is_a_decode_error(content: bytes, reason: str) -> None:
    """With what is wrong with it."""
    with pytest.raises(DecodeError) as caught:
        JSON().decoder(Any)(content)

    assert ("JSON", True, False) == (
        caught.value.expected,
        reason in str(caught.value),
        isinstance(caught.value, ContentError),
    )


@given(st.binary(max_size=64))
def test_no_body_fails_in_another_way(content: bytes) -> None:
    """Whatever bytes come, they are JSON or a DecodeError."""
    try:
        JSON().decoder(list[int])(content)
    except DecodeError as error:
        assert error.path.startswith("$")  # noqa: PT017 - either is right


def test_a_converter_of_ones_own_is_used() -> None:
    """With its hooks, both ways; it still says where a value is wrong."""
    converter = cattrs.Converter(detailed_validation=False)
    converter.register_structure_hook(Status, lambda value, _: Status(value.lower()))
    converter.register_unstructure_hook(Status, lambda value: value.name)
    codec = JSON(converter)

    assert (Status.ACTIVE, b'"ACTIVE"') == (codec.decoder(Status)(b'"ACTIVE"'), codec.encode(Status.ACTIVE))
    with pytest.raises(DecodeError) as caught:
        codec.decoder(list[int])(b'[1, "x"]')
    assert "$[1]" == caught.value.path


def test_a_hook_may_raise_anything() -> None:
    """It becomes a DecodeError, without what it says of the value."""
    converter = cattrs.Converter()

    def fail(value: object, _: object) -> Status:
        raise ZeroDivisionError(value)

    converter.register_structure_hook(Status, fail)

    with pytest.raises(DecodeError) as caught:
        JSON(converter).decoder(Status)(f'"{CANARY}"'.encode())
    assert CANARY not in str(caught.value)


def test_a_hook_that_fails_once_is_still_an_error() -> None:
    """Where the second, explaining look finds nothing wrong."""
    converter = cattrs.Converter()
    errors = [ValueError("once")]

    def fail_once(value: str, _: object) -> Status:
        if errors:
            raise errors.pop()
        return Status(value)

    converter.register_structure_hook(Status, fail_once)

    with pytest.raises(DecodeError):
        JSON(converter).decoder(Status)(b'"active"')


def test_a_codec_of_ones_own_reads_and_writes(world: World) -> None:
    """The seam: another format is one class."""
    import httpx

    class Lines:
        """A line for each value."""

        media_type = "text/x-lines"

        def decoder(self, declared: Any) -> Any:
            """A value for each line."""
            return lambda content: [declared.__args__[0](line) for line in content.decode().splitlines()]

        def encode(self, value: Any) -> bytes:
            """A line for each value."""
            return "\n".join(map(str, value)).encode()

    def echo(request: httpx.Request) -> httpx.Response:
        assert "text/x-lines" == request.headers["accept"] == request.headers["content-type"]
        return httpx.Response(200, content=request.content)

    client = world.mocked(echo, codec=Lines())
    op: Op[Any] = client.build().post("/x").body([1, 2]).op()

    assert [1, 2] == world(client.execute(Op(op.method, op.path, payload=op.payload, returns=list[int])))


def test_a_blocking_client_decodes_without_loading_what_it_does_not_need() -> None:
    """`bytes` need no codec at all."""
    import httpx

    with Client(
        base_url="https://a.test", transport=httpx.MockTransport(lambda _: httpx.Response(200, text="x"))
    ) as client:
        assert b"x" == client.execute(Op("GET", "x", returns=bytes))
