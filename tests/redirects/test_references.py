"""Where a reference leads, as RFC 3986 has it, and which ones lead nowhere."""

from __future__ import annotations

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from restkit import InputError
from restkit.url import origin, resolve

BASE = httpx.URL("http://a.test/b/c/d;p?q")


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        # RFC 3986, sections 5.4.1 and 5.4.2
        ("http://g.test", "http://g.test/"),
        ("g", "http://a.test/b/c/g"),
        ("./g", "http://a.test/b/c/g"),
        ("g/", "http://a.test/b/c/g/"),
        ("/g", "http://a.test/g"),
        ("//g.test", "http://g.test/"),
        ("?y", "http://a.test/b/c/d;p?y"),
        ("g?y", "http://a.test/b/c/g?y"),
        ("#s", "http://a.test/b/c/d;p?q#s"),
        ("g#s", "http://a.test/b/c/g#s"),
        ("g?y#s", "http://a.test/b/c/g?y#s"),
        (";x", "http://a.test/b/c/;x"),
        ("g;x?y#s", "http://a.test/b/c/g;x?y#s"),
        (".", "http://a.test/b/c/"),
        ("./", "http://a.test/b/c/"),
        ("..", "http://a.test/b/"),
        ("../", "http://a.test/b/"),
        ("../g", "http://a.test/b/g"),
        ("../..", "http://a.test/"),
        ("../../g", "http://a.test/g"),
        ("../../../g", "http://a.test/g"),
        ("/./g", "http://a.test/g"),
        ("/../g", "http://a.test/g"),
        ("g.", "http://a.test/b/c/g."),
        ("..g", "http://a.test/b/c/..g"),
        ("./../g", "http://a.test/b/g"),
        ("./g/.", "http://a.test/b/c/g/"),
        ("g/./h", "http://a.test/b/c/g/h"),
        ("g/../h", "http://a.test/b/c/h"),
        # and what servers write
        ("HTTP://G.Test:80/x/../y", "http://g.test/y"),
        ("https://g.test", "https://g.test/"),
        (" /g ", "http://a.test/g"),
        ("/a b/é?c=10%", "http://a.test/a%20b/%C3%A9?c=10%25"),
        ("http://0x7f.1/", "http://127.0.0.1/"),
        ("http://bücher.test./", "http://xn--bcher-kva.test/"),
        ("/g#", "http://a.test/g"),
    ],
)
def test_a_reference_leads_somewhere(reference: str, expected: str) -> None:
    """Seen from http://a.test/b/c/d;p?q."""
    assert httpx.URL(expected) == resolve("Location", BASE, reference)


@pytest.mark.parametrize(("reference", "kept"), [("/g", "old"), ("/g#new", "new"), ("/g#", "")])
def test_a_fragment_is_kept(reference: str, kept: str) -> None:
    """Unless there is another (RFC 9110, section 10.2.2)."""
    assert kept == resolve("Location", BASE.copy_with(fragment="old"), reference).fragment


def test_what_base_has_no_query_for() -> None:
    """A reference that adds nothing is the base itself."""
    assert httpx.URL("http://a.test/b") == resolve("Location", httpx.URL("http://a.test/b"), "#")


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("", "is empty"),
        (" \t", "is empty"),
        ("/" + "x" * 8192, "is 8193 characters long"),
        ("x" * 102_400, "is 102400 characters long"),
        ("/a\x00b", "has a control character"),
        ("/a\r\nSet-Cookie: x=1", "has a control character"),
        ("file:///etc/passwd", "has no http or https scheme"),
        ("gopher://a.test/", "has no http or https scheme"),
        ("javascript:alert(1)", "has no http or https scheme"),
        ("g:h", "has no http or https scheme"),
        ("http:g", "has no http or https scheme"),
        ("http:///g", "has no host"),
        ("//", "has no host"),
        ("http://me:pw@g.test/", "holds a user name or password"),
        ("//me@a.test/", "holds a user name or password"),
        ("/\\g.test", "has a back-slash, which some servers read as a slash"),
        ("http://g.test\\@a.test/", "holds a user name or password"),
        ("http://g.test:99999/", "has no port of 1 to 65535"),
        ("http://[::1/", "has colons or brackets and is no IPv6 address"),
        ("/%2e%2e/g", "has a dot segment, which would change the path"),
        ("/\ud800", "holds a lone surrogate"),
    ],
)
def test_a_reference_leads_nowhere(reference: str, reason: str) -> None:
    """And the error says why, without showing it."""
    with pytest.raises(InputError) as caught:
        resolve("Location", BASE, reference)

    assert reason == caught.value.reason


@given(st.text(max_size=60))
def test_whatever_is_written_ends(reference: str) -> None:
    """In an http or https URL with a host, or in InputError."""
    try:
        found = resolve("Location", BASE, reference)
    except InputError:
        return

    assert (True, True) == (found.scheme in {"http", "https"}, bool(found.host))


@given(st.from_regex(r"[a-z./?#%;:&=]{0,40}", fullmatch=True).filter(lambda text: "//" not in text and ":" not in text))
def test_a_path_stays_with_its_origin(reference: str) -> None:
    """However it is written."""
    try:
        found = resolve("Location", BASE, reference)
    except InputError:
        return

    assert origin(BASE) == origin(found)
