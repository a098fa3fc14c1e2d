"""What is demanded of an answer, as a table: each row says where the RFC asks for it and what is done without it.

The table is the reference of everything that this package refuses or mends. An error names its row.
"""

from __future__ import annotations

from typing import Literal

from attrs import frozen

KIBIBYTE = 1024
MOST_BYTES = 100 * KIBIBYTE
"""Bytes of a head, and of all that a chunked body carries beside its data."""
MOST_FIELDS = 1000
MOST_INFORMATIONAL = 100
MOST_KEPT = 20
"""Informational heads that the final one still knows of."""
LENGTH_DIGITS = 18
"""Digits of a Content-Length: below 10**18 bytes."""
SIZE_DIGITS = 16
"""Digits of a chunk's size, leading zeros included: below 2**64 bytes."""


@frozen
class Rule:
    """One row: its name, the RFC's section, what is done when it is broken, and what it demands."""

    name: str
    section: str
    then: Literal["refused", "too large", "mended", "closed"]
    demands: str


STATUS_LINE = Rule(
    "status-line", "RFC 9112 4", "refused", "A head begins with version, status and reason, single spaces between."
)
VERSION = Rule("version", "RFC 9112 2.3", "refused", "The version is HTTP/1.0 or HTTP/1.1.")
STATUS = Rule("status", "RFC 9110 15", "refused", "The status has three digits and lies in 100 to 599.")
BARE_CR = Rule("bare-cr", "RFC 9112 2.2", "refused", "A CR stands before an LF, nowhere else.")
BARE_LF = Rule("bare-lf", "RFC 9112 2.2", "refused", "A line ends with CRLF, never with an LF alone.")
CONTROL = Rule("control", "RFC 9110 5.5", "refused", "Values and reasons hold no NUL and no control but the tab.")
FIELD_NAME = Rule("field-name", "RFC 9110 5.1", "refused", "A field line is a token, a colon and a value.")
NAME_SPACE = Rule("name-space", "RFC 9112 5.1", "refused", "No whitespace stands between a name and its colon.")
FIRST_FOLD = Rule("first-fold", "RFC 9112 2.2", "refused", "The first field does not begin with whitespace.")
FOLD = Rule("obs-fold", "RFC 9112 5.2", "mended", "A value stands on one line; a folded one is joined by a space.")
HEAD_BYTES = Rule("head-bytes", "RFC 9112 3", "too large", "A head has at most 100 KiB.")
FIELDS = Rule("fields", "RFC 9110 5.4", "too large", "A head, or a trailer, has at most 1,000 fields.")
INFORMATIONAL = Rule("informational", "RFC 9110 15.2", "refused", "At most 100 informational heads come first.")
UPGRADE = Rule("upgrade", "RFC 9110 15.2.2", "refused", "101 comes only if an upgrade was asked for.")
LENGTH = Rule("length", "RFC 9110 8.6", "refused", "A Content-Length is 1 to 18 digits and nothing else.")
LENGTHS = Rule("lengths", "RFC 9112 6.3", "refused", "Several Content-Length do not differ.")
SAME_LENGTHS = Rule("same-lengths", "RFC 9110 8.6", "mended", "There is one Content-Length; equal ones become one.")
CODING = Rule("coding", "RFC 9112 6.1", "refused", "Transfer-Encoding is `chunked`, once: nothing else was asked for.")
OLD_CODING = Rule("old-coding", "RFC 9112 6.1", "refused", "HTTP/1.0 knows no Transfer-Encoding.")
BOTH = Rule(
    "both", "RFC 9112 6.3", "closed", "Beside a Transfer-Encoding stands no Content-Length; one that does is dropped."
)
CHUNK_SIZE = Rule("chunk-size", "RFC 9112 7.1", "refused", "A chunk's size is 1 to 16 hexadecimal digits, no more.")
CHUNK_EXTENSION = Rule(
    "chunk-extension", "RFC 9112 7.1.1", "refused", "A chunk's extension follows a semicolon, without controls."
)
CHUNK_END = Rule("chunk-end", "RFC 9112 7.1", "refused", "A chunk's data ends with CRLF where its size says.")
CHUNK_EXTRAS = Rule(
    "chunk-extras", "RFC 9112 7.1.1", "too large", "The extensions and trailers of a body have at most 100 KiB."
)
TRAILER_FRAMING = Rule("trailer-framing", "RFC 9110 6.5.1", "refused", "A trailer says nothing about the framing.")
EXCESS = Rule("excess", "RFC 9112 6.3", "closed", "Nothing follows an answer; what does is never the next one.")

RULES: tuple[Rule, ...] = (
    STATUS_LINE,
    VERSION,
    STATUS,
    BARE_CR,
    BARE_LF,
    CONTROL,
    FIELD_NAME,
    NAME_SPACE,
    FIRST_FOLD,
    FOLD,
    HEAD_BYTES,
    FIELDS,
    INFORMATIONAL,
    UPGRADE,
    LENGTH,
    LENGTHS,
    SAME_LENGTHS,
    CODING,
    OLD_CODING,
    BOTH,
    CHUNK_SIZE,
    CHUNK_EXTENSION,
    CHUNK_END,
    CHUNK_EXTRAS,
    TRAILER_FRAMING,
    EXCESS,
)
"""The whole table."""
