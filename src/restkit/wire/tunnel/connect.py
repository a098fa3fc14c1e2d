"""The handshake with an HTTP proxy: CONNECT (RFC 9110, section 9.3.6)."""

from __future__ import annotations

from collections.abc import Iterable

from restkit.errors import ProxyError, TransportError
from restkit.wire.http1.events import Head
from restkit.wire.http1.response import ResponseParser
from restkit.wire.tunnel import Steps
from restkit.wire.tunnel.refusal import refusal

SUCCESSFUL = range(200, 300)


def connect(host: str, port: int, fields: Iterable[tuple[bytes, bytes]]) -> Steps:
    """Ask a proxy for a tunnel, with these headers. Raises ProxyError."""
    parser = ResponseParser()
    parser.begin(b"CONNECT")
    came = yield asking(host, port, fields)
    while (head := read(parser, came)) is None:
        came = yield b""
    if head.status not in SUCCESSFUL:
        raise refusal(head.status, head.reason)
    _ = parser.next_event()  # the end, behind which the bytes are the origin's
    if parser.rest():
        raise ProxyError("the proxy sent something before the origin was asked")


def asking(host: str, port: int, fields: Iterable[tuple[bytes, bytes]]) -> bytes:
    """The request for a tunnel."""
    name = f"[{host}]" if ":" in host else host
    target = b"%b:%d" % (name.encode("ascii"), port)
    lines = [b"CONNECT %b HTTP/1.1" % target, b"Host: " + target, *(b"%b: %b" % each for each in fields)]
    return b"\r\n".join([*lines, b"", b""])


def read(parser: ResponseParser, came: bytes) -> Head | None:
    """What the proxy answers; None while its head is not whole. Raises ProxyError for what is no answer."""
    if came:
        parser.feed(came)
    else:
        parser.feed_eof()
    try:
        while (event := parser.next_event()) is not None:
            if isinstance(event, Head):
                return event
    except TransportError as error:
        raise ProxyError(f"the proxy gave no answer that can be read: {error.message}") from error
    return None
