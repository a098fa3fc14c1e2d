"""Challenges: what stands in WWW-Authenticate, however it is written, and however much of it there is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from restkit.policies.challenge import MOST, MOST_READ, Challenge, challenges

WORDS = st.from_regex(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,12}", fullmatch=True)
TOKENS = st.from_regex(r"[A-Za-z0-9\-._~+/]{1,20}={0,2}", fullmatch=True)
PARAMETERS = st.dictionaries(WORDS.map(str.lower), st.text(st.characters(codec="utf-8"), max_size=20), max_size=4)
CHALLENGES = st.builds(Challenge, WORDS.map(str.lower), PARAMETERS) | st.builds(
    Challenge, WORDS.map(str.lower), st.just({}), TOKENS
)


def written(challenge: Challenge) -> str:
    """A challenge as a server writes it."""
    if challenge.token is not None:
        return f"{challenge.scheme.upper()} {challenge.token}"
    said = [
        (name.title(), value.replace("\\", r"\\").replace('"', r"\"")) for name, value in challenge.parameters.items()
    ]
    return f"{challenge.scheme.title()} " + ", ".join(f'{name} = "{value}"' for name, value in said)


@given(st.lists(CHALLENGES, max_size=MOST))
def test_what_is_written_is_read(expected: list[Challenge]) -> None:
    """Several challenges in a line, in any case, with quotes and commas in their values."""
    assert expected == challenges([", ".join(map(written, expected))])


@given(st.lists(CHALLENGES, max_size=MOST))
def test_a_line_each_is_the_same(expected: list[Challenge]) -> None:
    """A server may repeat the field."""
    assert expected == challenges(map(written, expected))


@given(st.lists(st.text('aB1 \t,="\\;/é\x00')))
def test_anything_else_is_no_error(lines: list[str]) -> None:
    """Whatever stands there."""
    assert MOST >= len(challenges(lines))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Bearer", [Challenge("bearer")]),
        ("Negotiate, NTLM TlRM==", [Challenge("negotiate"), Challenge("ntlm", {}, "TlRM==")]),
        ('Basic realm="simple", type=1', [Challenge("basic", {"realm": "simple", "type": "1"})]),
        (r'Basic realm="say \"a, b\""', [Challenge("basic", {"realm": 'say "a, b"'})]),
        ('Digest realm="x" Basic realm="y"', [Challenge("digest", {"realm": "x"}), Challenge("basic", {"realm": "y"})]),
        (",,Basic realm=x,,", [Challenge("basic", {"realm": "x"})]),
        ("", []),
        ("realm=x", []),
        ("Basic realm=é", []),
        ('Basic realm="x', []),
        ('Bearer, Basic realm="x', [Challenge("bearer")]),
        ("Basic realm=a, Realm=b, Bearer", [Challenge("bearer")]),
    ],
)
def test_a_line(line: str, expected: list[Challenge]) -> None:
    """Schemes alone, with a token, with parameters, some of them in quotes; and what is none of these."""
    assert expected == challenges([line])


def test_of_fifty_challenges_sixteen_are_read() -> None:
    """The others are not looked at."""
    assert MOST == len(challenges(["Bearer realm=x, " * 50]))


@pytest.mark.parametrize("part", ["Bearer realm=x, ", "a", "a ", 'a="', '"', "\\", "a=b,", " ", "a==, ", 'A b="c\\"'])
def test_of_a_long_line_the_beginning_is_read(part: str) -> None:
    """Of 100 KiB the first 8: what follows changes nothing."""
    line = part * (100 * 1024 // len(part))

    assert challenges([line]) == challenges([line[: MOST_READ + 1]])


def test_a_challenge_that_was_cut_is_none() -> None:
    """Nobody knows what it wanted."""
    assert [] == challenges([f"Bearer realm={'x' * MOST_READ}"])


def test_lines_share_what_is_read() -> None:
    """A server that repeats the field gains nothing by it."""
    assert [Challenge("bearer")] == challenges(["Bearer", f'Basic realm="{"x" * MOST_READ}"', "Digest"])
