"""A head's bytes become its status, its reason and its fields.

Theory of operation. Nearly every head is ordinary: one pattern says so in a single pass, and llhttp takes it apart. The
pattern makes us independent of what this or that llhttp lets pass. Whatever it does not match, and whatever llhttp
refuses, is read line by line: that either finds the rule that is broken, or mends what may be mended. So both ways
answer the same fields for the same head, and neither knows of the connection.
"""

from __future__ import annotations

import re
from typing import TypeAlias

import httptools

from restkit.wire.http1.broken import Place, refuse
from restkit.wire.http1.events import Field
from restkit.wire.http1.names import TOKEN, is_token
from restkit.wire.http1.rules import (
    BARE_CR,
    BARE_LF,
    CONTROL,
    FIELD_NAME,
    FIELDS,
    FIRST_FOLD,
    MOST_FIELDS,
    NAME_SPACE,
    STATUS,
    STATUS_LINE,
    VERSION,
)

TEXT = rb"[\t -~\x80-\xff]"
START = rb"HTTP/1\.[01] [1-5][0-9][0-9](?: " + TEXT + rb"*+)?+\r\n"
LINE = TOKEN + rb"++:[ \t]*+(?:[!-~\x80-\xff]" + TEXT + rb"*+(?<![ \t]))?+\r\n"

_ordinary = re.compile(START + rb"(?:" + LINE + rb")*+\r\n").fullmatch
_bare = re.compile(rb"(?<!\r)\n|\r(?!\n|\Z)").search
_control = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]").search
_fold = re.compile(rb"(?<![ \t])(?:[ \t]*+\r\n[ \t]++)++")  # each run of whitespace is tried once
_start = re.compile(rb"(?P<version>HTTP/[0-9]\.[0-9]) (?P<status>-?[0-9]+)(?: (?P<reason>.*))?", re.DOTALL).fullmatch
_status = re.compile(rb"[1-5][0-9][0-9]").fullmatch


Start: TypeAlias = tuple[bytes, int, bytes]
"""What a status line says: version, status, reason."""


class _Fields(list[Field]):
    """Keeps what llhttp calls out."""

    def on_header(self, name: bytes, value: bytes) -> None:
        self.append((name, value))


def read_head(head: bytes) -> tuple[Start, list[Field]]:
    """Take a whole head apart, from its status line to the empty line."""
    if _ordinary(head) is None:
        return read_carefully(head)
    fields = _Fields()
    try:
        httptools.HttpResponseParser(fields).feed_data(head)
    except httptools.HttpParserUpgrade:
        pass  # it was told of another protocol behind the head, which is not here
    except httptools.HttpParserError:
        return read_carefully(head)
    if len(fields) > MOST_FIELDS:
        refuse(FIELDS, "head")
    return (head[:8], int(head[9:12]), head[13 : head.index(b"\r\n")]), fields


def read_carefully(head: bytes) -> tuple[Start, list[Field]]:
    """Take a head apart line by line, and find the rule that it breaks, if it breaks any."""
    check_beginning(head)
    check_line_ends(head, 0, len(head), "head")
    line, _, section = head.partition(b"\r\n")
    if section[:1] in (b" ", b"\t"):
        refuse(FIRST_FOLD, "head")
    return read_start(line), read_fields(section[:-2], "head")


def check_beginning(head: bytes | bytearray) -> None:
    """Whether what has come may become an HTTP head."""
    if head[:5] != b"HTTP/"[: len(head)]:
        refuse(STATUS_LINE, "head", bytes(head[:32]))


def check_line_ends(text: bytes | bytearray, start: int, end: int, place: Place) -> None:
    """Whether CR and LF come in pairs. A CR at the very end may still get its LF."""
    if found := _bare(text, start, end):
        refuse(BARE_LF if found[0] == b"\n" else BARE_CR, place)


def read_start(line: bytes) -> Start:
    """Take a status line apart. Its reason may be missing, as not a few servers leave it out."""
    found = _start(line)
    if found is None:
        refuse(STATUS_LINE, "head", line)
    version, status, reason = found["version"], found["status"], found["reason"] or b""
    if version not in (b"HTTP/1.0", b"HTTP/1.1"):
        refuse(VERSION, "head", version)
    if not _status(status):
        refuse(STATUS, "head", status)
    if wrong := _control(reason):
        refuse(CONTROL, "head", wrong[0])
    return version, int(status), reason


def read_fields(section: bytes, place: Place) -> list[Field]:
    """Take field lines apart, each with its CRLF; CR and LF are known to come in pairs."""
    fields = [read_field(line, place) for line in _fold.sub(b" ", section).split(b"\r\n")[:-1]]
    if len(fields) > MOST_FIELDS:
        refuse(FIELDS, place)
    return fields


def read_field(line: bytes, place: Place) -> Field:
    """Take one field line apart."""
    name, colon, value = line.partition(b":")
    if colon and name.rstrip(b" \t") != name:
        refuse(NAME_SPACE, place, name)
    if not colon or not is_token(name):
        refuse(FIELD_NAME, place, name if colon else b"")
    if wrong := _control(value):
        refuse(CONTROL, place, wrong[0])
    return name, value.strip(b" \t")
