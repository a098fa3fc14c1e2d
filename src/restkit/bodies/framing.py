"""How a body is framed: with its length, or in chunks (RFC 9112, section 6)."""

from __future__ import annotations

from typing import NamedTuple

import httpx

from restkit.flow.outgoing import Outgoing, Source


class Written(NamedTuple):
    """A body that is ready to be framed."""

    content: bytes | Source
    media_type: str | None = None
    """None if nothing is known of it."""
    is_bound: bool = False
    """Whether it cannot be read under any other media type: a boundary stands in this one."""


def framed(content: bytes | Source, headers: httpx.Headers, *, compress: bool = False) -> httpx.ByteStream | Outgoing:
    """Content as a stream, its length or the lack of one among the headers, where a coding is noted as well.

    A Content-Encoding that is there says that the content is compressed already.
    """
    if compress and "Content-Encoding" not in headers:
        content = compressed(content, headers)
    if isinstance(content, bytes):
        headers["Content-Length"] = str(len(content))
        return httpx.ByteStream(content)
    if content.length is None:
        headers["Transfer-Encoding"] = "chunked"
    else:
        headers["Content-Length"] = str(content.length)
    return Outgoing(content)


def compressed(content: bytes | Source, headers: httpx.Headers) -> bytes | Source:
    """Content in gzip, if it is worth that."""
    from restkit.bodies.gzipped import gzipped, is_large

    if not is_large(content):
        return content
    headers["Content-Encoding"] = "gzip"
    return gzipped(content)
