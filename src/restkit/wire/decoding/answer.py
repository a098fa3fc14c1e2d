"""A transport's response, made to give decoded bytes."""

from __future__ import annotations

import http

import httpx

from restkit.wire.decoding.decoding import Decoding
from restkit.wire.decoding.stream import DecodedStream

BODILESS = frozenset({http.HTTPStatus.NO_CONTENT, http.HTTPStatus.NOT_MODIFIED})
"""Final statuses without a body: their headers speak of another answer (RFC 9110, sections 8.6 and 15.4.5)."""


def decoded(response: httpx.Response, limit: int | None = None, *, method: str = "GET") -> httpx.Response:
    """The same response, whose stream gives decoded bytes, at most `limit` of them.

    Content-Encoding and Content-Length are taken off, so that httpx does not decode again; what they said is kept in
    `response.extensions` as `content_encoding`, text, and `encoded_length`, a number. An answer without a body (to the
    `method` HEAD, 1xx, 204 and 304) stays as it is, and so does one that was read already.
    """
    if limit is None and "content-encoding" not in response.headers:  # most have none
        return response
    if response.is_closed or has_no_body(response, method):
        return response
    lines = response.headers.get_list("content-encoding")
    if lines:
        take_off(response, ", ".join(lines))
    response.stream = DecodedStream(response.stream, lines, Decoding(limit))
    return response


def has_no_body(response: httpx.Response, method: str) -> bool:
    """Whether there is nothing to decode (RFC 9112, section 6.3)."""
    return method == "HEAD" or response.is_informational or response.status_code in BODILESS


def take_off(response: httpx.Response, content_encoding: str) -> None:
    """Keep in the extensions, instead of the headers, what they say of the encoded body."""
    kept: dict[str, str | int] = {"content_encoding": content_encoding}
    del response.headers["content-encoding"]
    length = response.headers.pop("content-length", "")
    if length.isascii() and length.isdigit() and len(length) < 20:  # noqa: PLR2004 - the digits of 2**63
        kept["encoded_length"] = int(length)
    response.extensions = {**response.extensions, **kept}
