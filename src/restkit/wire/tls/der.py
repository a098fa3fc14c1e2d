"""As much of DER (X.690) as it takes to find a certificate's public key: strict, and never past the end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

SEQUENCE, INTEGER, BIT_STRING, VERSION = 0x30, 0x02, 0x03, 0xA0
CERTIFICATE = (SEQUENCE, SEQUENCE, BIT_STRING)
"""The parts of a certificate: what is signed, how, and the signature (RFC 5280 section 4.1)."""
UP_TO_KEY = (INTEGER, SEQUENCE, SEQUENCE, SEQUENCE, SEQUENCE, SEQUENCE)
"""What is signed, after its version: serial, algorithm, issuer, validity, subject, and the key."""
KEY = (SEQUENCE, BIT_STRING)
"""A SubjectPublicKeyInfo: an algorithm, and the key in its own form."""
LONG, MOST = 0x80, 4
"""From where a length has bytes of its own, and how many of these are read at most."""


class Malformed(ValueError):
    """These bytes are not what they should be."""


class Element(NamedTuple):
    """Where an element begins, where its content does, and where it ends."""

    tag: int
    at: int
    content: int
    end: int


def key_of(certificate: bytes) -> bytes:
    """The SubjectPublicKeyInfo of a certificate, as it stands there. Raises Malformed."""
    parts = within(certificate, sole(certificate))
    if shape(parts) != CERTIFICATE:
        raise Malformed("this is no certificate")
    fields = within(certificate, parts[0])
    if fields and fields[0].tag == VERSION:
        del fields[0]
    if shape(fields[: len(UP_TO_KEY)]) != UP_TO_KEY:
        raise Malformed("this is no certificate of X.509")
    found = fields[len(UP_TO_KEY) - 1]
    return as_key(certificate[found.at : found.end])


def as_key(data: bytes) -> bytes:
    """These bytes, which are a SubjectPublicKeyInfo. Raises Malformed."""
    if not is_key(data):
        raise Malformed("this is no public key")
    return data


def is_key(data: bytes) -> bool:
    """Whether these bytes are a SubjectPublicKeyInfo. Raises Malformed for what is no DER."""
    return shape(within(data, sole(data))) == KEY


def shape(elements: list[Element]) -> tuple[int, ...]:
    """The tags of elements."""
    return tuple(each.tag for each in elements)


def sole(data: bytes) -> Element:
    """The one sequence that the data are. Raises Malformed."""
    found = element(data, 0, len(data))
    if found.tag != SEQUENCE or found.end != len(data):
        raise Malformed("this is no single sequence")
    return found


def within(data: bytes, parent: Element) -> list[Element]:
    """The elements that are another's content. Raises Malformed."""
    return list(elements(data, parent.content, parent.end))


def elements(data: bytes, at: int, end: int) -> Iterator[Element]:
    """The elements from one place to another. Raises Malformed."""
    while at < end:
        found = element(data, at, end)
        yield found
        at = found.end


def element(data: bytes, at: int, end: int) -> Element:
    """The element that begins at a place: with a tag of one byte, and the shortest form of its length."""
    if end - at < len("TL"):
        raise Malformed("an element is cut off")
    tag, size, content = data[at], data[at + 1], at + 2
    if tag & 0x1F == 0x1F:  # noqa: PLR2004 - all five bits (X.690 section 8.1.2.4)
        raise Malformed("a tag has several bytes")
    if size >= LONG:
        content += size - LONG
        size = length(data[at + 2 : min(content, end)], size - LONG)
    if size > end - content:
        raise Malformed("an element is longer than what it is in")
    return Element(tag, at, content, content + size)


def length(data: bytes, count: int) -> int:
    """A length of so many bytes (X.690 sections 8.1.3.5 and 10.1)."""
    found = int.from_bytes(data, "big")
    if not 1 <= count <= MOST or len(data) != count or data[0] == 0 or found < LONG:
        raise Malformed("a length is in no definite, shortest form")
    return found
