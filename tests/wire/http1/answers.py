"""Answers by chance: valid ones, ones with a known mistake, and ones with bytes changed or cut off anywhere."""

from __future__ import annotations

import random

from attrs import frozen

from restkit.wire.http1 import Rule
from tests.wire.http1.drafts import valid
from tests.wire.http1.mistakes import MISTAKES, Mistake

MISTAKEN, CUT_OFF, CHANGED = 0.5, 0.65, 0.85
"""Up to where a throw of the dice means each."""
_WEIGHTS = [weight for _, _, weight, _ in MISTAKES]


@frozen
class Answer:
    """A stream that answers a method, and the row of the table that it was made to break, if any."""

    method: bytes
    stream: bytes
    rule: Rule | None = None


def answer(dice: random.Random) -> Answer:
    """A valid answer, one with a known mistake, or one with bytes changed or cut off anywhere."""
    chance = dice.random()
    if chance < MISTAKEN:
        rule, framing, _, mistake = dice.choices(MISTAKES, _WEIGHTS)[0]
        return mistaken(dice, rule, framing, mistake)
    draft = valid(dice)
    stream = draft.stream
    if chance < CUT_OFF:
        stream = stream[: dice.randrange(len(stream))]
    elif chance < CHANGED:
        stream = changed(dice, stream)
    return Answer(draft.method, stream)


def mistaken(dice: random.Random, rule: Rule, framing: str, mistake: Mistake) -> Answer:
    """An answer with one mistake."""
    draft = valid(dice, framing)
    mistake(dice, draft)
    return Answer(draft.method, draft.stream, rule)


ODD = (
    b"\x00",
    b"\n",
    b"\r",
    b" ",
    b"\t",
    b":",
    b";",
    b"\r\n",
    b"\r\n\r\n",
    b"0",
    b"9",
    b"a",
    b"\x7f",
    b"\x80",
    b",",
    b"-",
)


def changed(dice: random.Random, stream: bytes) -> bytes:
    """A stream with a byte or two changed, put in, or taken out."""
    for _ in range(dice.choice((1, 1, 2))):
        at = dice.randrange(len(stream) + 1)
        stream = stream[:at] + dice.choice(ODD) + stream[at + dice.randrange(2) :]
    return stream
