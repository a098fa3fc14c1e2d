"""A request as a curl command, for people."""

from __future__ import annotations

import shlex
from collections.abc import Collection

import httpx

from restkit.redaction import MASK, is_sensitive, redact_text, redact_url

_LEFT_OUT = frozenset({"host", "content-length", "connection", "accept-encoding"})


def as_curl(request: httpx.Request, declared: Collection[str] = (), *, secrets: bool = False) -> str:
    """The command that sends this request; its secrets are masked unless `secrets`."""
    words = [
        "curl",
        "--request",
        request.method,
        str(request.url) if secrets else redact_url(str(request.url), declared),
    ]
    for name, value in request.headers.items():
        if name not in _LEFT_OUT:
            words += ["--header", f"{name}: {MASK if is_sensitive(name, declared) and not secrets else value}"]
    content = body(request)
    if content:
        words += ["--data-raw", content if secrets else redact_text(content, declared)]
    return shlex.join(words)


def body(request: httpx.Request) -> str:
    """A request's body as text; that of a stream, or of bytes that are none, is not shown."""
    try:
        return request.content.decode("utf-8")
    except (httpx.RequestNotRead, UnicodeDecodeError):
        return ""
