"""The table of faults through a whole client, as data: every fault of the kit, and what needs a client's own part."""

from __future__ import annotations

import socket
from collections.abc import Iterable

import httpx

from restkit.errors import (
    BadEncoding,
    ConnectError,
    ConnectTimeout,
    DecodeError,
    DNSError,
    ProtocolError,
    ReadError,
    ReadTimeout,
    RedirectError,
    ServerError,
    StatusError,
    TooLarge,
    TooManyRequests,
    TruncatedBody,
    UnexpectedContentType,
    UnsupportedEncoding,
    WriteError,
)
from restkit.testing import FAULTS
from tests.campaign.resilience_row import AGAIN, EITHER, RAISE, VAIN, WAYS, WELL, Find, Row, futile, row
from tests.campaign.resilience_rows_parts import CERTIFICATES, FOLLOWED, FULL, STALLED

HERE, DEAD = "127.0.0.1", "127.0.0.2"
BROKEN = (ReadError, WriteError)
SOON = {"timeout": httpx.Timeout(connect=5, read=0.5, write=5, pool=5)}
CONNECTS_SOON = {"timeout": httpx.Timeout(connect=0.4, read=5, write=5, pool=5)}
IN_AN_ATTEMPT = {"attempt_timeout": 0.6}
FEW = tuple(way for way in WAYS if way.name in {"GET", "PUT", "POST", "POST with a key", "POST of a stream"})
READING = tuple(way for way in WAYS if way.reads)


def broken(fault: str, /, **more: object) -> Row:
    """The connection breaks when the server may have done what was asked."""
    return row(fault, BROKEN, AGAIN, RAISE, **more)


def silent(fault: str, /, **more: object) -> Row:
    """Nothing comes."""
    return row(fault, ReadTimeout, AGAIN, RAISE, **{"settings": SOON, **more})


def dripping(name: str) -> Row:
    """It comes too slowly for an attempt."""
    return row(name, ReadTimeout, AGAIN, RAISE, settings=IN_AN_ATTEMPT)


def cut(name: str) -> Row:
    """Part of an answer is not there."""
    return row(name, (TruncatedBody, ReadError), AGAIN, RAISE)


def well(name: str) -> Row:
    """A client that knows HTTP is not bothered."""
    return row(name, None, WELL, WELL)


def failing(status: int, *, name: str | None = None) -> Row:
    """A status after which it may go better."""
    kind = ServerError if status >= 500 else StatusError
    return row(name or str(status), kind, AGAIN, RAISE, status=status)


def throttled(name: str, *, unkeyed: bool) -> Row:
    """429: who says when to come again has not looked at it."""
    return row(name, TooManyRequests, AGAIN, AGAIN if unkeyed else RAISE, status=429)


def refusing(code: int) -> Find:
    """No address when first asked, for a reason of `getaddrinfo`."""

    def find(before: int) -> Iterable[str]:
        if not before:
            raise socket.gaierror(code, "as its row says")
        return [HERE]

    return find


CONNECTING = (
    row("refused", ConnectError, VAIN, VAIN, unread=True),
    row("crowded", ConnectTimeout, VAIN, VAIN, unread=True, settings=CONNECTS_SOON, ways=FEW),
    futile("TLS where plain HTTP is expected", ProtocolError),
    row("reset at once", (ConnectError, *BROKEN), AGAIN, EITHER),
    row("handshake reset", ConnectError, AGAIN, AGAIN, unread=True, tls=True, ways=FEW),
    row("handshake stalls", ConnectTimeout, AGAIN, AGAIN, unread=True, tls=True, settings=CONNECTS_SOON, ways=FEW),
    futile("plain HTTP where TLS is expected", ProtocolError, tls=True, ways=FEW),
    Row(
        name="no such name",
        plan=(),
        once=(DNSError,),
        safe=RAISE,
        unsafe=RAISE,
        find=refusing(socket.EAI_NONAME),
    ),
    Row(
        name="no name for now",
        plan=(),
        once=(DNSError,),
        safe=AGAIN,
        unsafe=AGAIN,
        unread=True,
        find=refusing(socket.EAI_AGAIN),
    ),
    Row(name="first address dead", plan=(), find=lambda _: [DEAD, HERE], ways=FEW),
)
SENDING = (
    broken("reset after head"),
    broken("reset within body"),
    futile("early 413, half closed", StatusError, status=413),
    futile("early 413, closed", StatusError, status=413),
    silent("never reads"),
    broken("closed unanswered"),
    broken("closed unanswered, applied"),
    broken("reset unanswered"),
    broken("reset unanswered, applied"),
    silent("stalls"),
    silent("stalls, applied"),
    well("closed behind the answer"),
    broken("closed unanswered", name="closed when asked again", plan=(None, "closed unanswered"), prior=True),
    silent("never reads", name="half open", plan=(None, "never reads"), prior=True),
)
HEADS = (
    dripping("head drips"),
    futile("two lengths", ProtocolError),
    well("length and chunks"),
    futile("large head", TooLarge),
    futile("many fields", TooLarge),
    futile("NUL in head", ProtocolError),
    futile("bare CR in head", ProtocolError),
    well("folded field"),
    *(
        futile(name, ProtocolError)
        for name in ("garbage", "status 99", "status 1000", "status 999", "another version", "1xx flood", "unasked 101")
    ),
    well("100 and 103 first"),
    dripping("1xx drip"),
    futile("204 with a body", DecodeError, ways=READING),
    well("a second answer"),
)
BODIES = (
    dripping("body drips"),
    silent("body stalls"),
    broken("reset within the answer"),
    broken("reset within chunks"),
    cut("length too long"),
    well("length too short"),
    well("no length"),
    row("no length, no end of TLS", TruncatedBody, AGAIN, RAISE, tls=True, ways=FEW),
    cut("chunk cut"),
    cut("no last chunk"),
    cut("no end of trailers"),
    futile("chunk size not hexadecimal", ProtocolError),
    futile("chunk size huge", ProtocolError),
    futile("chunk size negative", ProtocolError),
    well("tiny chunks"),
    futile("chunk extension flood", TooLarge),
    futile("trailer flood", TooLarge),
    cut("truncated gzip"),
    cut("truncated deflate"),
    futile("not gzip", BadEncoding),
    futile("unknown encoding", UnsupportedEncoding),
    futile("encoded three times", UnsupportedEncoding),
    futile("garbage behind gzip", BadEncoding),
    futile("bomb", TooLarge),
    futile("bomb in an error", TooLarge),
    futile("HTML", UnexpectedContentType),
    futile("HTML as JSON", UnexpectedContentType),
    futile("malformed JSON", DecodeError),
    futile("truncated JSON", DecodeError),
    futile("wrong JSON", DecodeError),
    futile("empty", DecodeError),
    futile("unexpected 204", DecodeError),
    well("unknown charset"),
)
STATUSES = (
    *map(failing, (500, 502, 503, 504, 408)),
    failing(500, name="500 applied"),
    failing(503, name="503, Retry-After: 1"),
    row("421", StatusError, AGAIN, AGAIN, status=421),
    row("425", StatusError, AGAIN, AGAIN, status=425),
    throttled("429", unkeyed=False),
    throttled("429, at once", unkeyed=True),
    throttled("429, in a second", unkeyed=True),
    throttled("429, in the past", unkeyed=True),
    throttled("429, malformed", unkeyed=False),
    futile("429, in a day", TooManyRequests, status=429),
    *(
        futile(name, RedirectError, StatusError, status=307 if "origin" in name else 302)
        for name, fault in FAULTS.items()
        if fault.kind == "redirect"
    ),
)
ROWS: tuple[Row, ...] = (
    *CONNECTING,
    *CERTIFICATES,
    *SENDING,
    STALLED,
    *HEADS,
    *BODIES,
    *STATUSES,
    *FOLLOWED,
    *FULL,
)
"""All of it but what needs a proxy, HTTP/2, a second server or a process of its own."""
