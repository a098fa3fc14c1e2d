"""How the tests read: a stream in, its events out."""

from __future__ import annotations

from restkit.wire.http1 import Event, ResponseParser


def events(parser: ResponseParser) -> list[Event]:
    """All the events that there are for now."""
    found: list[Event] = []
    while (event := parser.next_event()) is not None:
        found.append(event)
    return found


def after(*stream: bytes, method: bytes = b"GET", upgrade: bool = False, close: bool = False) -> ResponseParser:
    """A parser that has read the answer to one request, which came in these pieces."""
    parser = ResponseParser()
    parser.begin(method, upgrade=upgrade, close=close)
    for piece in stream:
        parser.feed(piece)
        _ = events(parser)
    return parser


def read(stream: bytes, method: bytes = b"GET", *, upgrade: bool = False) -> list[Event]:
    """The events of the answer to one request, whose stream then ends."""
    parser = ResponseParser()
    parser.begin(method, upgrade=upgrade)
    parser.feed(stream)
    parser.feed_eof()
    return events(parser)


def body(stream: bytes, method: bytes = b"GET") -> bytes:
    """The body of an answer."""
    return b"".join(event for event in read(stream, method) if isinstance(event, bytes))
