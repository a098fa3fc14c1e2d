"""h11 as the oracle: what our parser makes of a stream is what h11 makes of it, or a row of the table says why not."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Sequence

from restkit.wire.http1 import ResponseParser, Rule, Unsendable, rules
from tests.wire.http1.answers import Answer, answer
from tests.wire.http1.outcome import ENDED, REFUSED, Outcome, ours, pieces, theirs

Witness = Callable[[bytes], object]
TOO_MUCH = rules.MOST_BYTES
EVERYWHERE, LEAKS, SHOWN = 300, 8, 400
unfolded = re.compile(rb"[ \t]*\r\n[ \t]+").sub


def spots(pattern: bytes) -> Witness:
    """A witness that finds a pattern anywhere."""
    return re.compile(pattern, re.DOTALL | re.IGNORECASE).search


WITNESSES: dict[Rule, Witness] = {
    rules.STATUS_LINE: spots(rb"(?:\A|\r\n\r\n)(?!HTTP/\d\.\d -?\d+(?: [^\r\n]*)?\r\n)"),
    rules.VERSION: spots(rb"(?:\A|\r\n\r\n)HTTP/(?!1\.[01] )"),
    rules.STATUS: spots(rb"(?:\A|\r\n\r\n)HTTP/1\.[01] (?![1-5]\d\d[ \r])"),
    rules.BARE_CR: spots(rb"\r(?!\n)"),
    rules.BARE_LF: spots(rb"(?<!\r)\n"),
    rules.CONTROL: spots(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"),
    rules.FIELD_NAME: spots(rb"\r\n(?![!#$%&'*+\-.^_`|~0-9a-z]+:)"),
    rules.NAME_SPACE: spots(rb"[ \t]:"),
    rules.FIRST_FOLD: spots(rb"\r\n[ \t]"),
    rules.HEAD_BYTES: lambda stream: len(stream) > TOO_MUCH,
    rules.FIELDS: lambda stream: stream.count(b"\r\n") > rules.MOST_FIELDS,
    rules.INFORMATIONAL: lambda stream: stream.count(b"HTTP/1.") > rules.MOST_INFORMATIONAL,
    rules.UPGRADE: spots(rb"HTTP/1\.[01] 101"),
    rules.LENGTH: spots(rb"\r\nContent-Length:[ \t]*(?!\d{1,18}[ \t]*\r\n)"),
    rules.LENGTHS: spots(rb"\r\nContent-Length:.*\d.*(\r\nContent-Length:|,)"),
    rules.CODING: spots(rb"\r\nTransfer-Encoding:(?![ \t]*chunked[ \t]*\r\n)|(\r\nTransfer-Encoding:.*){2}"),
    rules.OLD_CODING: spots(rb"HTTP/1\.0.*\r\nTransfer-Encoding:"),
    rules.CHUNK_SIZE: spots(rb"\r\n(?![0-9a-f]{1,16}(?:;|\r\n))"),
    rules.CHUNK_EXTENSION: spots(rb";[^\r]*[\x00-\x08\x0b-\x1f\x7f]"),
    rules.CHUNK_END: spots(rb"chunked"),
    rules.CHUNK_EXTRAS: lambda stream: len(stream) > TOO_MUCH,
    rules.TRAILER_FRAMING: spots(rb"\r\n(Content-Length|Transfer-Encoding):"),
}
"""What must be found in a stream that is refused under a row."""


def disagreement(sample: Answer, cuts: Sequence[Sequence[int]]) -> str | None:
    """What is wrong with how our parser reads an answer, cut in several ways; None if nothing is."""
    found, *others = [ours(pieces(sample.stream, each), sample.method) for each in cuts]
    for each, other in zip(cuts[1:], others, strict=True):
        if (other, other.rule, other.excess) != (found, found.rule, found.excess):
            return f"cut at {cuts[0]} {found}, cut at {each} {other}"
    return labelled(sample, found) or compared(sample, found, theirs([sample.stream], sample.method))


def labelled(sample: Answer, found: Outcome) -> str | None:
    """Whether an answer that was made to break a row was taken as that row says."""
    rule = sample.rule
    if rule is None:
        return None
    if rule.then in ("refused", "too large"):
        return None if found.rule is rule else f"made to break {rule.name}, and it was {found}"
    if found.how != ENDED:
        return f"made to break {rule.name}, which is {rule.then}, and it was {found}"
    if rule.then == "closed" and found.reusable:
        return f"{rule.name} leaves the connection open"
    return None


def compared(sample: Answer, found: Outcome, other: Outcome) -> str | None:
    """Whether both parsers say the same, or the row that ours names speaks of something that is there."""
    if found.how == REFUSED:
        return refused(sample, found, other)
    if other.how == REFUSED or found.how != other.how:
        return f"ours {found}, theirs {other}"
    if found.reusable and not other.reusable:
        return "ours would use the connection again, theirs would not"
    return None if plain(found) == plain(other) else f"ours {plain(found)}, theirs {plain(other)}"


def refused(sample: Answer, found: Outcome, other: Outcome) -> str | None:
    """Whether the row is broken indeed, and nothing was told before that h11 would not have told."""
    if found.rule is None or not any(map(WITNESSES[found.rule], (sample.stream, unfolded(b" ", sample.stream)))):
        return f"refused without a reason: {found}"
    if found.rule.name in NEVER_LAX and other.how == ENDED:
        return f"refused as {found.rule.name}, which h11 would not accept: {other}"
    if other.how == ENDED and not other.body.startswith(found.body):
        return f"ours gave {found.body!r} first, theirs {other.body!r}"
    return None


NEVER_LAX = frozenset({"name-space", "first-fold", "lengths", "coding", "upgrade"})
"""Rows that h11 has as well."""


def plain(outcome: Outcome) -> tuple[object, ...]:
    """An outcome without what the table mends: folds, and lengths that are dropped."""
    heads = tuple(
        (
            status,
            reason,
            tuple(
                (name, b" ".join(value.split()))
                for name, value in fields
                if name != b"content-length" or not coded(fields)
            ),
        )
        for status, reason, fields in outcome.heads
    )
    return outcome.how, heads, outcome.body, outcome.trailers


def coded(fields: tuple[tuple[bytes, bytes], ...]) -> bool:
    """Whether there is a transfer coding."""
    return any(name == b"transfer-encoding" for name, _ in fields)


def leak(first: Answer, second: Answer) -> str | None:
    """What of one answer is found in the next one on the same connection; None if nothing is."""
    parser = ResponseParser()
    _ = ours([first.stream], first.method, parser, eof=False)
    if not parser.reusable:
        try:
            parser.begin(b"GET")
        except Unsendable:
            return None
        return "a connection is used again that may not be"
    again = ours([second.stream], second.method, parser, eof=False)
    alone = ours([second.stream], second.method, eof=False)
    return None if again == alone else f"after another answer {again}, alone {alone}"


def cuts_of(dice: random.Random, length: int) -> list[int]:
    """Where to cut a stream: mostly in a few places, now and then everywhere."""
    if length < EVERYWHERE and dice.random() < 0.01:
        return list(range(length))
    return [dice.randrange(length + 1) for _ in range(dice.choice((1, 1, 2, 4)))]


def campaign(seeds: range, ways: int = 4) -> tuple[list[str], Counter[str]]:
    """Compare one answer for each seed, cut in several ways: what is wrong, and how often each row was broken."""
    wrong: list[str] = []
    rows: Counter[str] = Counter()
    before: Answer | None = None
    for seed in seeds:
        dice = random.Random(seed)  # noqa: S311 - to be repeated, not to be secret
        sample = answer(dice)
        rows[sample.rule.name if sample.rule else "-"] += 1
        cuts = [[], *(cuts_of(dice, len(sample.stream)) for _ in range(ways - 1))]
        said = disagreement(sample, cuts) or (before and seed % LEAKS == 0 and leak(before, sample)) or None
        if said is not None:
            wrong.append(f"seed {seed}: {sample.method!r} {sample.stream[:SHOWN]!r}: {said}")
        before = sample
    return wrong, rows
