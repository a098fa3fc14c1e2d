"""How long the body of an answer is, and whether the connection can be used again (RFC 9112 6.3, 9.3)."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Literal, TypeAlias

from restkit.wire.http1.broken import refuse
from restkit.wire.http1.events import Field
from restkit.wire.http1.head import Start
from restkit.wire.http1.names import CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING, meaning_of
from restkit.wire.http1.rules import CODING, LENGTH, LENGTH_DIGITS, LENGTHS, OLD_CODING


class Open(Enum):
    """A body whose length its head does not tell."""

    CHUNKED = "chunked"
    UNTIL_CLOSE = "until close"


CHUNKED: Literal[Open.CHUNKED] = Open.CHUNKED
UNTIL_CLOSE: Literal[Open.UNTIL_CLOSE] = Open.UNTIL_CLOSE
Size: TypeAlias = int | Literal[Open.CHUNKED, Open.UNTIL_CLOSE]
"""Bytes of a body, or how its end is found."""
Framing: TypeAlias = tuple[Size, bool, list[Field]]
"""A body's size, whether the connection stays open behind it, and the fields without what contradicts that."""

BODILESS = frozenset({204, 304})


def framing(start: Start, fields: list[Field], found: Sequence[tuple[int, bytes]], method: bytes) -> Framing:
    """The framing of the final answer to a method, with what its fields mean.

    Wrong lengths and codings are refused even if there is no body.
    """
    version, status, _ = start
    persistent = version == b"HTTP/1.1"
    size: Size = UNTIL_CLOSE
    lengths: list[bytes] = []
    codings: list[bytes] = []
    for meaning, value in found:
        if meaning == CONTENT_LENGTH:
            lengths.append(value)
        elif meaning == TRANSFER_ENCODING:
            codings.append(value)
        elif meaning == CONNECTION and says_close(value):
            persistent = False
    if lengths:
        digits = one_length(lengths)
        size = int(digits)
        if lengths != [digits]:
            fields = with_one_length(fields, digits)
    if codings:
        check_coding(version, codings)
        size = CHUNKED
        persistent, fields = persistent and not lengths, without_lengths(fields) if lengths else fields
    if method == b"HEAD" or status in BODILESS:
        size = 0
    return size, persistent and size is not UNTIL_CLOSE, fields


def says_close(value: bytes) -> bool:
    """Whether the server will close the connection (RFC 9112 9.6)."""
    said = value.lower()
    return b"close" in said and b"close" in [option.strip(b" \t") for option in said.split(b",")]


def check_coding(version: bytes, values: list[bytes]) -> None:
    """Whether the transfer coding is the one that we read."""
    if [value.lower() for value in values] != [b"chunked"]:
        refuse(CODING, "head", b", ".join(values))
    if version == b"HTTP/1.0":
        refuse(OLD_CODING, "head")


def one_length(values: list[bytes]) -> bytes:
    """The digits of the one length that all agree on; each value may be a list (RFC 9110 8.6)."""
    if len(values) == 1 and values[0].isdigit() and len(values[0]) <= LENGTH_DIGITS:
        return values[0]
    said = [part.strip(b" \t") for value in values for part in value.split(b",")]
    for part in said:
        if not part.isdigit() or len(part) > LENGTH_DIGITS:
            refuse(LENGTH, "head", part)
    if said.count(said[0]) < len(said):
        refuse(LENGTHS, "head", b", ".join(said))
    return said[0]


def without_lengths(fields: list[Field]) -> list[Field]:
    """The fields without a length that is none: the transfer coding overrides it (RFC 9112 6.3)."""
    return [field for field in fields if meaning_of(field[0]) != CONTENT_LENGTH]


def with_one_length(fields: list[Field], digits: bytes) -> list[Field]:
    """The fields with the first of several equal lengths."""
    first = next(index for index, field in enumerate(fields) if meaning_of(field[0]) == CONTENT_LENGTH)
    return [*fields[:first], (fields[first][0], digits), *without_lengths(fields[first + 1 :])]
