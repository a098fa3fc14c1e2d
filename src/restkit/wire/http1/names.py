"""Which fields concern the exchange, found by one look-up for each name.

The same few names come again and again, in the same letters. What each means is learned once; a stranger who invents
names cannot make us learn without end.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from restkit.wire.http1.events import Field

OTHER, CONTENT_LENGTH, TRANSFER_ENCODING, CONNECTION, HOST, EXPECT, UPGRADE, KEEP_ALIVE, CONTENT_CODING, NO_NAME = (
    range(10)
)
"""What a name means to the exchange. `NO_NAME` is none: it is no token (RFC 9110 5.6.2)."""

TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]"
_IS_TOKEN = re.compile(TOKEN + rb"++")
_MEANINGS = {
    b"content-length": CONTENT_LENGTH,
    b"transfer-encoding": TRANSFER_ENCODING,
    b"connection": CONNECTION,
    b"host": HOST,
    b"expect": EXPECT,
    b"upgrade": UPGRADE,
    b"keep-alive": KEEP_ALIVE,
    b"content-encoding": CONTENT_CODING,
}
_MOST_LEARNED = 2048
_LONGEST_LEARNED = 64

_learned: dict[bytes, int] = {}


def concerns(fields: Iterable[Field]) -> list[tuple[int, bytes]]:
    """What the fields mean that concern the exchange, each with its value, in order."""
    try:
        return [(meaning, value) for name, value in fields if (meaning := _learned[name])]
    except KeyError:
        return [(meaning, value) for name, value in fields if (meaning := meaning_of(name))]


def meaning_of(name: bytes) -> int:
    """What a name means."""
    known = _learned.get(name)
    return learn(name) if known is None else known


def learn(name: bytes) -> int:
    """What a name means, kept for the next time."""
    meaning = _MEANINGS.get(name.lower(), OTHER) if is_token(name) else NO_NAME
    if len(_learned) < _MOST_LEARNED and len(name) <= _LONGEST_LEARNED:
        _learned[name] = meaning
    return meaning


def is_token(text: bytes) -> bool:
    """Whether a text is a token (RFC 9110 5.6.2)."""
    return _IS_TOKEN.fullmatch(text) is not None
