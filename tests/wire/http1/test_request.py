"""What goes out: heads, and the framing of bodies."""

from __future__ import annotations

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from restkit.wire.http1 import Chunked, Counted, Field, Unsendable, Writer, names, written

HOST = (b"Host", b"api.test")
TOKENS = st.text("abcXYZ019!#$%&'*+-.^_`|~", min_size=1).map(str.encode)
TEXTS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0xFF, exclude_characters="\x7f")).map(
    lambda text: text.encode("latin-1")
)
TARGETS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1).map(str.encode)
SECRET = b"s3cret"


@pytest.mark.parametrize("method", ["GET", b"GET"])
def test_a_head(method: bytes | str) -> None:
    """One line for the request, one for each field, an empty one."""
    fields = [HOST, (b"Accept", b"*/*"), (b"X-Empty", b""), (b"X-Tab", b"a\tb\xe9")]
    expected = b"GET /users/7?x=1 HTTP/1.1\r\nHost: api.test\r\nAccept: */*\r\nX-Empty: \r\nX-Tab: a\tb\xe9\r\n\r\n"

    assert expected == written(method, b"/users/7?x=1", fields).head


WRONG: list[tuple[str, bytes | str, bytes, list[Field]]] = [
    ("method", "", b"/", [HOST]),
    ("method", "GET\r\n", b"/", [HOST]),
    ("method", "FOO BAR", b"/", [HOST]),
    ("method", "G\xc9T", b"/", [HOST]),
    ("method", b"G@T", b"/", [HOST]),
    ("target", "GET", b"", [HOST]),
    ("target", "GET", b"/ HTTP/1.1\r\nX: y", [HOST]),
    ("target", "GET", b"/a b", [HOST]),
    ("target", "GET", b"/\x00", [HOST]),
    ("target", "GET", b"/\xe9", [HOST]),
    ("target", "GET", b"/\n", [HOST]),
    ("header name", "GET", b"/", [HOST, (b"X: y", b"z")]),
    ("header name", "GET", b"/", [HOST, (b"", b"z")]),
    ("header name", "GET", b"/", [HOST, (b"X\r\nY", b"z")]),
    ("header name", "GET", b"/", [HOST, (b"X\x00", b"z")]),
    ("header name", "GET", b"/", [HOST, (b"X\xe9", b"z")]),
    ("header name", "GET", b"/", [HOST, (b" X", b"z")]),
    ("header X-Key", "GET", b"/", [HOST, (b"X-Key", SECRET + b"\r\nX: y")]),
    ("header X-Key", "GET", b"/", [HOST, (b"X-Key", SECRET + b"\r\n")]),
    ("header X-Key", "GET", b"/", [HOST, (b"X-Key", SECRET + b"\n")]),
    ("header X-Key", "GET", b"/", [HOST, (b"X-Key", SECRET + b"\r")]),
    ("header X-Key", "GET", b"/", [HOST, (b"X-Key", b"\x00" + SECRET)]),
    ("header X-Key", "GET", b"/", [HOST, (b"X-Key", b"\x7f" + SECRET)]),
    ("header Host", "GET", b"/", []),
    ("header Host", "GET", b"/", [(b"Accept", b"*/*")]),
    ("header Host", "GET", b"/", [HOST, (b"host", b"other.test")]),
    ("framing", "POST", b"/", [HOST, (b"Content-Length", b"3"), (b"content-length", b"3")]),
    ("framing", "POST", b"/", [HOST, (b"Content-Length", b"3"), (b"Transfer-Encoding", b"chunked")]),
    ("framing", "POST", b"/", [HOST, (b"Transfer-Encoding", b"chunked"), (b"Transfer-Encoding", b"chunked")]),
    *[
        ("header Content-Length", "POST", b"/", [HOST, (b"Content-Length", value)])
        for value in (b"", b"-1", b"+3", b"3 ", b"1_0", b"0x3", b"\xb2", b"9" * 19)
    ],
    ("header Transfer-Encoding", "POST", b"/", [HOST, (b"Transfer-Encoding", b"gzip, chunked")]),
]
"""The field at fault, and a request that is not to be sent."""


@pytest.mark.parametrize(("field", "method", "target", "fields"), WRONG)
def test_a_head_that_could_be_misread_is_refused(
    field: str, method: bytes | str, target: bytes, fields: list[Field]
) -> None:
    """The error says which part of it, and shows no value."""
    with pytest.raises(Unsendable) as caught:
        _ = written(method, target, fields).head

    assert (field, False) == (caught.value.field, SECRET.decode() in str(caught.value))


FEW_FIELDS = st.sampled_from(
    [
        [HOST],
        [HOST, (b"Accept", b"*/*")],
        [HOST, (b"Accept", b"text/plain")],
        [HOST, (b"Connection", b"keep-alive")],
        [HOST, (b"Connection", b"close")],
        [HOST, (b"Content-Length", b"3")],
        [HOST, (b"X-Key", SECRET + b"\r\n")],
        [],
    ]
)
FEW_REQUESTS = st.tuples(
    st.sampled_from(["GET", b"GET", b"PUT", b"G@T"]), st.sampled_from([b"/", b"/a", b"", b"/ X"]), FEW_FIELDS
)


def outcome(writer: Writer, method: bytes | str, target: bytes, fields: list[Field]) -> object:
    """A head as it is written, or what is at fault."""
    try:
        return writer.written(method, target, list(fields))
    except Unsendable as error:
        return str(error)


@given(st.lists(FEW_REQUESTS, max_size=8))
def test_a_writer_that_remembers_writes_the_same(requests: list[tuple[bytes | str, bytes, list[Field]]]) -> None:
    """As one that has written nothing before."""
    old = Writer()

    for method, target, fields in requests:
        said, expected = outcome(old, method, target, fields), outcome(Writer(), method, target, fields)
        assert repr(expected) == repr(said)


def test_a_writer_keeps_no_list_of_its_caller() -> None:
    """Which may go on to change it."""
    writer, fields = Writer(), [HOST]
    _ = writer.written("GET", b"/", fields)
    fields.append((b"Accept", b"*/*"))

    assert b"GET / HTTP/1.1\r\nHost: api.test\r\nAccept: */*\r\n\r\n" == writer.written("GET", b"/", fields).head


@given(method=TOKENS, target=TARGETS, fields=st.lists(st.tuples(TOKENS, TEXTS)))
def test_a_server_reads_what_was_asked(method: bytes, target: bytes, fields: list[Field]) -> None:
    """h11 does: the method, the target, each field."""
    fields = [HOST, *((b"x-" + name, value) for name, value in fields)]
    server = h11.Connection(h11.SERVER)
    server.receive_data(written(method, target, fields).head)
    asked = server.next_event()

    assert isinstance(asked, h11.Request)
    assert (method, target, [(name.lower(), value) for name, value in fields]) == (
        asked.method,
        asked.target,
        list(asked.headers),
    )


@given(st.binary(max_size=5), st.binary(max_size=5), st.binary(max_size=5), st.binary(max_size=8))
def test_no_value_brings_lines_of_its_own(method: bytes, target: bytes, name: bytes, value: bytes) -> None:
    """Whatever the bytes are, there are as many lines as there are fields, or the head is refused."""
    try:
        head = written(method, target, [HOST, (name, value)]).head
    except Unsendable:
        return

    assert 4 == len(head.splitlines()) if b"\x85" not in head and b"\x1c" not in head else head.count(b"\n")


def test_strangers_names_are_not_learned_without_end() -> None:
    """What they mean is found out anew each time."""
    for number in range(5000):
        _ = names.concerns([(b"x-%d" % number, b"")])

    assert (True, names.CONTENT_LENGTH) == (len(names._learned) <= 2048, names.meaning_of(b"CONTENT-lenGTH"))  # noqa: SLF001 - memory has no public face


@pytest.mark.parametrize(
    ("value", "expected"), [(b"100-continue", True), (b"100-Continue", True), (b"200-ok", False), (None, False)]
)
def test_a_body_that_waits(value: bytes | None, expected: bool) -> None:  # noqa: FBT001 - a cell of the table
    """For 100, if the request says so (RFC 9110 10.1.1)."""
    fields = [HOST] if value is None else [HOST, (b"expect", value)]

    assert expected == written("PUT", b"/", fields).expects_continue


def test_a_head_that_waits() -> None:
    """It goes out like any other."""
    assert written("PUT", b"/", [HOST, (b"Expect", b"100-continue")]).head.endswith(b"Expect: 100-continue\r\n\r\n")


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ((b"Connection", b"keep-alive"), (False, False)),
        ((b"Connection", b"Upgrade"), (False, False)),
        ((b"Connection", b"TE, Close"), (False, True)),
        ((b"upgrade", b"websocket"), (True, False)),
    ],
)
def test_what_becomes_of_the_connection(field: Field, expected: tuple[bool, bool]) -> None:
    """Whether it is to speak another protocol, or to close."""
    found = written("GET", b"/", [HOST, field])

    assert expected == (found.asks_for_upgrade, found.says_close)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ([HOST, (b"Transfer-Encoding", b"Chunked")], b"3\r\nabc\r\na\r\n0123456789\r\n0\r\n\r\n"),
        ([HOST, (b"Content-Length", b"13")], b"abc0123456789"),
    ],
)
def test_a_body_in_parts(fields: list[Field], expected: bytes) -> None:
    """Framed as its head says; an empty part is nothing."""
    body = written("POST", b"/", fields).outgoing()

    assert expected == body.part(b"abc") + body.part(b"") + body.part(b"0123456789") + body.end()


def test_no_body() -> None:
    """A head that frames none has none."""
    assert b"" == written("GET", b"/", [HOST, (b"Connection", b"close")]).outgoing().end()


def test_a_body_that_is_longer_than_it_said() -> None:
    """Its rest would be read as the next request."""
    with pytest.raises(Unsendable, match="body is longer than its Content-Length"):
        _ = Counted(3).part(b"abcd")


def test_a_body_that_is_shorter_than_it_said() -> None:
    """The next request would be read as its rest."""
    body = Counted(3)
    _ = body.part(b"ab")

    with pytest.raises(Unsendable, match="body is shorter than its Content-Length"):
        _ = body.end()


@given(st.lists(st.binary()))
def test_chunks_come_back(parts: list[bytes]) -> None:
    """As h11 reads them."""
    server = h11.Connection(h11.SERVER)
    body = Chunked()
    head = written("POST", b"/", [HOST, (b"Transfer-Encoding", b"chunked")]).head
    server.receive_data(head + b"".join(map(body.part, parts)) + body.end())
    found = b""
    while not isinstance(event := server.next_event(), h11.EndOfMessage):
        found += event.data if isinstance(event, h11.Data) else b""

    assert b"".join(parts) == found
