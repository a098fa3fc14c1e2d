"""The canonical request of AWS Signature Version 4: one spelling for all that a server may read alike.

Theory of operation. A signature covers paths and queries in AWS's own spelling: every character but the unreserved ones
is escaped, with capital letters. What a server makes of others before it compares is not documented for each service.
So `spelled` writes a target in that spelling before it is sent, and there is nothing left to guess. The canonical path
is then what was sent for S3, whose keys may hold anything, and is normalized and escaped once more for all others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote, unquote_to_bytes

UNSIGNED = frozenset(
    {
        *("accept", "accept-encoding", "accept-language", "authorization", "cache-control", "connection", "expect"),
        *("from", "keep-alive", "max-forwards", "pragma", "proxy-authorization", "referer", "te", "trailer"),
        *("traceparent", "tracestate", "transfer-encoding", "upgrade", "user-agent", "via", "x-amzn-trace-id"),
        *("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-port", "x-forwarded-proto"),
    }
)
"""Headers that are not signed: whoever is on the way may change or drop them."""
_SPACES = re.compile(r"[ \t\r\n]+")


def canonical_request(method: str, target: str, headers: Mapping[str, str], body: str, *, is_s3: bool) -> str:
    """What is hashed and signed: of canonical headers, and of the hash of a body or what stands for it."""
    path, _, query = target.partition("?")
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    parts = (method, canonical_path(path, is_s3=is_s3), canonical_query(query), lines, names_of(headers), body)
    return "\n".join(parts)


def names_of(headers: Mapping[str, str]) -> str:
    """Which headers are signed."""
    return ";".join(headers)


def canonical_path(path: str, *, is_s3: bool) -> str:
    """A path that is sent: as it is for S3, else without empty and dot segments, and escaped once more."""
    return "/".join(escaped(each) for each in path.split("/")) if is_s3 else quote(normal(path), safe="/~")


def normal(path: str) -> str:
    """A path without empty and dot segments (RFC 3986, section 5.2.4)."""
    kept: list[str] = []
    for each in path.split("/"):
        if each == "..":
            del kept[-1:]
        elif each not in {"", "."}:
            kept.append(each)
    return f"/{'/'.join(kept)}{'/' if kept and path.endswith('/') else ''}"


def canonical_query(query: str) -> str:
    """Parameters in the order of their names and values, each with its equals sign."""
    pairs = (pair.partition("=") for pair in query.split("&") if pair)
    ordered = sorted((escaped(name), escaped(value)) for name, _, value in pairs)
    return "&".join(f"{name}={value}" for name, value in ordered)


def canonical_headers(fields: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The headers that are signed, by their lower-case names, in order: runs of spaces are one, commas join values."""
    found: dict[str, list[str]] = {}
    for name, value in fields:
        if name not in UNSIGNED:
            found.setdefault(name, []).append(_SPACES.sub(" ", value).strip())
    return {name: ",".join(found[name]) for name in sorted(found)}


def escaped(text: str) -> str:
    """A segment, name or value in AWS's spelling, whatever was escaped before."""
    return quote(unquote_to_bytes(text), safe="~")


def spelled(target: str) -> str:
    """A path and query in AWS's spelling, in which a plus sign of a query is a space."""
    path, mark, query = target.partition("?")
    pairs = (pair.replace("+", "%20").partition("=") for pair in query.split("&"))
    written = "&".join(escaped(name) + equals + escaped(value) for name, equals, value in pairs)
    return "/".join(spelled_segment(each) for each in path.split("/")) + mark + written


def spelled_segment(text: str) -> str:
    """A segment of a path in AWS's spelling; escaped dots stay escaped, since dots would lead elsewhere."""
    made = escaped(text)
    return text if made in {".", ".."} else made
