"""The table of faults over httpx's own transport: what its public parts can meet, and why the rest is not met."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve

from restkit.errors import ProtocolError, ReadError
from tests.campaign.resilience_row import AGAIN, RAISE, Row
from tests.campaign.resilience_rows import ROWS as OWN

NOT_BOUND = "only a timeout for each read bounds it, and a blocking transport cannot be called off"
UNMET: Mapping[str, str] = {
    "head drips": NOT_BOUND,
    "1xx drip": NOT_BOUND,
    "1xx flood": NOT_BOUND,
    "body drips": NOT_BOUND,
    "early 413, closed": "an answer may be lost behind a connection that is reset",
    "never reads much": "the timeout for writing is for all of a body there",
    "many fields": "any number is taken",
    "status 999": "any three digits are taken",
    "another version": "any is taken",
    "a second answer": "the connection is used again, and the next request is answered by it",
    "no length, no end of TLS": "the cut is taken for the end",
    "no such name": "there is no resolver to be told",
    "no name for now": "there is no resolver to be told",
    "first address dead": "there is no resolver to be told",
}
"""Rows that do not hold, and why."""
BROKEN = frozenset(
    {
        "reset at once",
        "reset after head",
        "reset within body",
        "closed unanswered",
        "closed unanswered, applied",
        "closed when asked again",
    }
)
"""Rows in which a connection ends without a word, which httpx may call an error of the protocol."""
LIMITED = frozenset({"large head", "chunk extension flood", "trailer flood"})
"""Rows in which h11 finds too much, and calls that an error of the protocol."""
UNSENT = frozenset({"plain HTTP where TLS is expected"})


def over_httpx(row: Row) -> Row:
    """The same row there: what breaks the protocol may be a connection that broke, so it is sent again if it may be."""
    once = row.once
    if row.name in BROKEN:
        once = (*once, ProtocolError)
    elif row.name in LIMITED:
        once = (ProtocolError,)
    elif ProtocolError in once:
        once = (ProtocolError, ReadError)
    is_vague = once != row.once and row.safe is RAISE
    ways = tuple(way for way in row.ways if way.name in {"GET", "POST", "POST with a key"})
    changed = evolve(row, name=f"{row.name}, over httpx", once=once, foreign=True, ways=ways)
    if not is_vague:
        return changed
    is_unsent = row.name in UNSENT
    return evolve(changed, safe=AGAIN, unsafe=AGAIN if is_unsent else RAISE, unread=is_unsent)


ROWS: tuple[Row, ...] = tuple(over_httpx(row) for row in OWN if row.name not in UNMET)
