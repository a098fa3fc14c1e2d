"""Redaction: no canary survives, wherever it sits."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from restkit.redaction import MASK, is_sensitive, redact_headers, redact_text, redact_url, secrets_in

CANARY = "canary7e57"
SENSITIVE = [
    *("Authorization", "Proxy-Authorization", "X-API-Key", "Api_Key", "apikey", "api.key", "Cookie", "Set-Cookie"),
    *("access_token", "refreshToken", "client_secret", "password", "passwd", "pwd", "X-Amz-Signature", "sig", "code"),
    *("session_id", "sessionid", "jwt", "client[secret]", "otp", "pin", "credentials", "X-Auth", "code_verifier"),
]
PLAIN = [
    "page",
    "Accept",
    "X-Request-Id",
    "keyboard",
    "author",
    "encode",
    "design",
    "pinned",
    "passage-x",
    "id",
    "monkey",
]
NAMES = st.sampled_from(SENSITIVE)
SCHEMES = ["Bearer", "basic", "Digest", "DPoP", "TOKEN"]
FILLER = st.text(alphabet=st.characters(codec="ascii", categories=["L", "N"]), max_size=20)
BEFORE = FILLER | st.sampled_from(SCHEMES)


@pytest.mark.parametrize("name", SENSITIVE)
def test_a_name_that_speaks_of_secrets_is_sensitive(name: str) -> None:
    """By its words, in any case."""
    assert [True, True, True] == [is_sensitive(each) for each in (name, name.upper(), name.lower())]


@pytest.mark.parametrize("name", [each for each in PLAIN if each != "passage-x"])
def test_a_name_that_does_not_is_shown(name: str) -> None:
    """Though it may begin like one."""
    assert not is_sensitive(name)


def test_a_long_name() -> None:
    """It is read like any other."""
    assert [True, False] == [is_sensitive("x" * 100 + "-" + word) for word in ("token", "monkey")]


def test_a_declared_name_is_sensitive() -> None:
    """In any case."""
    assert is_sensitive("X-Mine", {"x-mine"})


URLS: list[Any] = [
    ("https://a.test/x", "https://a.test/x"),
    ("https://user:canary@a.test/x", "https://a.test/x"),
    ("https://us@er:can@a.test/x", "https://a.test/x"),
    ("https://a.test/x?token=canary&page=2", f"https://a.test/x?token={MASK}&page=2"),
    ("https://a.test/x?token=canary&token=canary", f"https://a.test/x?token={MASK}&token={MASK}"),
    ("https://a.test/x#access_token=canary", "https://a.test/x"),
    ("https://a.test/x?flag&page", "https://a.test/x?flag&page"),
    ("/x?api_key=canary", f"/x?api_key={MASK}"),
    ("", ""),
]


@pytest.mark.parametrize(("url", "shown"), URLS)
def test_a_url_is_shown_without_secrets(url: str, shown: str) -> None:
    """Without user info and fragment, and with sensitive parameters masked."""
    assert shown == redact_url(url)


@given(NAMES, st.lists(st.tuples(FILLER, FILLER), max_size=3), st.booleans())
def test_no_canary_survives_in_a_url(name: str, others: list[tuple[str, str]], first: bool) -> None:  # noqa: FBT001 - drawn
    """Wherever it stands in the query, or in the user info."""
    pairs = [(name, CANARY), *others] if first else [*others, (name, CANARY)]

    assert CANARY not in redact_url(f"https://{CANARY}:{CANARY}@a.test/x?{urlencode(pairs)}#{CANARY}")


@given(NAMES, FILLER)
def test_no_canary_survives_in_a_parameter_whose_name_is_escaped(name: str, filler: str) -> None:
    """A name may be percent-encoded on the wire: `%74oken` is `token`."""
    escaped = "".join(f"%{ord(each):02x}" for each in name)

    assert CANARY not in redact_url(f"https://a.test/x?{filler}=1&{escaped}={CANARY}")


@given(NAMES, FILLER)
def test_no_canary_survives_in_headers(name: str, filler: str) -> None:
    """Repeated ones included; the others are shown."""
    shown = redact_headers([(name, CANARY), ("X-Shown", filler), (name, CANARY)])

    assert {name.lower(): f"{MASK}, {MASK}", "x-shown": filler} == shown


FORMS: list[Any] = [
    pytest.param(lambda name, filler: json.dumps({"a": filler, name: CANARY}), id="json"),
    pytest.param(lambda name, filler: json.dumps({"a": [{name: CANARY, "b": filler}]}, indent=2), id="indented"),
    pytest.param(lambda name, filler: urlencode({"a": filler, name: CANARY}), id="form"),
    pytest.param(lambda name, filler: f"{filler}\n{name}: {CANARY}\n", id="header"),
    pytest.param(lambda name, filler: f"{filler} {name} = {CANARY}", id="setting"),
    pytest.param(lambda name, filler: f"{filler} Bearer {CANARY} {name}", id="bearer"),
    pytest.param(lambda name, filler: f"{filler} basic {CANARY}== {name}", id="basic"),
]
WORDS = [name for name in SENSITIVE if "[" not in name]


@pytest.mark.parametrize("form", FORMS)
@given(name=st.sampled_from(WORDS), filler=BEFORE)
def test_no_canary_survives_in_a_body(form: Any, name: str, filler: str) -> None:
    """Whatever its format."""
    assert CANARY not in redact_text(form(name, filler))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_what_follows_a_scheme_may_be_a_name(scheme: str) -> None:
    """Whose value is masked; and a name's value may be a scheme and its credential."""
    shown = [
        redact_text(f"{scheme} {said} x")
        for said in (f"token: {CANARY}", f"key = {CANARY}", f"{CANARY}=", f'secret="{CANARY}"')
    ]

    assert [
        f"{scheme} {MASK} {MASK} x",
        f"{scheme} key = {MASK} x",
        f"{scheme} {MASK} x",
        f'{scheme} {MASK}"{MASK}" x',
    ] == shown
    assert f"Basic {scheme} {MASK} x" == redact_text(f"Basic {scheme} {CANARY} x")
    assert f"auth: {MASK} x" == redact_text(f"auth: {scheme} {CANARY} x")


@given(FILLER, FILLER)
def test_no_secret_that_is_known_survives(before: str, after: str) -> None:
    """Though nothing around it says that it is one."""
    assert CANARY not in redact_text(f"{before}{CANARY}{after}", secrets=[CANARY])


def test_a_secret_within_a_message_is_found() -> None:
    """What looks like the value of one name may be the name of another."""
    assert f"error: token = {MASK}" == redact_text("error: token = hush")


def test_a_short_secret_is_not_replaced() -> None:
    """Three characters may be anything."""
    assert "abcabc" == redact_text("abcabc", secrets=["abc"])


def test_a_declared_field_is_masked() -> None:
    """As a sensitive one is."""
    assert CANARY not in redact_text(json.dumps({"mine": CANARY}), {"mine"})


def test_what_is_no_secret_is_shown() -> None:
    """An excerpt is for reading."""
    assert '{"page": "2", "name": "Ada"}' == redact_text('{"page": "2", "name": "Ada"}')


@pytest.mark.parametrize("length", [1024, 1025, 5000])
def test_an_excerpt_is_short(length: int) -> None:
    """1,024 bytes, with a mark where there was more."""
    shown = redact_text("x " * (length // 2) + "x" * (length % 2))

    assert (min(length, 1024), length > 1024) == (len(shown), shown.endswith(" ..."))


def test_a_value_that_is_cut_is_masked_whole() -> None:
    """A string without its end, because the excerpt ends."""
    assert CANARY not in redact_text('{"token": "' + "x" * 900 + CANARY + "x" * 9000)


def test_the_secrets_of_a_request_are_known() -> None:
    """Whole, and without their scheme."""
    found = secrets_in(
        {"Authorization": "Bearer abc", "X-Api-Key": "def", "Accept": "*/*", "X-Mine": "ghi"}, {"x-mine"}
    )

    assert ["Bearer abc", "abc", "def", "ghi"] == found


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('{"code": 42}', '{"code": 42}'),
        ('{"code": "NOT_FOUND"}', '{"code": "NOT_FOUND"}'),
        ('{"errorCode":"UnknownCity"}', '{"errorCode":"UnknownCity"}'),
        ('{"error_code": "invalid_grant", "x": 1}', '{"error_code": "invalid_grant", "x": 1}'),
        ('{"code": "SplxlOBeZQQYbYS6WxSbIA"}', '{"code": "[redacted]"}'),
        ('{"code": 1234567}', '{"code": [redacted]}'),
        ('{"device_code": "ABC"}', '{"device_code": "[redacted]"}'),
    ],
)
def test_a_code_that_speaks_is_shown(text: str, shown: str) -> None:
    """It tells what went wrong; one that was made by chance may be a credential."""
    assert shown == redact_text(text)
