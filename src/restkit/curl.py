"""A request as a curl command, for people."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

import httpx

from restkit.flow.outgoing import Outgoing, Source
from restkit.redaction import MASK, is_sensitive, redact_text, redact_url

if TYPE_CHECKING:
    from restkit.bodies.multipart import Part

_LEFT_OUT = frozenset({"host", "content-length", "transfer-encoding", "connection", "accept-encoding"})
_QUOTED = str.maketrans({"\\": "\\\\", '"': '\\"'})


def as_curl(request: httpx.Request, declared: Collection[str] = (), *, secrets: bool = False) -> str:
    """The command that sends this request; its secrets are masked unless `secrets`.

    Files are named, not read; a body that comes from anywhere else but memory is left out. What would be compressed is
    shown as it is.
    """
    content, ours = body(request, declared, secrets=secrets)
    words = [
        "curl",
        "--request",
        request.method,
        str(request.url) if secrets else redact_url(str(request.url), declared),
    ]
    for name, value in request.headers.items():
        if name not in _LEFT_OUT and name not in ours:
            words += ["--header", f"{name}: {MASK if is_sensitive(name, declared) and not secrets else value}"]
    return shlex.join([*words, *content])


def body(request: httpx.Request, declared: Collection[str], *, secrets: bool) -> tuple[list[str], frozenset[str]]:
    """The words for a request's body, and the headers that do not hold for what they send."""
    if not isinstance(request.stream, Outgoing):
        return whole(request, declared, secrets=secrets)
    from restkit.bodies.gzipped import Gzipped
    from restkit.bodies.multipart import Multipart

    source, coding = request.stream.source, frozenset[str]()
    if isinstance(source, Gzipped):
        source, coding = source.source, frozenset({"content-encoding"})
    if not isinstance(source, Multipart):
        path = path_of(source)
        return [] if path is None else ["--data-binary", f"@{path}"], coding
    words = [word for part in source.parts for word in form(part, declared, secrets=secrets)]
    return words, coding | {"content-type"}  # curl has a boundary of its own


def whole(request: httpx.Request, declared: Collection[str], *, secrets: bool) -> tuple[list[str], frozenset[str]]:
    """The words for a body in memory, as text; for bytes that are none there are no words."""
    try:
        content, coding = request.content, frozenset[str]()
        if request.headers.get("content-encoding") == "gzip":
            content, coding = unpacked(content), frozenset({"content-encoding"})
        text = content.decode("utf-8")
    except (httpx.RequestNotRead, ValueError):
        return [], frozenset()
    return ["--data-raw", text if secrets else redact_text(text, declared)] if text else [], coding


def unpacked(content: bytes) -> bytes:
    """What was compressed. Raises ValueError for what was not."""
    import zlib

    try:
        return zlib.decompress(content, wbits=zlib.MAX_WBITS | 16)
    except zlib.error as error:
        raise ValueError(str(error)) from None


def path_of(source: bytes | Source) -> str | None:
    """The name of the file that a body is read from; None for any other."""
    from restkit.bodies.file import File, OpenFile

    if isinstance(source, File):
        return source.path
    name: object = getattr(source.file, "name", None) if isinstance(source, OpenFile) else None
    return name if isinstance(name, str) else None


def form(part: Part, declared: Collection[str], *, secrets: bool) -> Iterator[str]:
    """The words for a part of a form: a field with its value, a file by its name."""
    if part.filename is None and isinstance(part.content, bytes):
        shown = MASK if is_sensitive(part.name, declared) and not secrets else part.content.decode("utf-8", "replace")
        yield from ("--form-string", f"{part.name}={shown}")
        return
    path = path_of(part.content)
    said = f"{part.name}=@{quoted(part.filename or '' if path is None else path)}"
    if part.media_type is not None:
        said += f";type={part.media_type}"
    if part.filename is not None and path is not None:
        said += f";filename={quoted(part.filename)}"
    yield from ("--form", said)


def quoted(name: str) -> str:
    """A file's name for `--form`, where a comma and a semicolon mean something."""
    return f'"{name.translate(_QUOTED)}"' if set(name) & set(',;"\\') else name
