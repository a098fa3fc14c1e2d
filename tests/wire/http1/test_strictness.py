"""Answers that are wrong: each row of the table, one broken stream after the other."""

from __future__ import annotations

import pytest

from restkit.wire.http1 import RULES, AnswerTooLarge, BrokenAnswer, End, ResponseParser, Rule, Unsendable, rules
from tests.wire.http1.mistakes import WRONG_CODINGS, WRONG_LENGTHS, WRONG_STARTS
from tests.wire.http1.outcome import pieces
from tests.wire.http1.reading import after, body, events, read

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
END = b"0\r\n\r\n"
THREE = OK + b"Content-Length: 3\r\n\r\nabc"
ALONE = 3000
LARGE = b"x" * rules.MOST_BYTES
Row = tuple[Rule, str, bytes]


def heads(rule: Rule, *streams: bytes) -> list[Row]:
    """Rows of streams that break a rule in their head."""
    return [(rule, "head", stream) for stream in streams]


def bodies(rule: Rule, *streams: bytes) -> list[Row]:
    """Rows of chunked bodies that break a rule."""
    return [(rule, "chunk", CHUNKED + stream) for stream in streams]


def trailers(rule: Rule, *streams: bytes) -> list[Row]:
    """Rows of trailers that break a rule."""
    return [(rule, "trailer", CHUNKED + b"1\r\na\r\n0\r\n" + stream) for stream in streams]


def fields(rule: Rule, *lines: bytes) -> list[Row]:
    """Rows of field lines that break a rule."""
    return heads(rule, *(OK + line + b"\r\n\r\n" for line in lines))


BROKEN: list[Row] = [
    *heads(rules.STATUS_LINE, *(line + b"\r\n" for line in WRONG_STARTS), b"\r\n" + THREE, b"\n"),
    *heads(rules.VERSION, b"HTTP/2.0 200 OK\r\n\r\n", b"HTTP/1.2 200 OK\r\n\r\n", b"HTTP/0.9 200 OK\r\n\r\n"),
    *heads(
        rules.STATUS,
        *(b"HTTP/1.1 %b OK\r\n\r\n" % status for status in (b"99", b"099", b"1000", b"600", b"999", b"0", b"-20")),
    ),
    *heads(
        rules.BARE_CR, OK + b"A: b\rc\r\n\r\n", b"HTTP/1.1 200 O\rK\r\n\r\n", OK + b"A: b\r\r\n\r\n", OK + b"A: b\rc"
    ),
    *heads(
        rules.BARE_LF,
        b"HTTP/1.1 200 OK\nContent-Length: 3\n\nabc",
        OK + b"A: b\nC: d\r\n\r\n",
        OK + b"A: b\r\n\n",
        b"HTTP/1.1 200 OK\n",
    ),
    *heads(rules.CONTROL, b"HTTP/1.1 200 O\x01K\r\n\r\n", b"HTTP/1.1 200 O\x00K\r\n\r\n"),
    *fields(rules.CONTROL, b"A: b\x00c", b"A: \x01", b"A: b\x7f", b"A: \x0b"),
    *fields(rules.FIELD_NAME, b"a b: c", b": c", b"nothing", b"a\x00: b", b"\xe9: b", b"(a): b", b"a[]: b"),
    *fields(rules.NAME_SPACE, b"Content-Length : 3", b"A\t: b"),
    *fields(rules.FIRST_FOLD, b" A: b", b"\tA: b", b" "),
    *heads(rules.HEAD_BYTES, OK + b"A: " + LARGE + b"\r\n\r\n", OK + b"A: " + LARGE, b"HTTP/1.1 200 " + LARGE),
    *fields(rules.FIELDS, b"\r\n".join([b"A: b"] * 1001), b"\r\n".join([b"A: b "] * 1001)),
    *heads(rules.INFORMATIONAL, b"HTTP/1.1 100 Continue\r\n\r\n" * 101),
    *heads(rules.UPGRADE, b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"),
    *fields(rules.LENGTH, *(b"Content-Length: " + value for value in WRONG_LENGTHS)),
    *fields(rules.LENGTH, b"Content-Length: x\r\nTransfer-Encoding: chunked"),
    *fields(
        rules.LENGTHS,
        b"Content-Length: 3\r\nContent-Length: 5",
        b"Content-Length: 3, 5",
        b"Content-Length: 3\r\ncontent-length: 03",
    ),
    *fields(rules.CODING, *(b"Transfer-Encoding: " + value for value in WRONG_CODINGS)),
    *fields(rules.CODING, b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"),
    *heads(rules.OLD_CODING, b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    *bodies(
        rules.CHUNK_SIZE,
        *(
            size + b"\r\na\r\n" + END
            for size in (b"x", b"-1", b"+1", b"1 ", b" 1", b"0x1", b"1_0", b"", b"1\t;a", b"1,")
        ),
        b"0" * 17 + b"\r\n",
        b"f" * 17,
        b"1\r\na\r\ng",
    ),
    *bodies(rules.BARE_LF, b"1\na\r\n0\r\n\r\n", b"1;x\na\r\n0\r\n\r\n", b"1;x\n", b"0\n\n"),
    *bodies(rules.BARE_CR, b"1\ra\r\n0\r\n\r\n", b"1;x\ry\r\na\r\n0\r\n\r\n", b"1\ra"),
    *bodies(rules.CHUNK_EXTENSION, b"1;a=\x00\r\na\r\n0\r\n\r\n", b'1;a="\x7f"\r\na\r\n0\r\n\r\n'),
    *bodies(rules.CHUNK_END, b"1\r\nab\r\n" + END, b"3\r\nab\r\n" + END, b"1\r\na\n" + END, b"1\r\na\rx", b"1\r\naxx"),
    *bodies(
        rules.CHUNK_EXTRAS,
        b"1;" + LARGE + b"\r\na\r\n" + END,
        b"1;" + LARGE + LARGE,
        b"1;%b\r\na\r\n" % LARGE[:1000] * 110 + END,
    ),
    *trailers(rules.CHUNK_EXTRAS, b"T: " + LARGE + b"\r\n\r\n", b"T: " + LARGE + b"x"),
    *trailers(rules.TRAILER_FRAMING, b"Content-Length: 3\r\n\r\n", b"A: b\r\ntransfer-encoding: chunked\r\n\r\n"),
    *trailers(rules.BARE_LF, b"\n", b"T: x\n\r\n\r\n", b"T: x\n"),
    *trailers(rules.BARE_CR, b"\rx", b"T: x\ry\r\n\r\n"),
    *trailers(rules.CONTROL, b"T: \x00\r\n\r\n"),
    *trailers(rules.FIELD_NAME, b"nothing\r\n\r\n", b"a b: c\r\n\r\n"),
    *trailers(rules.NAME_SPACE, b"T : x\r\n\r\n"),
    *trailers(rules.FIRST_FOLD, b" T: x\r\n\r\n"),
    *trailers(rules.FIELDS, b"T: x\r\n" * 1001 + b"\r\n"),
]
"""The row, the place, and a stream that breaks it there."""


@pytest.mark.parametrize(("rule", "place", "stream"), BROKEN)
def test_what_breaks_a_row_is_refused(rule: Rule, place: str, stream: bytes) -> None:
    """The error names the row and the place."""
    with pytest.raises((BrokenAnswer, AnswerTooLarge)) as caught:
        _ = after(stream)

    assert (rule.name, place) == (caught.value.rule.name, caught.value.place)


@pytest.mark.parametrize(("rule", "place", "stream"), BROKEN)
def test_what_breaks_a_row_is_refused_byte_by_byte(rule: Rule, place: str, stream: bytes) -> None:
    """It is the same row, in the same place, if each byte comes alone; of long streams only the last ones do."""
    with pytest.raises((BrokenAnswer, AnswerTooLarge)) as caught:
        _ = after(*pieces(stream, range(max(0, len(stream) - ALONE), len(stream))))

    assert (rule.name, place) == (caught.value.rule.name, caught.value.place)


def test_each_row_is_broken() -> None:
    """No row of the table goes untried here: those that are mended, or close the connection, follow below."""
    tried = {rule.name for rule, _, _ in BROKEN}

    assert tried == {rule.name for rule in RULES if rule.then in ("refused", "too large")}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (b"A: b\r\n c", b"b c"),
        (b"A: b \t\r\n\t  c", b"b c"),
        (b"A:\r\n b", b"b"),
        (b"A: b\r\n \r\n c", b"b c"),
        (b"A: b\r\n c: d", b"b c: d"),
    ],
)
def test_a_folded_value_is_joined(lines: bytes, expected: bytes) -> None:
    """By one space (RFC 9112 5.2)."""
    assert [(b"A", expected)] == read(OK + lines + b"\r\n\r\n")[0].headers  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "lines",
    [
        b"Content-Length: 3\r\ncontent-length: 3",
        b"Content-Length: 3, 3",
        b"Content-Length: 3\r\nA: b\r\nContent-Length: 3,3",
    ],
)
def test_equal_lengths_become_one(lines: bytes) -> None:
    """The first of them, with one value (RFC 9110 8.6)."""
    parser = ResponseParser()
    parser.begin(b"GET")
    parser.feed(OK + lines + b"\r\n\r\nabc")
    head, *rest = events(parser)
    lengths = [value for name, value in head.headers if name.lower() == b"content-length"]  # type: ignore[union-attr]

    assert ([b"3"], [b"abc", End([])], True) == (lengths, rest, parser.reusable)


@pytest.mark.parametrize("spelling", [b"chunked", b"CHUNKED", b"chunked\t", b"chunked ", b"\t chunked"])
def test_how_a_coding_is_spelt(spelling: bytes) -> None:
    """In any letters, with whitespace around it that does not count (RFC 9110 5.5)."""
    assert b"a" == body(OK + b"Transfer-Encoding:" + spelling + b"\r\n\r\n1\r\na\r\n0\r\n\r\n")


def test_a_coding_beats_a_length() -> None:
    """The length is dropped, and the connection is not used again (RFC 9112 6.3)."""
    parser = ResponseParser()
    parser.begin(b"GET")
    parser.feed(OK + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n")
    head, *rest = events(parser)

    assert ([(b"Transfer-Encoding", b"chunked")], [b"a", End([])], False) == (head.headers, rest, parser.reusable)  # type: ignore[union-attr]


POISON = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison"


@pytest.mark.parametrize("extra", [b"x", b"\r\n", b"\n", b"\x00", POISON])
@pytest.mark.parametrize(
    ("method", "stream", "expected"),
    [
        (b"GET", THREE, b"abc"),
        (b"GET", CHUNKED + b"3\r\nabc\r\n0\r\n\r\n", b"abc"),
        (b"GET", CHUNKED + b"0\r\nT: x\r\n\r\n", b""),
        (b"GET", OK + b"Content-Length: 0\r\n\r\n", b""),
        (b"HEAD", OK + b"Content-Length: 3\r\n\r\n", b""),
        (b"GET", b"HTTP/1.1 204 No Content\r\n\r\n", b""),
        (b"GET", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\n", b""),
    ],
)
@pytest.mark.parametrize("later", [False, True])
def test_what_follows_an_answer_is_no_answer(
    method: bytes, stream: bytes, expected: bytes, extra: bytes, *, later: bool
) -> None:
    """It is counted and dropped; the connection takes no other request."""
    parser = ResponseParser()
    parser.begin(method)
    parser.feed(stream if later else stream + extra)
    found = events(parser)
    parser.feed(extra if later else b"")
    found += events(parser)
    parts = b"".join(event for event in found if isinstance(event, bytes))

    assert (expected, len(extra), False) == (parts, parser.excess, parser.reusable)


def test_a_poisoned_connection_takes_no_other_request() -> None:
    """So the poison is never the next answer."""
    parser = after(THREE + POISON)

    with pytest.raises(Unsendable):
        parser.begin(b"GET")


def test_bytes_before_any_request() -> None:
    """An answer that nobody asked for, such as a 408 to an idle connection."""
    parser = ResponseParser()
    parser.feed(b"HTTP/1.1 408 Request Timeout\r\n\r\n")

    assert (None, False) == (parser.next_event(), parser.reusable)


def test_what_came_before_a_mistake_is_told_first() -> None:
    """The head and the body up to it."""
    parser = ResponseParser()
    parser.begin(b"GET")
    parser.feed(CHUNKED + b"1\r\na\r\n2\r\nbc\r\nx")
    found = [parser.next_event(), parser.next_event()]

    with pytest.raises(BrokenAnswer):
        _ = parser.next_event()
    assert b"abc" == found[1]


def test_a_thousand_fields_are_taken() -> None:
    """As many as the cap says."""
    assert 1000 == len(read(OK + b"A: b\r\n" * 1000 + b"\r\n")[0].headers)  # type: ignore[union-attr]


def test_a_head_of_its_cap_is_taken() -> None:
    """As many bytes as it says, the empty line included."""
    value = b"x" * (rules.MOST_BYTES - len(OK) - len(b"A: \r\n\r\n"))

    assert [(b"A", value)] == read(OK + b"A: " + value + b"\r\n\r\n")[0].headers  # type: ignore[union-attr]
