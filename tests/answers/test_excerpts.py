"""What an error quotes: little, harmless, and after little work."""

from __future__ import annotations

import json
import pickle
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from restkit import InputError, RestkitError, StatusError
from restkit.quotation import excerpt, is_fit, secrets_of, unsaid
from restkit.redaction import shorten, visible
from tests.answers.conftest import Saying
from tests.client.worlds import World


def response(content: bytes, **request: Any) -> httpx.Response:
    """An answer to a request."""
    return httpx.Response(400, content=content, request=httpx.Request("POST", "https://api.test/x", **request))


@given(st.binary(max_size=3000) | st.text(max_size=3000).map(str.encode))
def test_any_body_has_an_excerpt(content: bytes) -> None:
    """At most 1 KiB of UTF-8, in which only lines break."""
    shown = excerpt(response(content))

    assert len(shown.encode()) <= 1024
    assert shown.replace("\n", "").replace("\t", "").isprintable() or not shown.replace("\n", "").replace("\t", "")


def test_an_excerpt_keeps_its_lines(world: World, saying: Saying) -> None:
    """Other control characters are escapes."""
    saying.say(b"one\r\ntwo\n\tthree\x1b[2J\x07\x08\r\xc2\x9b four\xe2\x80\xae", "text/plain", "500 Oops")

    with pytest.raises(StatusError) as caught:
        world(world.client(base_url=saying.url).get("/x"))

    assert "one\ntwo\n\tthree\\x1b[2J\\x07\\x08\\r\\x9b four\\u202e" == caught.value.excerpt
    assert "one" not in str(caught.value)


@pytest.mark.parametrize("unit", ["x", "é", "\U0001f389", "\x00", "\n", "<", '{"token":"'])
def test_a_large_body_is_quoted_by_its_beginning(world: World, saying: Saying, unit: str) -> None:
    """Ten megabytes."""
    saying.say(unit.encode() * (10_000_000 // len(unit.encode())), "text/plain", "500 Oops")

    with pytest.raises(StatusError) as caught:
        world(world.client(base_url=saying.url).get("/x"))

    said = caught.value.excerpt or ""
    assert (None, True, True) == (caught.value.data, len(said.encode()) <= 1024, said.endswith(" ..."))


def test_an_error_of_a_large_body_is_small(world: World, saying: Saying) -> None:
    """It may be stored, or sent on."""
    saying.say(b'"' + b"x" * 10_000_000 + b'"', "application/json", "500 Oops")

    with pytest.raises(StatusError) as caught:
        world(world.client(base_url=saying.url).get("/x"))

    assert len(pickle.dumps(caught.value)) < 5000


@pytest.mark.usefixtures("uncollected")
@pytest.mark.parametrize(("depth", "is_kept"), [(90, True), (100, False), (900, False), (30_000, False)])
@pytest.mark.parametrize("unit", ["[]", ('{"a":', "}")])
def test_an_error_can_be_pickled_however_deep_its_body_is(
    world: World, saying: Saying, depth: int, is_kept: object, unit: tuple[str, str]
) -> None:
    """Data of too many levels is left out."""
    saying.say(f"{unit[0] * depth}1{unit[1] * depth}".encode()[:65_536], "application/json", "500 Oops")

    with pytest.raises(StatusError) as caught:
        world(world.client(base_url=saying.url).get("/x"))

    assert is_kept is (caught.value.data is not None)
    assert str(caught.value) == str(pickle.loads(pickle.dumps(caught.value)))  # noqa: S301 - ours


@given(st.text())
def test_a_visible_text_is_printable(text: str) -> None:
    """And one that was is itself."""
    assert (True, True) == (visible(text).isprintable(), not text.isprintable() or visible(text) == text)


@given(st.text(), st.integers(8, 40), st.booleans())
def test_a_shortened_text_is_short(text: str, most: int, more: bool) -> None:  # noqa: FBT001 - drawn
    """With a mark if there was more."""
    shown = shorten(text, most, more=more)

    is_whole = len(text.encode()) <= most and not more
    assert (True, is_whole) == (len(shown.encode()) <= most, shown == text and not shown.endswith(" ..."))


def test_half_a_character_is_not_shown() -> None:
    """Where the text is cut."""
    assert "é" * 3 + " ..." == shorten("é" * 9, 11)


@pytest.mark.parametrize("kind", [RestkitError, StatusError])
def test_a_message_is_one_line(kind: type[RestkitError]) -> None:
    """Whoever makes the error."""
    error = kind("one\ntwo\x1b" + "x" * 9000)

    assert (r"one\ntwo\x1bxx", True, True) == (str(error)[:14], len(str(error)) <= 4096, error.args == (error.message,))


def test_a_field_with_control_characters_makes_one_line() -> None:
    """It is the caller's, and is kept as it is."""
    error = InputError("a\nb", "is odd", "correct it")

    assert (r"a\nb is odd; correct it", "a\nb") == (str(error), error.field)


def test_a_request_id_is_one_short_line(world: World) -> None:
    """Since it is shown."""
    made = httpx.Response(500, headers={"X-Request-Id": b"a\x1b\x9b" + b"x" * 9000})

    with pytest.raises(StatusError) as caught:
        world(world.mocked(lambda _: made).get("/x"))

    assert (r"a\x1b\x9bxxx", True, True) == (
        (caught.value.request_id or "")[:12],
        len(str(caught.value)) < 1000,
        str(caught.value).isprintable(),
    )


SENT: list[Any] = [
    ({"headers": {"Authorization": "Basic dXNlcjpodW50ZXIy"}}, {"dXNlcjpodW50ZXIy", "user:hunter2", "hunter2"}),
    ({"headers": {"Authorization": "Basic ***"}}, {"***"}),
    ({"headers": {"Cookie": "a=hunter2hunter2;b=dark"}}, {"hunter2hunter2"}),
    ({"content": b'{"passWord": "hunter2", "page": "two"}'}, {"hunter2"}),
    ({"content": b'[{"user": {"tokens": ["one1", {"a": 2222}], "page": "two", "pin": null}}]'}, {"one1", "2222"}),
    ({"content": b'{"password": "hunter2"'}, set[str]()),
    ({"content": b"[" * 50_000}, set[str]()),
    ({"content": b'{"password": "' + b"x" * 70_000 + b'"}'}, set[str]()),
    ({"data": {"password": "hunter two", "page": "2"}}, {"hunter two"}),
    ({"content": iter([b"password=hunter2"])}, set[str]()),
    ({"params": {"api_key": "hunter2", "page": "2"}}, {"hunter2"}),
]


@pytest.mark.usefixtures("uncollected")
@pytest.mark.parametrize(("request_", "found"), SENT)
def test_the_secrets_of_a_request(request_: Any, found: set[str]) -> None:
    """As far as it can be known."""
    request = httpx.Request("POST", "https://api.test/x", **request_)

    assert found == {each for each in secrets_of(request) if not each.startswith(("Basic", "a="))}


def test_the_user_info_of_a_request_is_secret() -> None:
    """Both halves: some servers take a token as the user."""
    request = httpx.Request("GET", "https://user:hunter2@api.test/")

    assert ["hunter2", "user"] == secrets_of(request)


@pytest.mark.parametrize("secret", ["plain123", "p&s<w>d'1", 'quo"te12', "per%cent", "sp ace12", "ümläut12"])
def test_a_secret_is_masked_however_it_is_written(secret: str) -> None:
    """As it is, in JSON, in a URL, in HTML."""
    from html import escape
    from urllib.parse import quote, quote_plus

    spelled = [secret, json.dumps(secret)[1:-1], quote(secret, safe=""), quote_plus(secret), escape(secret)]
    said = excerpt(response(f"you sent {', '.join(spelled)} !".encode(), params={"token": secret}))

    assert "you sent " + ", ".join(["[redacted]"] * 5) + " !" == said


def test_a_secret_that_is_cut_is_not_quoted_by_half() -> None:
    """Though masking what comes before it brings its beginning within the excerpt."""
    secret = "s" * 500 + "canary" * 100

    said = excerpt(response(f"{secret * 30} and so on".encode(), params={"token": secret}))

    assert "ss" not in said


def test_data_of_an_error_repeats_no_secret() -> None:
    """Short ones are left, since they may be part of other words."""
    sent = {"params": {"token": "canary-7e57", "pin": "data"}}

    assert b'{"data": "[redacted]"}' == unsaid(b'{"data": "canary-7e57"}', response(b"", **sent).request)


def test_an_error_that_quotes_a_secret_is_no_cause() -> None:
    """However deep it lies."""
    request = httpx.Request("GET", "https://api.test/", headers={"Authorization": "Bearer canary-7e57"})
    deep, above = ValueError("sent canary-7e57"), ValueError("it failed")
    above.__cause__ = deep
    deep.__context__ = above

    assert [False, False, True] == [is_fit(each, request) for each in (deep, above, ValueError("it failed"))]
