"""Answers that are right: their events, and what becomes of the connection."""

from __future__ import annotations

import pytest

from restkit.wire.http1 import CutAnswer, End, Event, Head, Informational, NoAnswer, ResponseParser, Unsendable
from tests.wire.http1.outcome import pieces
from tests.wire.http1.reading import after, body, events, read

OK = b"HTTP/1.1 200 OK\r\n"
EMPTY = OK + b"Content-Length: 0\r\n\r\n"
THREE = OK + b"Content-Length: 3\r\n\r\nabc"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
OPEN = OK + b"\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


def test_an_answer() -> None:
    """Its head, its body, its end."""
    head = Head(200, b"OK", b"HTTP/1.1", [(b"Content-Length", b"3")], ())

    assert [head, b"abc", End([])] == read(THREE)


def test_a_head_keeps_its_letters_and_its_order() -> None:
    """Names as they were sent, values without the whitespace around them, repeated fields apart."""
    stream = b"HTTP/1.0 404 Not  Found\r\nSet-Cookie: a\r\nX-eMPTY:\r\nSet-Cookie:\t b=\xe9 \r\n\r\n"
    fields = [(b"Set-Cookie", b"a"), (b"X-eMPTY", b""), (b"Set-Cookie", b"b=\xe9")]

    assert Head(404, b"Not  Found", b"HTTP/1.0", fields, ()) == read(stream)[0]


def test_a_reason_may_be_missing() -> None:
    """As not a few servers leave it out."""
    assert Head(200, b"", b"HTTP/1.1", [], ()) == read(b"HTTP/1.1 200\r\n\r\n")[0]


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        (THREE, b"abc"),
        (CHUNKED + b"1\r\na\r\n2;x=y\r\nbc\r\n0\r\n\r\n", b"abc"),
        (CHUNKED + b"0003\r\nabc\r\n000\r\n\r\n", b"abc"),
        (OPEN + b"abc", b"abc"),
        (EMPTY, b""),
        (CHUNKED + b"0\r\n\r\n", b""),
        (OPEN, b""),
        (OK + b"Content-Length: 003\r\n\r\nabc", b"abc"),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nabc", b"abc"),
    ],
)
def test_a_body(stream: bytes, expected: bytes) -> None:
    """By its length, in chunks, or to the end of the stream."""
    assert expected == body(stream)


@pytest.mark.parametrize(
    ("method", "start"),
    [
        (b"HEAD", OK),
        (b"GET", b"HTTP/1.1 204 No Content\r\n"),
        (b"GET", b"HTTP/1.1 304 Not Modified\r\n"),
    ],
)
@pytest.mark.parametrize("fields", [b"", b"Content-Length: 3\r\n", b"Transfer-Encoding: chunked\r\n"])
def test_an_answer_without_a_body(method: bytes, start: bytes, fields: bytes) -> None:
    """Whatever its fields say, it ends with its head (RFC 9112 6.3), and the connection lives on."""
    parser = after(start + fields + b"\r\n", method=method)

    assert (True, 0) == (parser.reusable, parser.excess)


def test_trailers() -> None:
    """The fields behind a chunked body."""
    stream = CHUNKED + b"1\r\na\r\n0\r\nDigest: x\r\nT:\r\n\r\n"

    assert End([(b"Digest", b"x"), (b"T", b"")]) == read(stream)[-1]


def test_trailers_do_not_outlive_their_answer() -> None:
    """The next one has none."""
    parser = after(CHUNKED + b"0\r\nT: x\r\n\r\n")
    parser.begin(b"GET")
    parser.feed(THREE)

    assert End([]) == events(parser)[-1]


def test_informational_heads_come_first() -> None:
    """Each is told when it comes, and the final head knows of them."""
    hints = Informational(103, b"Early Hints", [(b"Link", b"</a>")])
    stream = CONTINUE + b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + EMPTY

    found = read(stream)

    assert [Informational(100, b"Continue", []), hints] == found[:2] == list(found[2].informational)  # type: ignore[union-attr]


def test_twenty_informational_heads_are_kept() -> None:
    """More are told, and forgotten."""
    found = read(CONTINUE * 100 + EMPTY)

    assert (20, 102) == (len(found[100].informational), len(found))  # type: ignore[union-attr]


def test_informational_heads_are_their_answers_own() -> None:
    """The next one has none."""
    parser = after(CONTINUE + EMPTY)
    parser.begin(b"GET")
    parser.feed(EMPTY)

    assert () == events(parser)[0].informational  # type: ignore[union-attr]


def test_another_protocol() -> None:
    """When 101 was asked for, what follows its head is handed on as it is, also what comes later."""
    parser = after(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nab", upgrade=True)
    first = parser.rest()
    parser.feed(b"cd")

    assert (True, False, b"ab", b"cd", None) == (
        parser.switched, parser.reusable, first, parser.rest(), parser.next_event(),
    )  # fmt: skip


def test_a_tunnel() -> None:
    """The answer to a CONNECT that succeeds has no body, whatever its fields say (RFC 9110 9.3.6)."""
    parser = after(OK + b"Content-Length: 3\r\n\r\nabc", method=b"CONNECT")

    assert (True, b"abc") == (parser.switched, parser.rest())


def test_a_tunnel_that_is_refused() -> None:
    """Its answer is like any other."""
    assert b"abc" == body(THREE.replace(b"200", b"407"), b"CONNECT")


def test_a_long_line_of_nothing() -> None:
    """Whitespace is looked at once, however much there is."""
    value = b"a" + b" " * 50_000 + b"b"

    assert [(b"A", value)] == read(OK + b"A: " + value + b" \r\n\r\n")[0].headers  # type: ignore[union-attr]


def test_a_long_extension_in_small_pieces() -> None:
    """It is gathered until its end comes."""
    parser = ResponseParser()
    parser.begin(b"GET")
    parser.feed(CHUNKED)
    found: list[Event] = []
    for piece in pieces(b"1;" + b"x" * 20_000 + b"\r\na\r\n2\r\nbc\r\n0\r\n\r\n", range(0, 20_040, 7)):
        parser.feed(piece)
        found += events(parser)

    assert ([b"a", b"bc", End([])], True) == (found[1:], parser.reusable)


def test_no_other_protocol() -> None:
    """There is nothing to hand on."""
    assert b"" == after(THREE).rest()


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        (THREE, True),
        (CHUNKED + b"0\r\n\r\n", True),
        (OK + b"Connection: keep-alive\r\nContent-Length: 0\r\n\r\n", True),
        (OK + b"Connection: disclosed\r\nContent-Length: 0\r\n\r\n", True),
        (OK + b"Connection: close\r\nContent-Length: 0\r\n\r\n", False),
        (OK + b"Connection: x, CLOSE\r\nContent-Length: 0\r\n\r\n", False),
        (OK + b"Connection: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", False),
        (OPEN, False),
        (b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n", False),
        (THREE[:-1], False),
        (CONTINUE, False),
    ],
)
def test_whether_a_connection_is_used_again(stream: bytes, expected: bool) -> None:  # noqa: FBT001 - a cell of the table
    """Only if the answer is over, its end was told, and nobody wants to close."""
    assert expected == after(stream).reusable


def test_a_request_that_closes() -> None:
    """The connection ends with its answer."""
    assert not after(THREE, close=True).reusable


def test_a_stream_that_has_ended_is_not_used_again() -> None:
    """Also if it ended behind the answer."""
    parser = after(THREE)
    parser.feed_eof()

    assert (False, None) == (parser.reusable, parser.next_event())


@pytest.mark.parametrize(
    ("stream", "place", "missing"),
    [
        (THREE[:-1], "body", 1),
        (THREE[:-3], "body", 3),
        (CHUNKED, "chunk", None),
        (CHUNKED + b"5\r\nabc", "chunk", None),
        (CHUNKED + b"3\r\nabc", "chunk", None),
        (CHUNKED + b"3\r\nabc\r\n", "chunk", None),
        (CHUNKED + b"3\r\nabc\r\n0;x", "chunk", None),
        (CHUNKED + b"0\r\n", "trailer", None),
        (CHUNKED + b"0\r\nT: x\r\n", "trailer", None),
    ],
)
def test_a_body_that_is_cut(stream: bytes, place: str, missing: int | None) -> None:
    """The error says where, and how much is known to be missing."""
    with pytest.raises(CutAnswer) as caught:
        _ = read(stream)

    assert (place, missing) == (caught.value.place, caught.value.missing)


@pytest.mark.parametrize("stream", [b"", b"HT", b"HTTP/1.1 200 OK\r\nContent-", OK])
def test_a_head_that_is_cut(stream: bytes) -> None:
    """The error says how much of it had come: nothing at all is another case than a part."""
    with pytest.raises(NoAnswer) as caught:
        _ = read(stream)

    assert len(stream) == caught.value.received


def test_what_came_before_the_cut_is_told() -> None:
    """The error is not raised in its place."""
    parser = ResponseParser()
    parser.begin(b"GET")
    parser.feed(CHUNKED + b"3\r\nabc\r\n5\r\nde")
    parser.feed_eof()

    assert [b"abc", b"de"] == [parser.next_event() for _ in range(3)][1:]


def test_a_broken_parser_says_no_more() -> None:
    """Nor is its connection used again."""
    parser = ResponseParser()
    parser.begin(b"GET")
    parser.feed_eof()
    with pytest.raises(NoAnswer):
        _ = parser.next_event()

    assert (None, False) == (parser.next_event(), parser.reusable)


def test_a_second_request_waits_for_the_first() -> None:
    """A connection carries one exchange at a time."""
    parser = after(THREE[:-1])

    with pytest.raises(Unsendable, match="connection cannot carry another request"):
        parser.begin(b"GET")


@pytest.mark.parametrize("size", [1 << 16, 10**7])
def test_half_a_million_chunks(size: int) -> None:
    """Of one byte each, in pieces as sockets give them, or in one: they are joined into a few parts."""
    stream = CHUNKED + b"1\r\na\r\n" * 500_000 + b"0\r\n\r\n"
    parser = ResponseParser()
    parser.begin(b"GET")
    parts: list[bytes] = []
    for start in range(0, len(stream), size):
        parser.feed(stream[start : start + size])
        parts += [event for event in events(parser) if isinstance(event, bytes)]

    assert (500_000, True) == (sum(map(len, parts)), len(parts) < 200)


def test_a_piece_of_a_body_is_not_copied() -> None:
    """What came alone is given as it came."""
    parser = after(OK + b"Content-Length: 1000\r\n\r\n")
    piece = bytes(500)
    parser.feed(piece)

    assert parser.next_event() is piece


def test_nothing_is_held_on_to_while_a_body_comes() -> None:
    """Pieces that never end where a chunk does leave nothing behind."""
    parser = after(CHUNKED + b"5\r\nab")
    for _ in range(1000):
        parser.feed(b"cde\r\n5")
        _ = events(parser)
        parser.feed(b"\r\nab")
        _ = events(parser)

    assert len(parser._received.data) < 20  # noqa: SLF001 - memory has no public face
