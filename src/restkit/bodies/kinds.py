"""What a caller may hand over as content, told apart."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Mapping
from typing import Any

from restkit.bodies.asking import copied
from restkit.bodies.file import File, open_file
from restkit.bodies.iterated import AsyncIterated, Iterated, Once
from restkit.bodies.made import Made
from restkit.bodies.measured import Measured, mismatched
from restkit.bodies.names import guessed_type, path_of, utf8
from restkit.bodies.upload import Upload
from restkit.errors import InputError
from restkit.flow.outgoing import Source

TEXT = "text/plain; charset=utf-8"
_REMEDY = "pass bytes, text, an open binary file, a path, an iterable of bytes, or a function that gives one of these"


def source_of(field: str, content: object) -> bytes | Source:
    """Content as bytes, if it is in memory, or as what gives them. Raises InputError for anything else."""
    whole = in_memory(field, content)
    if whole is not None:
        return whole
    if isinstance(content, Upload):
        return uploaded(field, content)
    path = path_of(content)
    if path is not None:
        return File(field, path)
    return open_file(field, content) if hasattr(content, "read") else iterated(field, content)


def in_memory(field: str, content: object) -> bytes | None:
    """The bytes of what holds them; None for what does not."""
    match content:
        case bytes():
            return content
        case str():
            return utf8(field, content)
        case _:
            return copied(content)


def iterated(field: str, content: object) -> Source:
    """What gives its bytes piece by piece. Raises InputError for what does not."""
    given: Any = content
    match content:
        case AsyncIterator():
            return Once(field, AsyncIterated(field, given), given)
        case AsyncIterable():
            return AsyncIterated(field, given)
        case Iterator():
            return Once(field, Iterated(field, given), given)
        case Iterable() if not isinstance(given, Mapping):
            return Iterated(field, given)
        case _:
            return made(field, content)


def made(field: str, content: object) -> Source:
    """What gives content when it is called. Raises InputError for what cannot be."""
    if not callable(content):
        raise InputError(field, f"is of type {type(content).__name__}", _REMEDY)
    return Made(field, content, source_of)


def uploaded(field: str, upload: Upload) -> bytes | Source:
    """Content whose length may be declared. Raises InputError if it is known to be another."""
    content, declared = source_of(field, upload.content), upload.length
    known = len(content) if isinstance(content, bytes) else content.length
    if declared is None or known == declared:
        return content
    if known is not None or isinstance(content, bytes):
        raise mismatched(field, "other", declared)
    return Measured(field, content, declared)


def media_type_of(content: object) -> str | None:
    """The media type that content has by itself; None if nothing is known of it."""
    match content:
        case str():
            return TEXT
        case Upload():
            named = None if content.filename is None else guessed_type(content.filename)
            return content.media_type or named or media_type_of(content.content)
        case _:
            return guessed_type(path_of(content) or "")
