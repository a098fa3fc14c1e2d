"""Mistakes: each row of the table, and how to break it."""

from __future__ import annotations

import random
from collections.abc import Callable

from restkit.wire.http1 import Rule, rules
from tests.wire.http1.drafts import CHUNKED, FIRST, LENGTH, Draft, chunks

Mistake = Callable[[random.Random, Draft], None]


WRONG_STARTS = (
    b"HTP/1.1 200 OK\r\n",
    b"HTTP/1.1  200 OK\r\n",
    b"HTTP/1.1 abc OK\r\n",
    b"\r\n",
    b"HTTP/1.1200 OK\r\n",
    b"http/1.1 200 OK\r\n",
    b"HTTP/1.1 200OK\r\n",
    b"HTTP/11 200 OK\r\n",
    b" HTTP/1.1 200 OK\r\n",
    b"SSH-2.0-x\r\n",
    b"\x15\x03\x01\x00\x02\x02\x16\r\n",
    b"HTTP/1.1\t200 OK\r\n",
    b"HTTP/1.1 \r\n",
    b"HTTP/1.1\r\n",
)


def bad_start(dice: random.Random, draft: Draft) -> None:
    """A status line that is none."""
    draft.before = b""
    draft.start = dice.choice((*WRONG_STARTS, b"\r\n" + draft.start))


def bad_version(dice: random.Random, draft: Draft) -> None:
    """A version that is not spoken here."""
    draft.start = b"HTTP/" + dice.choice((b"0.9", b"1.2", b"2.0", b"3.0")) + draft.start[8:]


def bad_status(dice: random.Random, draft: Draft) -> None:
    """A status out of range."""
    draft.start = (
        b"HTTP/1.1 " + dice.choice((b"0", b"99", b"099", b"600", b"999", b"1000", b"2000", b"-20", b"20")) + b" OK\r\n"
    )


def into_value(dice: random.Random, draft: Draft, what: bytes) -> None:
    """Put something into a value, or into the reason."""
    if dice.random() < 0.2:
        draft.start = draft.start[:-2] + b" " + what + b"y\r\n"
    else:
        draft.lines.insert(dice.randrange(len(draft.lines) + 1), b"X-Bad: x" + what + b"y\r\n")


def bare_cr(dice: random.Random, draft: Draft) -> None:
    """A CR without its LF."""
    into_value(dice, draft, dice.choice((b"\r", b"\r\r", b"\r ")))


def bare_lf(dice: random.Random, draft: Draft) -> None:
    """An LF without its CR: within a line, at its end, or as the empty line."""
    match dice.randrange(3):
        case 0:
            into_value(dice, draft, dice.choice((b"\n", b"\nX: ", b"\n\n", b"\n ")))
        case 1:
            draft.start = draft.start[:-2] + b"\n"
        case _:
            draft.end = b"\n"


def control(dice: random.Random, draft: Draft) -> None:
    """A control where text stands."""
    into_value(dice, draft, dice.choice((b"\x00", b"\x01", b"\x0b", b"\x1f", b"\x7f")))


def bad_name(dice: random.Random, draft: Draft) -> None:
    """A name that is no token, or no field at all."""
    draft.lines.append(
        dice.choice(
            (b"a b: c\r\n", b": c\r\n", b"nothing\r\n", b"a\x80: c\r\n", b"(x): y\r\n", b"a\x00: b\r\n", b'"a": b\r\n')
        )
    )


def name_space(dice: random.Random, draft: Draft) -> None:
    """Whitespace before a colon."""
    draft.lines.append(dice.choice((b"Content-Length : 5\r\n", b"A\t: b\r\n", b"A  : b\r\n")))


def first_fold(dice: random.Random, draft: Draft) -> None:
    """A first field that begins with whitespace."""
    draft.lines.insert(0, dice.choice((b" X: y\r\n", b"\tX: y\r\n", b" \r\n")))


def fold(dice: random.Random, draft: Draft) -> None:
    """A value on several lines."""
    draft.lines.append(
        dice.choice(
            (b"F: a\r\n b\r\n", b"F: a \r\n\t b\r\n", b"F:\r\n b\r\n", b"F: a\r\n \r\n", b"F: a\r\n b\r\n c: d\r\n")
        )
    )


def large_head(dice: random.Random, draft: Draft) -> None:
    """A head over its cap."""
    draft.lines.append(b"X-Large: %b\r\n" % (b"x" * (rules.MOST_BYTES + dice.choice((0, 1, 5000)))))


def many_fields(dice: random.Random, draft: Draft) -> None:
    """More fields than there may be."""
    draft.lines.extend([dice.choice((b"A: b\r\n", b"a: b \r\n"))] * (rules.MOST_FIELDS + 1))


def many_informational(dice: random.Random, draft: Draft) -> None:
    """Informational heads without an end."""
    draft.before = FIRST[0] * (rules.MOST_INFORMATIONAL + dice.choice((1, 2, 30)))


def upgrade(dice: random.Random, draft: Draft) -> None:
    """Another protocol that nobody asked for."""
    draft.start = b"HTTP/1.1 101 Switching Protocols\r\n"
    draft.lines.append(dice.choice((b"Upgrade: websocket\r\nConnection: upgrade\r\n", b"X: y\r\n")))


WRONG_LENGTHS = (
    b"+3",
    b"-1",
    b"3 3",
    b"0x3",
    b"1_0",
    b"",
    b"3.0",
    b"9" * 19,
    b"\xb2",
    b"3;",
    b",",
    b"3,",
    b"3, x",
    b"1e2",
    b"\xef\xbc\x93",
)


def bad_length(dice: random.Random, draft: Draft) -> None:
    """A Content-Length that is no number."""
    draft.lines[:] = [line for line in draft.lines if not line.startswith(b"Content-Length")]
    draft.lines.append(b"Content-Length: %b\r\n" % dice.choice(WRONG_LENGTHS))


def two_lengths(dice: random.Random, draft: Draft) -> None:
    """Content-Lengths that differ."""
    draft.lines.append(dice.choice((b"content-length: %d\r\n", b"Content-Length: 7, %d\r\n")) % (len(draft.body) + 1))


def same_lengths(dice: random.Random, draft: Draft) -> None:
    """Content-Lengths that agree."""
    length = len(draft.body)
    if dice.random() < 0.5:
        draft.lines.append(b"content-length:%d\r\n" % length)
    else:
        draft.lines = [line for line in draft.lines if not line.startswith(b"Content-Length")]
        draft.lines.append(b"Content-Length: %d, %d\r\n" % (length, length))


WRONG_CODINGS = (
    b"gzip",
    b"gzip, chunked",
    b"chunked, chunked",
    b"identity",
    b"",
    b"chunked;q=1",
    b"xchunked",
    b"chun ked",
    b"chunked,",
)


def bad_coding(dice: random.Random, draft: Draft) -> None:
    """A transfer coding that nobody asked for."""
    others = [line for line in draft.lines if not line.startswith(b"Transfer-Encoding")]
    draft.lines = [*others, b"Transfer-Encoding: %b\r\n" % dice.choice(WRONG_CODINGS)]
    if dice.random() < 0.3:
        draft.lines = [*others, b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"]


def old_coding(_: random.Random, draft: Draft) -> None:
    """A transfer coding in a version that knew none."""
    draft.start = b"HTTP/1.0" + draft.start[8:]


def both(dice: random.Random, draft: Draft) -> None:
    """A length beside a coding."""
    draft.lines.insert(
        dice.randrange(len(draft.lines) + 1), b"Content-Length: %d\r\n" % dice.choice((0, 3, len(draft.body), 10**6))
    )


def bad_size(dice: random.Random, draft: Draft) -> None:
    """A chunk's size that is none."""
    size = dice.choice(
        (b"x", b"-1", b"+1", b"1 ", b"1\t;a", b"0x1", b"1_0", b"", b"0" * 17, b"f" * 17, b" 1", b"\xff", b"1,", b"g1")
    )
    draft.coded = chunks(dice, draft.body) + size + b"\r\na\r\n0\r\n\r\n"


def bad_extension(dice: random.Random, draft: Draft) -> None:
    """A control in a chunk's extension."""
    draft.coded = chunks(dice, draft.body) + b"1;a=" + dice.choice((b"\x00", b"\x01x", b"\x7f")) + b"\r\na\r\n0\r\n\r\n"


def bad_end(dice: random.Random, draft: Draft) -> None:
    """A chunk that is longer or shorter than its size says."""
    draft.coded = (
        chunks(dice, draft.body)
        + dice.choice((b"2\r\nabc\r\n", b"3\r\nab\r\n", b"1\r\na\n", b"1\r\na\r\r\n", b"1\r\na0\r\n"))
        + b"0\r\n\r\n"
    )


def bare_in_chunk(dice: random.Random, draft: Draft) -> None:
    """An LF alone behind a size, or within the trailers."""
    draft.coded = chunks(dice, draft.body) + dice.choice(
        (b"1\na\r\n0\r\n\r\n", b"1;x\na\r\n0\r\n\r\n", b"0\r\n\n", b"0\r\nT: x\n\r\n\r\n", b"0\n\n")
    )


def large_extras(dice: random.Random, draft: Draft) -> None:
    """Extensions and trailers over their cap."""
    half = rules.MOST_BYTES // 2
    draft.coded = dice.choice(
        (
            b"1;%b\r\na\r\n0\r\n\r\n" % (b"x" * half * 2),
            b"1;%b\r\na\r\n0\r\nT: %b\r\n\r\n" % (b"x" * half, b"y" * half),
            b"0\r\nT: %b\r\n\r\n" % (b"y" * half * 2),
        )
    )


def framing_trailer(dice: random.Random, draft: Draft) -> None:
    """A trailer that would frame."""
    draft.coded = (
        chunks(dice, draft.body)
        + b"0\r\n"
        + dice.choice((b"Content-Length: 3\r\n\r\n", b"T: x\r\ntransfer-encoding: chunked\r\n\r\n"))
    )


def bad_trailer(dice: random.Random, draft: Draft) -> None:
    """A trailer that is no field."""
    draft.coded = (
        chunks(dice, draft.body) + b"0\r\n" + dice.choice((b"a b: c\r\n\r\n", b": c\r\n\r\n", b"nothing\r\n\r\n"))
    )


def excess(dice: random.Random, draft: Draft) -> None:
    """Bytes behind the answer: an answer that nobody asked for, or rubbish."""
    draft.lines[:] = [line for line in draft.lines if b"Close" not in line]
    draft.after = dice.choice(
        (b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison", b"\r\n", b"\n", b"x", b"\x00", b"0\r\n\r\n")
    )


MISTAKES: tuple[tuple[Rule, str, float, Mistake], ...] = (
    (rules.STATUS_LINE, LENGTH, 1, bad_start),
    (rules.VERSION, LENGTH, 1, bad_version),
    (rules.STATUS, LENGTH, 1, bad_status),
    (rules.BARE_CR, LENGTH, 1, bare_cr),
    (rules.BARE_LF, LENGTH, 1, bare_lf),
    (rules.BARE_LF, CHUNKED, 1, bare_in_chunk),
    (rules.CONTROL, CHUNKED, 1, control),
    (rules.FIELD_NAME, LENGTH, 1, bad_name),
    (rules.FIELD_NAME, CHUNKED, 1, bad_trailer),
    (rules.NAME_SPACE, LENGTH, 1, name_space),
    (rules.FIRST_FOLD, LENGTH, 1, first_fold),
    (rules.FOLD, LENGTH, 1, fold),
    (rules.HEAD_BYTES, LENGTH, 0.02, large_head),
    (rules.FIELDS, LENGTH, 0.01, many_fields),
    (rules.INFORMATIONAL, LENGTH, 0.01, many_informational),
    (rules.UPGRADE, LENGTH, 1, upgrade),
    (rules.LENGTH, LENGTH, 1, bad_length),
    (rules.LENGTHS, LENGTH, 1, two_lengths),
    (rules.SAME_LENGTHS, LENGTH, 1, same_lengths),
    (rules.CODING, CHUNKED, 1, bad_coding),
    (rules.OLD_CODING, CHUNKED, 1, old_coding),
    (rules.BOTH, CHUNKED, 1, both),
    (rules.CHUNK_SIZE, CHUNKED, 1, bad_size),
    (rules.CHUNK_EXTENSION, CHUNKED, 1, bad_extension),
    (rules.CHUNK_END, CHUNKED, 1, bad_end),
    (rules.CHUNK_EXTRAS, CHUNKED, 0.02, large_extras),
    (rules.TRAILER_FRAMING, CHUNKED, 1, framing_trailer),
    (rules.EXCESS, LENGTH, 1, excess),
    (rules.EXCESS, CHUNKED, 1, excess),
)
"""Each row of the table, what the draft's body is, how often it is made, and how."""
