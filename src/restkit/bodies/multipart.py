"""Forms with files, as multipart/form-data (RFC 7578), streamed: no file is read whole."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from typing import Any, cast

import httpx
from attrs import frozen

from restkit import checks
from restkit.bodies.asking import PIECE
from restkit.bodies.form import fields, pairs
from restkit.bodies.kinds import source_of
from restkit.bodies.names import OCTETS, checked_name, checked_type, guessed_type, path_of, quoted
from restkit.bodies.upload import Upload
from restkit.errors import ConfigError, InputError
from restkit.flow import Emit, Emitting
from restkit.flow.outgoing import Source, Tell

UNNAMED = "upload"
"""The name of a file that has none."""
_FORMS = range(2, 5)
"""How many members a tuple may have: file name, content, media type, headers."""


@frozen(eq=False)
class Part:
    """One part of a form: a field, or a file."""

    name: str
    content: bytes | Source
    filename: str | None = None
    media_type: str | None = None
    headers: tuple[tuple[bytes, bytes], ...] = ()

    @property
    def head(self) -> bytes:
        """Its headers, and the line that ends them (RFC 7578, section 4.2)."""
        said = f'Content-Disposition: form-data; name="{quoted(self.name)}"'
        if self.filename is not None:
            said += f'; filename="{quoted(self.filename)}"'
        lines = [said.encode(), *(name + b": " + value for name, value in self.headers)]
        if self.media_type is not None:
            lines.append(f"Content-Type: {self.media_type}".encode())
        return b"\r\n".join([*lines, b"", b""])


class Multipart:
    """A form with files. Its boundary is the same for each attempt."""

    def __init__(self, parts: tuple[Part, ...]) -> None:
        self.parts: tuple[Part, ...] = parts
        self.boundary: str = secrets.token_hex(16)
        self._sources = tuple(part.content for part in parts if not isinstance(part.content, bytes))

    @property
    def media_type(self) -> str:
        """What it is, with its boundary."""
        return f"multipart/form-data; boundary={self.boundary}"

    @property
    def length(self) -> int | None:
        """Bytes of all of it, if each part's are known."""
        total = 0
        for piece in self._pieces():
            length = len(piece) if isinstance(piece, bytes) else piece.length
            if length is None:
                return None
            total += length
        return total

    @property
    def is_replayable(self) -> bool:
        """Whether each part could be sent again."""
        return all(source.is_replayable for source in self._sources)

    @property
    def is_asynchronous(self) -> bool:
        """Whether a blocking client cannot read one of its parts."""
        return any(source.is_asynchronous for source in self._sources)

    def chunks(self, tell: Tell, /) -> Emitting[bytes]:
        """Its parts, one after the other; what is small goes out together."""
        held = bytearray()
        for piece in self._pieces():
            if isinstance(piece, bytes) and len(held) + len(piece) <= PIECE:
                held += piece
                continue
            yield from Emit(bytes(held))
            held.clear()
            if isinstance(piece, bytes):
                yield from Emit(piece)
            else:
                yield from piece.chunks(tell)
        yield from Emit(bytes(held))

    def _pieces(self) -> Iterator[bytes | Source]:
        line = f"--{self.boundary}".encode()
        for part in self.parts:
            yield line + b"\r\n" + part.head
            yield part.content
            yield b"\r\n"
        yield line + b"--\r\n"


def multipart(data: object, files: object) -> Multipart:
    """A form of these fields and files. Raises InputError for what cannot be one."""
    said = () if data is None else fields(data)
    plain = [Part(name, text.encode()) for name, text in said]
    return Multipart((*plain, *(part(name, value) for name, value in pairs("files", files))))


def part(name: str, value: Any) -> Part:  # noqa: ANN401 - any content, or one of httpx's tuples
    """A file of a form. Raises InputError for what cannot be one."""
    field = f"files[{name!r}]"
    if isinstance(value, tuple):
        return of_tuple(field, name, cast("tuple[object, ...]", value))
    if isinstance(value, list | set | frozenset):
        raise InputError(field, "is a list", "pass files as a list of pairs, one for each file")
    filename = checked_name(f"{field}'s file name", name_of(value))
    media_type = value.media_type if isinstance(value, Upload) else None
    return Part(name, source_of(field, value), filename, media_type or guessed_type(filename) or OCTETS)


def of_tuple(field: str, name: str, value: tuple[object, ...]) -> Part:
    """A file as httpx takes it: its name, its content and, if given, its media type and further headers."""
    if len(value) not in _FORMS:
        raise InputError(field, f"is a tuple of {len(value)}", "pass (filename, content[, media_type[, headers]])")
    filename, content, media_type, headers = (*value, None, None)[:4]
    named = None if filename is None else checked_name(f"{field}'s file name", filename)
    further = part_headers(field, headers or {})
    if media_type is None and isinstance(content, Upload):
        media_type = content.media_type
    typed = None if media_type is None else checked_type(f"{field}'s media type", media_type)
    if typed is None and named is not None and "Content-Type" not in further:
        typed = guessed_type(named) or OCTETS
    return Part(name, source_of(field, content), named, typed, tuple(further.raw))


def part_headers(field: str, given: object) -> httpx.Headers:
    """The further headers of a part. Raises InputError for what cannot be one, or is ours to set."""
    try:
        further = checks.headers(field, given)
    except ConfigError as error:
        raise InputError(error.field, error.reason, error.remedy) from None
    if "Content-Disposition" in further:
        raise InputError(f"{field}['content-disposition']", "is set by the form", "name the file in its tuple")
    return further


def name_of(content: object) -> str:
    """The name of a file: its own, the last of its path, or none that means anything."""
    if isinstance(content, Upload):
        return content.filename or name_of(content.content)
    return os.path.basename(path_of(content) or named(content)) or UNNAMED  # noqa: PTH119 - it may be of another system


def named(content: object) -> str:
    """What an open file calls itself; nothing if that is no text."""
    name: object = getattr(content, "name", "")
    return name if isinstance(name, str) else ""
