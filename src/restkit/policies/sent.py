"""A request as it goes over the wire: what signatures are made of."""

from __future__ import annotations

from urllib.parse import quote

import httpx

TARGET = "target"
"""httpx's extension that says what is sent in place of the URL's path and query."""


def target(request: httpx.Request) -> str:
    """Its path and query."""
    given: bytes = request.extensions.get(TARGET, request.url.raw_path)
    return given.decode("utf-8", "replace")  # a server reads other bytes as it likes, and then refuses the signature


def rewrite(request: httpx.Request, path_and_query: str) -> None:
    """Have it sent to this path and query."""
    raw = path_and_query.encode("utf-8")
    if TARGET in request.extensions:
        request.extensions = {**request.extensions, TARGET: raw}
    elif raw != request.url.raw_path:
        request.url = request.url.copy_with(raw_path=raw)


def set_parameter(request: httpx.Request, name: str, value: str | None) -> None:
    """Have a parameter of the query sent, as the last one, or none if it is None; leave the others as they are."""
    written = quote(name, safe="")
    path, _, query = target(request).partition("?")
    pairs = [pair for pair in query.split("&") if pair and pair.partition("=")[0] != written]
    if value is not None:
        pairs.append(f"{written}={quote(value, safe='')}")
    rewrite(request, f"{path}?{'&'.join(pairs)}" if pairs else path)


def fields(request: httpx.Request) -> list[tuple[str, str]]:
    """Its headers: lower-case names and values, each instance, in their order."""
    return [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in request.headers.raw]
