"""Bodies that are not what was declared: an error says what, where and why, and nothing is sent again."""

from __future__ import annotations

import codecs
import json
from typing import Any

import httpx
import pytest
from attrs import define
from hypothesis import given
from hypothesis import strategies as st

from restkit import DecodeError, NotFound, Op, UnexpectedContentType
from restkit.border import decode_failure, offset_in
from tests.answers.conftest import Saying
from tests.client.worlds import World


@define
class User:
    """A model."""

    id: int
    name: str = ""


DECLARED: list[Any] = [User, dict, list[User], Any, dict[str, int], str, int, User | None]
PAGE = b"<!DOCTYPE html>\n<title>Log in</title><form><input name='csrf_token' value='canary'></form>" + b"x" * 9000


def failure(world: World, saying: Saying, returns: Any = User) -> Any:
    """The error for what the server says."""
    with pytest.raises(DecodeError) as caught:
        world(world.client(base_url=saying.url).execute(Op("GET", "users/7", "users/{id}", returns=returns)))
    assert 1 == saying.requests == len(caught.value.attempts)
    return caught.value


@pytest.mark.parametrize("declared", [each for each in DECLARED if each is not str], ids=str)
def test_a_login_page_where_json_was_promised(world: World, saying: Saying, declared: Any) -> None:
    """With a short excerpt that holds no secret."""
    saying.say(PAGE, "text/html; charset=utf-8")

    error = failure(world, saying, declared)

    assert (UnexpectedContentType, "the answer is text/html, where JSON was declared", 200, "JSON", "users/{id}") == (
        type(error),
        error.message,
        error.status,
        error.expected,
        error.route,
    )
    assert error.excerpt.startswith("<!DOCTYPE html>\n<title>Log in</title>")
    assert (True, False) == (len(error.excerpt) <= 1024, "canary" in error.excerpt)


@pytest.mark.parametrize("content_type", [None, "application/json"])
@pytest.mark.parametrize(
    "page", [PAGE, b"\n <HTML>", codecs.BOM_UTF8 + b"<html lang=en>", b"<head>", b"  \r\n<body class=x>"]
)
def test_a_page_that_says_it_is_none(world: World, saying: Saying, content_type: str | None, page: bytes) -> None:
    """Without a Content-Type, or with that of JSON: its beginning tells."""
    saying.say(page, content_type)

    error = failure(world, saying)

    assert (UnexpectedContentType, "the answer is HTML, where JSON was declared") == (type(error), error.message)


@pytest.mark.parametrize(
    "content_type", ["text/html", "text/plain", "application/octet-stream", None, "", "nonsense;;"]
)
def test_json_under_another_content_type_is_read(world: World, saying: Saying, content_type: str | None) -> None:
    """Many servers do not say what they send."""
    saying.say(b'{"id": 7}', content_type)

    assert User(7) == world(world.client(base_url=saying.url).execute(Op("GET", "x", returns=User)))


def test_a_strange_content_type_is_shown_harmless(world: World) -> None:
    """One line, and short."""
    made = httpx.Response(200, content=b"x", headers={"Content-Type": b"text/\x1b[2J" + b"x" * 9000})

    with pytest.raises(UnexpectedContentType) as caught:
        world(world.mocked(lambda _: made).execute(Op("GET", "x", returns=User)))

    assert (True, True) == (str(caught.value).isprintable(), len(str(caught.value)) < 1200)


MALFORMED: list[Any] = [
    pytest.param(b'{"id": 7', 8, id="truncated"),
    pytest.param(b'{"id": 7,', 9, id="truncated after a comma"),
    pytest.param(b'{"id": "sev', 11, id="truncated in text"),
    pytest.param(b'{"id": x}', 7, id="character"),
    pytest.param(b'{"id": 7} {', 11, id="more"),
    pytest.param(codecs.BOM_UTF8 + b'{"id": x}', 10, id="after a mark"),
    pytest.param(b"no json", 4, id="text"),
]


@pytest.mark.parametrize("declared", [User, Any, dict], ids=str)
@pytest.mark.parametrize(("body", "offset"), MALFORMED)
def test_json_that_is_malformed(world: World, saying: Saying, body: bytes, offset: int, declared: Any) -> None:
    """The error says where; it quotes nothing, and is not retried."""
    saying.say(body, "application/json")

    error = failure(world, saying, declared)

    assert (DecodeError, "$", offset, None) == (type(error), error.path, error.offset, error.excerpt)


@given(st.binary(max_size=40), st.integers(0, 40))
def test_an_offset_lies_in_the_body(content: bytes, place: int) -> None:
    """As far as anything is known of it."""
    found = [offset_in(message, content) for message in (f"(byte {min(place, len(content))})", "was truncated", "odd")]

    assert (True, len(content) or None, None) == (0 <= (found[0] or 0) <= len(content) + 3, found[1], found[2])


def test_an_offset_that_the_codec_knows_is_kept() -> None:
    """It knows best."""
    response = httpx.Response(200, content=b"x", request=httpx.Request("GET", "https://api.test"))

    error: Any = decode_failure(DecodeError("odd (byte 3)", expected="JSON", offset=5), response)

    assert 5 == error.offset


WRONG: list[Any] = [
    pytest.param({"id": "canary"}, User, "$.id", id="field"),
    pytest.param({"name": "x"}, User, "$.id", id="missing"),
    pytest.param([{"id": 1}, {"id": 2, "name": ["canary"]}], list[User], "$[1].name", id="deep"),
    pytest.param("canary", User, "$", id="whole"),
    pytest.param({"a": {"b": "canary"}}, dict[str, dict[str, int]], "$.a.b", id="mapping"),
]


@pytest.mark.parametrize(("value", "declared", "path"), WRONG)
def test_json_of_another_schema(world: World, saying: Saying, value: Any, declared: Any, path: str) -> None:
    """Where, and what should stand there, but not what does."""
    saying.say(json.dumps(value).encode(), "application/json")

    error = failure(world, saying, declared)

    assert (DecodeError, path, None, None, False) == (
        type(error),
        error.path,
        error.offset,
        error.excerpt,
        "canary" in f"{error}{error.__dict__}",
    )
    assert error.expected


def test_many_wrong_places_make_no_long_message(world: World, saying: Saying) -> None:
    """Ten thousand wrong items, or one with a name without end."""
    saying.say(json.dumps({f"\x1b[2J\n{n}" + "k" * 500: "x" for n in range(200)}).encode(), "application/json")

    error = failure(world, saying, dict[str, int])

    assert (True, True, True) == (str(error).isprintable(), len(str(error)) < 5000, len(error.path) <= 256)


@pytest.mark.parametrize("status", ["200 OK", "204 No Content", "201 Created"])
@pytest.mark.parametrize("content_type", [None, "application/json", "text/html"])
@pytest.mark.parametrize("declared", [User, dict, list[int], int], ids=str)
def test_an_empty_body_where_one_was_declared(
    world: World, saying: Saying, status: str, content_type: str | None, declared: Any
) -> None:
    """It is said to be empty, whatever its type."""
    saying.say(b"", content_type, status)

    error = failure(world, saying, declared)

    assert (DecodeError, "the body is empty", int(status[:3])) == (type(error), error.message, error.status)


@pytest.mark.parametrize("status", ["200 OK", "204 No Content"])
@pytest.mark.parametrize("declared", [User | None, None, str | None], ids=str)
def test_an_empty_body_may_be_none(world: World, saying: Saying, status: str, declared: Any) -> None:
    """Where that is declared."""
    saying.say(b"", status=status)

    assert world(world.client(base_url=saying.url).execute(Op("GET", "x", returns=declared))) is None


def test_an_error_has_its_status_before_its_body(world: World, saying: Saying) -> None:
    """A page with a 404 is no wrong body."""
    saying.say(PAGE, "text/html", "404 Not Found")

    with pytest.raises(NotFound, match="404 Not Found"):
        world(world.client(base_url=saying.url).execute(Op("GET", "x", returns=User)))


def test_the_answer_of_a_plain_verb_may_be_anything(world: World, saying: Saying) -> None:
    """Its data is decoded when it is asked for."""
    saying.say(PAGE, "text/html")
    answer = world(world.client(base_url=saying.url).get("/x"))

    with pytest.raises(UnexpectedContentType):
        _ = answer.data

    assert answer.text == PAGE.decode()
