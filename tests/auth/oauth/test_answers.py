"""What a token endpoint answers, hostile answers among them: a token, or a clear error that shows none."""

from __future__ import annotations

import json
import string
import traceback
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from restkit import AuthError, Token
from restkit.auth import ClientCredentials
from restkit.testing import VirtualClock
from restkit.tokens.answer import LONGEST, LONGEST_LIFE, token_of
from restkit.tokens.endpoint import post
from tests.auth.oauth.authority import TOKEN_URL, Authority

CANARY = "t0k3n-c4n4ry"
WALL = 1_000.0
FORM = "application/x-www-form-urlencoded"


def answer(status: int = 200, **content: Any) -> httpx.Response:
    """An answer to a token request."""
    return httpx.Response(status, request=post(httpx.URL(TOKEN_URL), {"client_secret": "s3cret"}), **content)


def said(**more: Any) -> httpx.Response:
    """A token, and what else is said."""
    return answer(content=json.dumps({"access_token": CANARY, "token_type": "Bearer", **more}))


def test_a_token_is_read() -> None:
    """With all that is said of it."""
    token = token_of(said(expires_in=60, refresh_token="r", scope="read", id_token="i"), WALL, extra=("id_token",))

    assert (
        Token(value=CANARY, expires_at=1060.0, lifetime=60.0, refresh_token="r", scope="read", extra={"id_token": "i"})
        == token
    )


LIVES: dict[str, tuple[Any, float | None]] = {
    "a number": (3600, 3600.0),
    "a text": ("3600", 3600.0),
    "a text with spaces": (" 60 ", 60.0),
    "part of a second": (0.5, 0.5),
    "nothing": (None, None),
    "no time": (0, None),
    "less": (-1, None),
    "for ever": (10**12, LONGEST_LIFE),
    "for ever, as text": ("9" * 400, LONGEST_LIFE),
    "for ever and ever": (10**400, LONGEST_LIFE),
}


@pytest.mark.parametrize("case", LIVES)
def test_a_life_is_read(case: str) -> None:
    """Nothing is nobody's word, and a year and more is the longest."""
    given, expected = LIVES[case]

    assert expected == token_of(said(expires_in=given), WALL).lifetime


def test_a_token_of_which_nobody_says_how_long_it_lives_is_good_for_a_minute(authority: Authority) -> None:
    """Then another is had."""
    authority.extra, clock = {"expires_in": None}, VirtualClock()
    scheme = ClientCredentials(TOKEN_URL, "acme", "s", clock=clock, transport=httpx.MockTransport(authority))
    first = scheme.run(scheme.keeper.current())
    clock.sleep(60)

    assert ("token-1", "token-2") == (first.value, scheme.run(scheme.keeper.current()).value)


@pytest.mark.parametrize("kind", ["Bearer", "bearer", "BEARER", None])
def test_a_kind_is_known_in_any_case(kind: str | None) -> None:
    """And is Bearer if nobody says (RFC 6749, section 7.1)."""
    assert "Bearer" == token_of(said(token_type=kind), WALL).kind


def test_a_form_is_read() -> None:
    """As some old servers answer."""
    content = f"access_token={CANARY}&token_type=bearer&expires_in=60"
    token = token_of(answer(content=content, headers={"Content-Type": FORM}), WALL)

    assert (CANARY, 60.0) == (token.value, token.lifetime)


ODD_CHARSETS = ["hex", "rot13", "zlib", "idna", "utf-16", "utf-7", "no such", "\xff"]


@pytest.mark.parametrize("charset", ODD_CHARSETS)
def test_a_form_in_any_charset_is_a_token_or_an_error(charset: str) -> None:
    """One that is no text encoding is read as UTF-8, as it is everywhere."""
    headers = [(b"Content-Type", f"{FORM}; charset={charset}".encode("latin-1"))]
    try:
        found = token_of(answer(content=b"access_token=t0k3n", headers=headers), WALL).value
    except AuthError:
        found = "no token"

    assert ("no token" if charset == "utf-16" else "t0k3n") == found


def test_an_error_that_is_null_is_none() -> None:
    """Some servers name every field."""
    assert CANARY == token_of(said(error=None), WALL).value


def test_an_error_in_a_form_is_one() -> None:
    """With the status of success, as these servers have it."""
    with pytest.raises(AuthError) as caught:
        token_of(answer(content="error=bad_code&error_description=old", headers={"Content-Type": FORM}), WALL)

    assert "bad_code" == caught.value.code


HOSTILE: dict[str, httpx.Response] = {
    "HTML": answer(html=f"<p>{CANARY}</p>"),
    "HTML in trouble": answer(502, html=f"<p>token={CANARY}</p>"),
    "nothing": answer(),
    "no content": answer(204),
    "a list": answer(json=[CANARY]),
    "a text": answer(json=CANARY),
    "half of it": answer(content=f'{{"access_token": "{CANARY}'),
    "not UTF-8": answer(content=b'{"access_token": "' + CANARY.encode() + b'\xff"}'),
    "very deep": answer(content=b"[" * 100_000),
    "a form that is none": answer(content=CANARY, headers={"Content-Type": FORM}),
    "no token": answer(json={"token_type": "Bearer", "refresh_token": CANARY}),
    "an empty token": said(access_token=""),
    "a token that is a number": said(access_token=7),
    "a token that is an object": said(access_token={"value": CANARY}),
    "a token with a line break": said(access_token=f"{CANARY}\r\nX-Admin: 1"),
    "a token with a NUL": said(access_token=f"{CANARY}\0"),
    "a token that is not ASCII": said(access_token=f"{CANARY}\N{SNOWMAN}"),
    "a long token": said(access_token=CANARY * LONGEST),
    "a refresh token with a line break": said(refresh_token=f"{CANARY}\n"),
    "a refresh token that is a list": said(refresh_token=[CANARY]),
    "a scope that is a list": said(scope=["read"]),
    "an unknown kind": said(token_type="mac"),
    "a kind that is a number": said(token_type=7),
    "a kind with a line break": said(token_type="Bearer\r\nX-Admin: 1"),
    "a life that is a word": said(expires_in="soon"),
    "a life that is true": said(expires_in=True),
    "a life that is a list": said(expires_in=[60]),
    "an error in success": said(error="server_error"),
    "an error that is a number": answer(400, json={"error": 7}),
    "an error that is an object": answer(400, json={"error": {"code": CANARY}}),
    "an error that sends secrets back": answer(401, json={"error": "s3cret", "error_description": "s3cret"}),
    "an error that moves the cursor": answer(400, json={"error": "\x1b[2J"}),
}


@pytest.mark.usefixtures("uncollected")
@pytest.mark.parametrize("case", HOSTILE)
def test_what_is_hostile_is_a_clear_error(case: str) -> None:
    """Which names the endpoint, and shows neither tokens nor secrets, nor anything that a terminal would obey."""
    with pytest.raises(AuthError) as caught:
        token_of(HOSTILE[case], WALL)

    error = caught.value
    shown = "".join(traceback.format_exception(error)) + repr(error.__dict__)
    assert (TOKEN_URL, [], True) == (
        error.url,
        [secret for secret in (CANARY, "s3cret") if secret in shown],
        str(error).isprintable(),
    )


def test_an_answer_that_is_huge_is_not_read(authority: Authority) -> None:
    """More than a mebibyte is no token."""
    authority.script = [httpx.Response(200, content=b" " * 10 * 2**20)] * 3
    transport = httpx.MockTransport(authority)
    scheme = ClientCredentials(TOKEN_URL, "acme", "s", clock=VirtualClock(), transport=transport)
    with pytest.raises(AuthError, match="over 1048576 bytes"):
        scheme.run(scheme.fetch(None))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(string.printable, max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
FIELDS = st.sampled_from(["access_token", "token_type", "expires_in", "refresh_token", "scope", "error"])


@given(st.dictionaries(FIELDS, JSON | st.just("Bearer")), st.integers(200, 599))
def test_any_answer_is_a_token_or_an_error(content: dict[str, Any], status: int) -> None:
    """And nothing else: whatever fields of whatever types there are."""
    try:
        token = token_of(answer(status, content=json.dumps(content)), WALL)
    except AuthError:
        return

    assert (content["access_token"], True) == (token.value, token.value.isprintable() and status < 400)
