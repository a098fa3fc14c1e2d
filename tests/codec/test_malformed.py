"""Bodies that are no JSON, or are made to hurt: each is a DecodeError that says what is wrong."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from attrs import define
from hypothesis import given
from hypothesis import strategies as st

from restkit import JSON, ConfigError, DecodeError
from tests.codec.trials import places


@define
class Node:
    """A class that names itself."""

    next: Node | None = None
    more: Any = None


DIGITS = b"9" * (5 * 10**5)
DEEP = b'{"next":' * 100_000
BODIES: list[Any] = [
    pytest.param(b"", "the body is empty", id="empty"),
    pytest.param(b"   ", "truncated", id="blank"),
    pytest.param(b'{"next":', "truncated", id="truncated"),
    pytest.param(b"[1] x", "trailing characters (byte 5)", id="trailing"),
    pytest.param(b"NaN", "malformed", id="nan"),
    pytest.param(b"-Infinity", "malformed", id="infinity"),
    pytest.param(b"{'a':1}", "malformed", id="quotes"),
    pytest.param(b"[1,]", "malformed", id="comma"),
    pytest.param(b"[" * 100_000, "too deep", id="deep"),
    pytest.param(b"[" * 100_000 + b"]" * 100_000, "too deep", id="deeper"),
    pytest.param(DEEP, "too deep", id="objects"),
    pytest.param(b"[" + DIGITS + b"]", "a number in range @ $[0]", id="int"),
    pytest.param(b"1e999", "a number in range @ $", id="float"),
    pytest.param(b'"\\ud800"', "truncated", id="surrogate"),
    pytest.param(b'{"\\ud800":1,"a":1}', "malformed", id="surrogate-in-name"),
    pytest.param(b'"\xed\xa0\x80"', "not in UTF-8", id="raw-surrogate"),
    pytest.param(b'["\xff"]', "not in UTF-8", id="latin-1"),
    pytest.param("[1]".encode("utf-16"), "UTF-16 or UTF-32", id="utf-16"),
    pytest.param("[1]".encode("utf-16-le"), "UTF-16 or UTF-32", id="utf-16-le"),
    pytest.param("[1]".encode("utf-16-be"), "UTF-16 or UTF-32", id="utf-16-be"),
    pytest.param("[1]".encode("utf-32"), "UTF-16 or UTF-32", id="utf-32"),
    pytest.param("[1]".encode("utf-32-be"), "UTF-16 or UTF-32", id="utf-32-be"),
]


@pytest.mark.usefixtures("uncollected")
@pytest.mark.parametrize("declared", [Any, list[int], Node, int, dict[str, Any]], ids=str)
@pytest.mark.parametrize(("body", "said"), BODIES)
def test_a_body_that_is_no_json_is_a_decode_error(codec: JSON, declared: Any, body: bytes, said: str) -> None:
    """Whatever is declared; never a RecursionError, a ValueError or a MemoryError."""
    decode = codec.decoder(declared)

    with pytest.raises(DecodeError) as caught:
        decode(body)

    assert said in str(caught.value)


@pytest.mark.usefixtures("uncollected")
@pytest.mark.parametrize("declared", [Any, list[int], dict[str, Any], Node, list[Decimal]], ids=str)
def test_how_deep_a_body_may_be_depends_on_the_python(codec: JSON, declared: Any) -> None:
    """It is read or refused, by one type of error."""
    for body in (b"[" * 5_000 + b"]" * 5_000, b'{"next":' * 5_000 + b"null" + b"}" * 5_000):
        try:
            _ = codec.decoder(declared)(body)
        except DecodeError as error:
            assert error.path.startswith("$")  # noqa: PT017 - either is right


@pytest.mark.parametrize("declared", [Any, list[int], list[Node] | list[int]])
def test_a_byte_order_mark_is_passed_over(codec: JSON, declared: Any) -> None:
    """RFC 8259, section 8.1."""
    assert [1] == codec.decoder(declared)(b"\xef\xbb\xbf[1]")


def test_a_pair_of_surrogates_is_a_character(codec: JSON) -> None:
    """RFC 8259, section 7."""
    assert "😀" == codec.decoder(str)(b'"\\ud83d\\ude00"')


@define
class Chain:
    """A class that names itself, and is read the thorough way."""

    _next: Chain | None = None


@pytest.mark.parametrize("inner", [b"1", b"null"])
@pytest.mark.parametrize("levels", [100, 500, 900])
def test_a_deep_body_is_read_or_refused(levels: int, inner: bytes) -> None:
    """In each case by one type of error."""
    body = b'{"_next":' * levels + inner + b"}" * levels
    try:
        found = JSON().decoder(Chain)(body)
    except DecodeError as error:
        assert error.path.startswith("$")  # noqa: PT017 - either is right
    else:
        assert isinstance(found, Chain)


def test_of_a_name_that_stands_twice_the_last_counts(codec: JSON) -> None:
    """As in most readers."""
    assert {"a": 2} == codec.decoder(dict[str, int])(b'{"a":1,"a":2}')


TWICE: list[Any] = [
    (b'{"a":1,"a":2}', ["expected each name once @ $.a"]),
    (
        b'{"a":{"b":1,"b":2},"l":[0,{"c":1,"c":1}]}',
        ["expected each name once @ $.a.b", "expected each name once @ $.l[1].c"],
    ),
    (b'\xef\xbb\xbf{"a":1,"a":2}', ["expected each name once @ $.a"]),
]


@pytest.mark.parametrize(("body", "found"), TWICE)
def test_a_name_that_stands_twice_can_be_refused(body: bytes, found: list[str]) -> None:
    """Each place is named."""
    assert found == places(Any, body.decode(), JSON(duplicates="refuse"))


@pytest.mark.parametrize("body", [b'{"a":1}', b'[{"a":1},{"a":1.5}]', b'"a"', b"[" * 900 + b"]" * 900])
def test_a_body_without_such_names_is_read(body: bytes) -> None:
    """In spite of being looked at twice."""
    assert JSON().decoder(Any)(body) == JSON(duplicates="refuse").decoder(Any)(body)


def test_there_is_no_third_way_with_duplicates() -> None:
    """A wrong setting is refused by name."""
    with pytest.raises(ConfigError, match=r"^duplicates is 'first'; pass "):
        JSON(duplicates="first")  # type: ignore[arg-type] # that is what is refused


@given(st.binary(max_size=32) | st.text(max_size=32).map(str.encode))
def test_no_body_fails_in_another_way(body: bytes) -> None:
    """Whatever bytes come: they are read, or a DecodeError."""
    for declared in (Any, list[Decimal], Node, Chain):
        try:
            JSON(duplicates="refuse").decoder(declared)(body)
        except DecodeError as error:
            assert error.path.startswith("$")  # noqa: PT017 - either is right
