"""An API's answer as bytes, whole or damaged."""

from __future__ import annotations

import http

from restkit.testing.faults.steps import Form, Reply
from restkit.testing.ledger import Answered

BODILESS = frozenset({204, 304})
EMPTY = b"{}"
"""The body of an answer that has none, where it is to be damaged."""


def written(how: Reply, answered: Answered, *, head_only: bool, more: tuple[tuple[str, str], ...] = ()) -> bytes:
    """Spell an answer: its head alone for HEAD. `more` are further fields."""
    status = answered.status if how.status is None else how.status
    body = answered.body if how.body is None else how.body
    if is_damaged(how) and not body:
        status, body = (200 if status in BODILESS else status), EMPTY
    media_type = answered.media_type if how.media_type is None else how.media_type
    fields = [*answered.fields, *([("Content-Type", media_type)] if body else []), *how.fields, *more]
    if how.coding is not None:
        fields.append(("Content-Encoding", how.coding))
        body = compressed(body, how.coding)
    body += how.behind
    fields += framed(how, status, len(body))
    head = f"HTTP/1.1 {status} {phrase(status)}\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields)
    said = head.encode("latin-1") + b"\r\n"
    return said + (b"" if head_only or status in BODILESS else payload(how, body)) + how.after


def is_damaged(how: Reply) -> bool:
    """Whether something happens to the body, so that there must be one."""
    return bool(how.lacks or how.promises or how.behind or how.coding) or how.framing != "length"


def framed(how: Reply, status: int, length: int) -> list[tuple[str, str]]:
    """How the end of the body is told."""
    if how.framing == "chunks":
        return [("Transfer-Encoding", "chunked")]
    if how.framing == "close" or status in BODILESS:
        return []
    return [("Content-Length", str(length + how.promises))]


def payload(how: Reply, body: bytes) -> bytes:
    """The body as it is sent, as far as it is."""
    cut = body[: len(body) - how.lacks]
    if how.framing != "chunks":
        return cut
    return b"%x\r\n" % len(body) + cut + (b"" if how.lacks else b"\r\n0\r\n\r\n")


def compressed(body: bytes, form: Form) -> bytes:
    """A body in gzip or deflate."""
    import gzip
    import zlib

    return gzip.compress(body, mtime=0) if form == "gzip" else zlib.compress(body)


def phrase(status: int) -> str:
    """The words behind a status."""
    try:
        return http.HTTPStatus(status).phrase
    except ValueError:
        return "Odd"
