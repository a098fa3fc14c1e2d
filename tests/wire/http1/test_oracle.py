"""Answers by chance: read as h11 reads them, in any cut, and the table in the docs."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from restkit.wire.http1 import RULES, head, rules
from tests.wire.http1.answers import Answer, answer
from tests.wire.http1.drafts import valid
from tests.wire.http1.oracle import campaign, compared, labelled, leak
from tests.wire.http1.outcome import CUT, ENDED, REFUSED, Outcome, ours, pieces

PAGE = Path(__file__).parents[3] / "docs" / "explanation" / "wire-http1.md"
THREE = Answer(b"GET", b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc")


@pytest.mark.parametrize("first", range(0, 2000, 500))
def test_each_answer_is_read_as_h11_reads_it(first: int) -> None:
    """Or a row of the table says why not."""
    wrong, _ = campaign(range(first, first + 500))

    assert [] == wrong


@given(st.integers(0), st.data())
def test_the_same_is_told_whatever_the_cuts(seed: int, data: st.DataObject) -> None:
    """Heads, body, trailers, the row that was broken, and the bytes too much."""
    sample = answer(random.Random(seed))  # noqa: S311 - to be repeated, not to be secret
    cuts = data.draw(st.lists(st.integers(0, len(sample.stream)), max_size=20))
    whole, cut = ours([sample.stream], sample.method), ours(pieces(sample.stream, cuts), sample.method)

    assert (whole, whole.rule, whole.excess) == (cut, cut.rule, cut.excess)


@given(st.integers(0))
def test_both_ways_to_read_a_head_agree(seed: int) -> None:
    """llhttp's, and line by line."""
    draft = valid(random.Random(seed))  # noqa: S311 - to be repeated, not to be secret
    text = draft.start + b"".join(draft.lines) + draft.end
    start, fields = head.read_head(text)

    assert (start, list(fields)) == head.read_carefully(text)


@given(st.binary(), st.sampled_from([b"GET", b"HEAD", b"CONNECT"]))
def test_no_bytes_fail_in_another_way(stream: bytes, method: bytes) -> None:
    """Whatever comes is an answer, a cut one, or one that breaks a row."""
    assert ours([b"HTTP/1.1 200 OK\r\n", stream], method).how in {ENDED, CUT, REFUSED}


def test_the_comparison_finds_what_differs() -> None:
    """It is not content with everything."""
    right = Outcome(ENDED, ((200, b"OK", ()),), b"abc", (), reusable=False)
    wrong = (
        Outcome(ENDED, ((200, b"OK", ()),), b"abx", (), reusable=False),
        Outcome(ENDED, ((200, b"OK", ()),), b"abc", (), reusable=True),
        Outcome(CUT, ((200, b"OK", ()),), b"abc", (), reusable=False),
        Outcome(REFUSED, rule=rules.BARE_LF),
        Outcome(REFUSED, rule=None),
    )

    assert [None, *[True] * 5] == [
        compared(THREE, right, right),
        *(bool(compared(THREE, each, right)) for each in wrong),
    ]


def test_the_comparison_finds_what_h11_refuses() -> None:
    """An answer that only we would take."""
    assert compared(THREE, Outcome(ENDED), Outcome(REFUSED))


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        (rules.BARE_LF, Outcome(REFUSED, rule=rules.BARE_CR)),
        (rules.BARE_LF, Outcome(ENDED)),
        (rules.FOLD, Outcome(REFUSED, rule=rules.CONTROL)),
        (rules.BOTH, Outcome(ENDED, reusable=True)),
    ],
)
def test_the_comparison_finds_a_wrong_reason(rule: rules.Rule, found: Outcome) -> None:
    """A row was broken, and another was named, or none."""
    assert labelled(Answer(b"GET", b"", rule), found)


def test_an_answer_after_another_is_the_same() -> None:
    """Nothing of the first is in it."""
    assert leak(THREE, THREE) is None


def test_the_docs_have_the_table() -> None:
    """Each row, in its order, in its words."""
    rows = re.findall(
        r"^\| `([\w-]+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE
    )

    assert [(rule.name, rule.section, rule.then, rule.demands) for rule in RULES] == rows
