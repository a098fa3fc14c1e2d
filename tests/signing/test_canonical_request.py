"""What AWS Signature Version 4 signs: a path, a query and headers, each in one spelling."""

from __future__ import annotations

from urllib.parse import quote, unquote

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from restkit.policies.canonical_request import canonical_headers, canonical_path, canonical_query, spelled

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
PIECES = ["a", "/", ".", "?", "&", "=", "+", "(", "%2f", "%2E", "%7e", "%C3%A9"]
WRITTEN = st.lists(st.sampled_from(PIECES)).map("".join)
"""Paths and queries as somebody may write them."""
PATHS = [
    ("/", "/"),
    ("", "/"),
    ("/a/./b//c/../d", "/a/b/d"),
    ("/../a/", "/a/"),
    ("/a%20b", "/a%2520b"),
    ("/a~b", "/a~b"),
]


@pytest.mark.parametrize(("path", "canonical"), PATHS)
def test_a_path_is_normalized_and_escaped_once_more(path: str, canonical: str) -> None:
    """For all services but one."""
    assert canonical == canonical_path(path, is_s3=False)


def test_a_path_of_s3_is_left_as_it_is() -> None:
    """A key may hold anything, two slashes and dots included."""
    assert "/a//./b%20c%2Fd/.." == canonical_path("/a//./b%20c%2Fd/..", is_s3=True)


QUERIES = [
    ("", ""),
    ("b=2&a=1", "a=1&b=2"),
    ("a=2&a=1", "a=1&a=2"),
    ("acl", "acl="),
    ("a=&&b", "a=&b="),
    ("a-b=1&a=2", "a=2&a-b=1"),
    ("a=b=c", "a=b%3Dc"),
    ("a=%7e%2f", "a=~%2F"),
]


@pytest.mark.parametrize(("query", "canonical"), QUERIES)
def test_parameters_are_ordered_by_their_names(query: str, canonical: str) -> None:
    """And each has an equals sign."""
    assert canonical == canonical_query(query)


def test_headers_are_ordered_and_their_spaces_are_one() -> None:
    """What somebody on the way may change is left out."""
    fields = [("x-b", "  1 \t 2 "), ("user-agent", "me"), ("host", "a.test"), ("x-b", "0")]

    assert {"host": "a.test", "x-b": "1 2,0"} == canonical_headers(fields)


SPELLINGS = [
    ("/a(b):c", "/a%28b%29%3Ac"),
    ("/a%2fb", "/a%2Fb"),
    ("/a%7eb", "/a~b"),
    ("/a/%2e%2E/b", "/a/%2e%2E/b"),
    ("/é", "/%C3%A9"),
    ("/?a+b=c+d", "/?a%20b=c%20d"),
    ("/?acl", "/?acl"),
    ("/?a=b=c", "/?a=b%3Dc"),
    ("/?", "/?"),
]


@pytest.mark.parametrize(("target", "written"), SPELLINGS)
def test_a_target_is_written_in_one_spelling(target: str, written: str) -> None:
    """Which every server reads alike."""
    assert written == spelled(target)


@given(TEXT, TEXT)
def test_a_target_means_what_it_meant(segment: str, value: str) -> None:
    """Whatever it holds."""
    path, _, query = spelled(f"/x{quote(segment, safe='!*(),:;@')}?q={quote(value, safe='!*(),:;/?')}").partition("?")

    assert (f"/x{segment}", f"q={value}") == (unquote(path), unquote(query))


@given(WRITTEN)
def test_what_is_spelled_is_what_is_sent(target: str) -> None:
    """The URL changes nothing of it, and nor does spelling it again for another attempt."""
    url = httpx.URL(f"https://a.test/x/{target}")

    written = spelled(url.raw_path.decode())

    assert (written, written) == (url.copy_with(raw_path=written.encode()).raw_path.decode(), spelled(written))
