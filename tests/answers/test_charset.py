"""Text in its charset: whatever a Content-Type says, text comes out."""

from __future__ import annotations

import codecs
import logging
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from restkit import ConfigError, InputError, Op, Response
from restkit.charset import BOMS, LONGEST, TEXT, charset, encoding_of, is_text, media_type, note, text_encoding
from tests.answers.conftest import Saying
from tests.client.worlds import World

NO_TEXT = [
    *("zlib", "idna", "hex", "rot13", "rot_13", "nope", "undefined", "mbcs", "oem", "unicode_escape", "punycode"),
    *("raw_unicode_escape", "base64", "bz2", "uu", "quopri", "utf-7", "aliases", "charmap", "palmos", "", "\0", "é"),
    *("../../etc/passwd", "encodings.utf_8", "x" * 1000, "none", "utf-8\x1b[2J"[5:]),
]
BYTES = "Zoë €".encode("cp1252") + b"\x81\xff"


@pytest.mark.parametrize("name", NO_TEXT)
def test_a_charset_that_is_no_text_encoding_is_passed_over(world: World, saying: Saying, name: str) -> None:
    """Nothing raises; what cannot be read in the client's encoding is U+FFFD."""
    saying.say(b"Zo\xff", f'text/plain; charset="{name}"' if name.isprintable() and name.isascii() else "text/plain")
    client = world.client(base_url=saying.url)

    answer = world(client.get("/x"))

    assert ("utf-8", "Zo\ufffd", None) == (answer.encoding, answer.text, text_encoding(name))


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("UTF-8", "utf-8"),
        ("utf8", "utf-8"),
        ("'utf-8'", "utf-8"),
        ("latin1", "iso8859-1"),
        ("ISO-8859-1:1987", "iso8859-1"),
        ("windows-1252", "cp1252"),
        ("Shift_JIS", "shift_jis"),
        ("koi8-u", "koi8-u"),
        ("US-ASCII", "ascii"),
    ],
)
def test_a_charset_has_many_spellings(name: str, encoding: str) -> None:
    """Those of Python."""
    assert encoding == text_encoding(name)


@pytest.mark.parametrize("name", sorted(TEXT))
def test_every_text_encoding_reads_any_bytes(world: World, name: str) -> None:
    """Whole, and as lines."""
    body = bytes(range(256)) * 3 + b"\x1b$B(\x1b(" + BYTES
    headers = {"Content-Type": f"text/plain; charset={name}"}
    client = world.mocked(lambda _: httpx.Response(200, content=body, headers=headers))

    answer = world(client.get("/x"))
    with world.open(client.stream(Op("GET", "x"))) as streamed:
        lines = list(world.items(streamed.aiter_lines() if world.awaits else streamed.iter_lines()))

    assert (codecs.lookup(name).name, True) == (answer.encoding, bool(lines))
    assert "".join(answer.text.splitlines()).encode("utf-8")


TYPES: list[Any] = [
    ("", None),
    ("text/html", None),
    ("text/html; charset=utf-8", "utf-8"),
    ('text/html;CHARSET="utf-8"', "utf-8"),
    ('text/html; charset="ut\\f-8"', "utf-8"),
    ('text/html; charset="utf-8', "utf-8"),
    ("text/html ; charset = utf-8 ", "utf-8"),
    ("text/html; charset=utf-8; charset=zlib", "utf-8"),
    ('text/html; x="; charset=zlib"; charset=utf-8', "utf-8"),
    ("text/html; charset*=utf-8''x", None),
    ("text/html; charset*0=utf; charset*1=-8", None),
    ("text/html; xcharset=zlib; charset", ""),
    ("text/html, text/html; charset=utf-8", "utf-8"),
    ("text/html; charset=utf-8, text/html", "utf-8"),
    ("text/html" + ";" * LONGEST + "charset=utf-8", None),
    ("charset=utf-8", None),
]


@pytest.mark.parametrize(("content_type", "found"), TYPES)
def test_a_charset_is_found(content_type: str, found: str | None) -> None:
    """Quoted or not, in any case, the first of several, and not in another parameter's value."""
    assert found == charset(content_type)


@pytest.mark.parametrize(
    ("content_type", "found"),
    [
        ("Text/HTML; charset=x", "text/html"),
        ("application/json, application/json", "application/json"),
        (" text/plain ", "text/plain"),
        ("", ""),
        ("x" * 5000, "x" * LONGEST),
    ],
)
def test_a_media_type_is_found(content_type: str, found: str) -> None:
    """In lower case, without its parameters."""
    assert found == media_type(content_type)


@given(st.text())
def test_any_content_type_can_be_read(content_type: str) -> None:
    """It has a charset that is a text encoding, or none."""
    found = charset(content_type)

    assert found is None or text_encoding(found) is None or "x" == b"x".decode(text_encoding(found) or "", "ignore")[:1]


@pytest.mark.parametrize("content_type", ["text/plain; charset=" + ";" * 90_000, "text/plain" + ";" * 90_000])
def test_a_content_type_may_be_long(world: World, content_type: str) -> None:
    """Only its beginning is read."""
    headers = {"Content-Type": content_type}
    answer = world(world.mocked(lambda _: httpx.Response(200, content=b"x", headers=headers)).get("/x"))

    assert ("utf-8", "x") == (answer.encoding, answer.text)


@pytest.mark.parametrize(("mark", "encoding"), BOMS.items())
def test_a_byte_order_mark_tells_the_encoding(world: World, saying: Saying, mark: bytes, encoding: str) -> None:
    """Where the headers do not; it is no part of the text."""
    little = mark in {codecs.BOM_UTF16_LE, codecs.BOM_UTF32_LE}
    spelled = encoding if encoding == "utf-8" else f"{encoding}-{'le' if little else 'be'}"
    saying.say(mark + "Zoë\nEve".encode(spelled), "text/plain")
    client = world.client(base_url=saying.url)

    answer = world(client.get("/x"))
    with world.open(client.stream(Op("GET", "x"))) as streamed:
        lines = list(world.items(streamed.aiter_lines() if world.awaits else streamed.iter_lines()))

    assert (encoding, "Zoë\nEve", ["Zoë", "Eve"]) == (answer.encoding, answer.text, lines)


def test_the_headers_come_before_the_mark(world: World, saying: Saying) -> None:
    """A mark of the same encoding is dropped."""
    saying.say(codecs.BOM_UTF8 + b"x", "text/plain; charset=utf-8")
    client = world.client(base_url=saying.url)
    same = world(client.get("/x")).text
    saying.say(codecs.BOM_UTF8 + b"x", "text/plain; charset=latin-1")

    assert ("x", "ï»¿x") == (same, world(client.get("/x")).text)


def test_json_is_utf_8_whatever_its_charset(world: World, saying: Saying) -> None:
    """RFC 8259, section 8.1."""
    saying.say('"Zoë"'.encode(), "application/json; charset=latin-1")
    client = world.client(base_url=saying.url)

    assert "Zoë" == world(client.execute(Op("GET", "x", returns=str)))


def test_lines_are_read_in_their_charset(world: World, saying: Saying) -> None:
    """Whatever cannot be read is U+FFFD."""
    saying.say("Zoë\n".encode("utf-16-le") + b"\x00", "text/plain; charset=utf-16le")

    with world.open(world.client(base_url=saying.url).stream(Op("GET", "x"))) as answer:
        lines = list(world.items(answer.aiter_lines() if world.awaits else answer.iter_lines()))

    assert ("utf-16-le", ["Zoë", "\ufffd"]) == (answer.encoding, lines)


def test_an_open_answer_has_its_encoding_from_its_headers(world: World, saying: Saying) -> None:
    """Its mark has not been seen yet; its text cannot be had."""
    saying.say(codecs.BOM_UTF16_LE + b"x\0", "text/plain")

    with world.open(world.client(base_url=saying.url).stream(Op("GET", "x"))) as answer:
        encoding = answer.encoding
        with pytest.raises(InputError, match="cannot be read"):
            _ = answer.text
        with pytest.raises(InputError, match="cannot be read"):
            _ = answer.content

    assert "utf-8" == encoding


def test_text_is_made_once(world: World) -> None:
    """However often it is read."""
    answer = world(world.mocked(lambda _: httpx.Response(200, text="x" * 5000)).get("/x"))

    assert answer.text is answer.text


def test_a_response_of_ones_own_may_find_its_encoding() -> None:
    """By a function, as httpx has it; that is not asked."""
    made = httpx.Response(200, content=b"x", default_encoding=lambda _: "zlib")

    assert "utf-8" == encoding_of(made, b"x")


@pytest.mark.parametrize("name", ["zlib", "idna", "undefined", "punycode", "nope", "hex", ""])
def test_a_default_encoding_reads_any_text(world: World, name: str) -> None:
    """One that does not is refused when the client is made."""
    with pytest.raises(ConfigError, match="default_encoding"):
        world.client(default_encoding=name)


def test_an_unknown_charset_is_logged_once(world: World, saying: Saying, caplog: pytest.LogCaptureFixture) -> None:
    """However many answers have it."""
    name = f"x-{world.name}-{httpx.__name__}"
    saying.say(b"x", f"text/plain; charset={name}")
    client = world.client(base_url=saying.url)

    answers: list[Response[Any]] = [world(client.get("/x")) for _ in range(3)]
    read = [(answer.text, answer.encoding) for answer in answers]

    records = [each for each in caplog.records if each.levelno == logging.WARNING and name in each.getMessage()]
    assert (3 * [("x", "utf-8")], 1, "restkit") == (read, len(records), records[0].name)


def test_a_server_cannot_fill_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """With a new name in each answer, with a long one, or with one that fools a terminal."""
    for number in range(200):
        note(f"\x1b[2J\n{number}" + "x" * 1000, "utf-8")

    said = [each.getMessage() for each in caplog.records]
    assert (True, True, True) == (
        len(said) <= 64,
        all(each.isprintable() for each in said),
        all(len(each) < 200 for each in said),
    )


TEXTS: list[Any] = [
    ("text/plain", b"7", "7"),
    ("text/html; charset=latin-1", b"Zo\xeb", "Zoë"),
    ("TEXT/CSV", b"a,b", "a,b"),
    ("text/plain", b"", ""),
    ("application/json", b'"seven"', "seven"),
    ("text/json", b'"seven"', "seven"),
    ("text/x-json; charset=utf-8", b'"seven"', "seven"),
    (None, b'"seven"', "seven"),
]


@pytest.mark.parametrize(("content_type", "body", "value"), TEXTS)
def test_an_operation_may_answer_text(
    world: World, saying: Saying, content_type: str | None, body: bytes, value: str
) -> None:
    """As it came, if it is `text/...`; out of JSON otherwise."""
    saying.say(body, content_type)

    assert value == world(world.client(base_url=saying.url).execute(Op("GET", "x", returns=str)))


@pytest.mark.parametrize(("body", "value"), [(b"seven", "seven"), (b"", None)])
def test_an_operation_may_answer_text_or_none(world: World, saying: Saying, body: bytes, value: str | None) -> None:
    """An empty body is none."""
    saying.say(body, "text/plain")

    assert value == world(world.client(base_url=saying.url).execute(Op("GET", "x", returns=str | None)))


def test_a_list_of_text_is_no_text(world: World, saying: Saying) -> None:
    """It is JSON, under whatever Content-Type."""
    saying.say(b'["seven"]', "text/plain")

    assert ["seven"] == world(world.client(base_url=saying.url).execute(Op("GET", "x", returns=list[str])))


@pytest.mark.parametrize(
    ("content_type", "expected"), [("text/plain", True), ("text/json", False), ("application/xml", False), ("", False)]
)
def test_what_is_text(content_type: str, expected: object) -> None:
    """Its type, and no JSON."""
    assert expected is is_text(content_type)
