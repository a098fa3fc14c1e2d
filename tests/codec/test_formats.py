"""Other formats, engines and converters: each is a class with four names, and does all that JSON does."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import uuid
from decimal import Decimal
from typing import Any, ClassVar, Literal

import cattrs
import httpx
import msgspec
import pytest
from attrs import define
from cattrs.errors import IterableValidationError

from restkit import JSON, UNSET, Client, DecodeError, InputError, M, ModelCodec, MsgPack, Op, Resource, operation
from tests.client.worlds import World
from tests.codec.trials import misfit, places, read, refused, written


@define
class Book:
    """A model of many kinds."""

    id: int
    title: str = ""
    price: Decimal | None = None
    published: dt.date | None = None
    rating: float = 0.0
    lent: bool = False
    cover: bytes = b""
    key: uuid.UUID | None = None


class Point(msgspec.Struct):
    """A Struct."""

    x: int
    y: float


BOOK = Book(7, "Emma", Decimal("1.10"), dt.date(1815, 12, 23), 4.5, True, b"\xff\x00", uuid.UUID(int=1))  # noqa: FBT003 - lent


class CSV(ModelCodec):
    """Rows under their names: a format without numbers."""

    media_type = "text/csv"
    name = "CSV"
    lax: ClassVar[bool] = True

    def load(self, content: bytes) -> Any:
        """Each row as an object."""
        return list(csv.DictReader(io.StringIO(content.decode())))

    def dump(self, plain: Any) -> bytes:
        """The rows, under the names of the first."""
        out = io.StringIO()
        writer = csv.DictWriter(out, plain[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(plain)
        return out.getvalue().encode()


class Slow(ModelCodec):
    """JSON by another engine."""

    media_type = "application/json"
    name = "JSON"

    def load(self, content: bytes) -> Any:
        """What the standard library makes of it."""
        return json.loads(content)

    def dump(self, plain: Any) -> bytes:
        """Likewise."""
        return json.dumps(plain).encode()


@pytest.mark.parametrize("codec", [JSON(), MsgPack(), Slow()], ids=["json", "msgpack", "slow"])
def test_a_model_goes_through_every_format(codec: ModelCodec) -> None:
    """And comes back as it was."""
    assert [BOOK] == codec.decoder(list[Book])(codec.encode([BOOK]))


def test_messagepack_has_bytes_and_reads_its_times() -> None:
    """As other writers send them; text is read as well."""
    codec, noon = MsgPack(), dt.datetime(2024, 5, 6, 12, tzinfo=dt.UTC)

    assert b"\xc4\x02ab" == codec.encode(b"ab")
    assert [b"ab", b"a"] == [codec.decoder(bytes)(each) for each in (b"\xc4\x02ab", codec.encode("YQ=="))]
    assert [noon, noon] == [
        codec.decoder(dt.datetime)(each) for each in (msgspec.msgpack.encode(noon), codec.encode(noon))
    ]
    assert {1: "a"} == codec.decoder(dict[int, str])(msgspec.msgpack.encode({1: "a"}))


MALFORMED: list[Any] = [
    pytest.param(b"", "the body is empty", id="empty"),
    pytest.param(b"\xc1", "malformed", id="malformed"),
    pytest.param(b"\x92\x01", "truncated", id="truncated"),
    pytest.param(b"\x01\x01", "trailing", id="trailing"),
    pytest.param(b"\xa1\xff", "not in UTF-8", id="latin-1"),
    pytest.param(b"\x91" * 100_000, "too deep", id="deep"),
    pytest.param(b"\x81\x80\x01", "MessagePack", id="key"),
]


@pytest.mark.usefixtures("uncollected")
@pytest.mark.parametrize(("body", "said"), MALFORMED)
def test_what_is_no_messagepack_is_a_decode_error(body: bytes, said: str) -> None:
    """As with JSON."""
    with pytest.raises(DecodeError) as caught:
        MsgPack().decoder(Any)(body)

    assert (True, "MessagePack") == (said in str(caught.value), caught.value.expected)


def test_numbers_of_a_format_without_numbers_are_text() -> None:
    """A codec says so by `lax`."""
    body = "id,title,price,published,rating,lent\n7,12,1.10,1815-12-23,4,true\n"

    assert [Book(7, "12", Decimal("1.10"), dt.date(1815, 12, 23), 4.0, lent=True)] == read(list[Book], body, CSV())
    assert [Point(1, 2.5)] == read(list[Point], "x,y\n1,2.5\n", CSV())
    assert [{"x": 1}, {"x": "a"}] == read(list[dict[str, int | str]], "x\n1\na\n", CSV())


def test_a_format_without_dates_is_given_text() -> None:
    """And so with Decimals, UUIDs and bytes."""
    body = written([{"id": 7, "price": Decimal("1.10"), "on": dt.date(1815, 12, 23), "key": uuid.UUID(int=1)}], CSV())

    assert f"id,price,on,key\n7,1.10,1815-12-23,{uuid.UUID(int=1)}\n" == body


def test_a_format_of_ones_own_has_errors_like_all_others() -> None:
    """By places, without values; what it raises itself becomes a DecodeError."""
    assert ["expected int @ $[1].id"] == places(list[Book], "id\n1\nx\n", CSV())
    assert "the body is no JSON" == misfit(list[Book], "canary", Slow()).message
    assert ("json[0].id", "is not a finite number") == refused([{"id": float("nan")}], CSV())


@pytest.mark.parametrize("raised", [ValueError("canary"), TypeError("canary"), MemoryError, RecursionError])
def test_whatever_an_engine_raises_is_a_decode_error(raised: Any) -> None:
    """Which does not say what the engine says: that may quote the body."""

    class Failing(Slow):
        """An engine that fails."""

        def load(self, content: bytes) -> Any:  # noqa: ARG002 - whatever it is
            """Raise."""
            raise raised

    error = misfit(int, "1", Failing())

    assert ("JSON", False) == (error.expected, "canary" in str(error))


def test_a_codec_may_say_what_is_wrong_itself() -> None:
    """By a DecodeError."""

    class Careful(Slow):
        """An engine that knows more."""

        def load(self, content: bytes) -> Any:  # noqa: ARG002 - likewise
            """Raise."""
            raise DecodeError("the third line is blank", expected="JSON")

    assert "the third line is blank" == misfit(int, "1", Careful()).message


def test_a_converter_of_ones_own_reads_and_writes() -> None:
    """With its hooks, both ways, in models and in plain data; what it does not know is written as by ours."""
    converter = cattrs.Converter(detailed_validation=False)
    converter.register_structure_hook(dt.date, lambda value, _: dt.date(*map(int, value.split("/"))))
    converter.register_unstructure_hook(dt.date, lambda value: value.strftime("%Y/%m/%d"))
    codec = JSON(converter)

    assert [BOOK.published] == read(list[dt.date], '["1815/12/23"]', codec)
    assert '{"a":["1815/12/23",1]}' == written({"a": (BOOK.published, 1), "b": UNSET}, codec)
    assert "1815/12/23" == json.loads(written(BOOK, codec))["published"]
    assert ("json[0]", "is a set, which has no order") == refused([{1}], codec)
    assert ("json.rating", "is not a finite number") == refused(Book(1, rating=float("inf")), codec)


def test_a_converter_of_ones_own_tells_where_a_body_is_wrong() -> None:
    """By the names of cattrs, which knows nothing of ours."""
    codec = JSON(cattrs.Converter(detailed_validation=False, forbid_extra_keys=True))

    assert ["a required field @ $[1].id", "no such field @ $[1].x"] == places(list[Book], '[{"id":1},{"x":1}]', codec)


def wrong_inside(levels: int) -> Exception:
    """An error of cattrs within others, without the notes that say where."""
    error: Exception = ValueError("canary")
    for _ in range(levels):
        error = IterableValidationError("", [error], Book)
    return error


@pytest.mark.usefixtures("uncollected")
@pytest.mark.parametrize(("levels", "said"), [(3, "expected Book @ $"), (3000, "the JSON is too deep")])
def test_a_hook_may_raise_errors_within_errors(levels: int, said: str) -> None:
    """However many."""
    converter, error = cattrs.Converter(), wrong_inside(levels)

    def fail(_: object, __: object) -> Book:
        raise error

    converter.register_structure_hook(Book, fail)

    assert said in misfit(Book, "{}", JSON(converter)).message


def test_a_hook_that_raises_becomes_a_refusal() -> None:
    """When writing as when reading."""
    converter = cattrs.Converter()
    converter.register_unstructure_hook(Book, lambda _: 1 / 0)

    assert ("json", "cannot be written as JSON") == refused({"a": BOOK}, JSON(converter))


class Library(Client[M], base_url="https://library.test"):
    """An API that speaks more than one format."""

    books: Books[M]


class Books(Resource[Book, M], path="books", codec=MsgPack()):
    """Its books, in one."""

    @operation
    def export(self) -> Op[list[Book]]:
        """All of them, in another."""
        return self.call("GET", "export", codec=CSV())

    @operation
    def load(self, books: list[dict[str, Any]]) -> Op[None]:
        """Send some, in that."""
        return self.call("POST", "import", json=books, codec=CSV())


def test_a_resource_and_a_call_may_have_formats_of_their_own(world: World) -> None:
    """They ask for that, and say what they send."""
    asked: list[tuple[str | None, str | None, bytes]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append((request.headers.get("accept"), request.headers.get("content-type"), request.content))
        if "export" in request.url.path:
            return httpx.Response(200, text="id\n7\n")
        return httpx.Response(200, content=MsgPack().encode({"id": 7}))

    client = world.client(Library, transport=httpx.MockTransport(answer))
    found = [world(client.books.get(7)), *world(client.books.export())]
    world(client.books.load([{"id": 7}]))

    assert [Book(7), Book(7)] == found
    assert [
        ("application/vnd.msgpack", None, b""),
        ("text/csv", None, b""),
        ("text/csv", "text/csv", b"id\n7\n"),
    ] == asked


def test_the_value_of_a_codec_cannot_be_sent_is_an_input_error(world: World) -> None:
    """In its format."""
    client = world.client(Library, transport=httpx.MockTransport(lambda _: httpx.Response(200)))

    with pytest.raises(InputError, match=r"^json.x is a larger number than the format has"):
        world(client.books.update(7, x=2**64))


def test_a_literal_is_no_text_of_a_number() -> None:
    """What a class lists, it lists exactly."""
    assert "expected 1" == misfit(list[dict[str, Literal[1]]], "x\n1\n", CSV()).expected
