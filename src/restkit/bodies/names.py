"""The names of what is sent: of files, of the parts of a form, of media types."""

from __future__ import annotations

import os
import re
from typing import Any

from restkit.errors import InputError

OCTETS = "application/octet-stream"
"""The media type of bytes of which nothing else is known."""
GZIP = "application/gzip"
_ESCAPES = str.maketrans({'"': "%22", "\r": "%0D", "\n": "%0A"})
_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105 - the word of RFC 9110, section 5.6.2
_MEDIA_TYPE = re.compile(rf"{_TOKEN}/{_TOKEN}(?:[ ]*;[\t\x20-\x7e]*)?")


def checked_name(field: str, name: object) -> str:
    """The name of a part or a file. Raises InputError for one that cannot be written."""
    if not isinstance(name, str):
        raise InputError(field, f"is of type {type(name).__name__}", "use text")
    if "\0" in name:
        raise InputError(field, "holds a NUL character", "use a name without it")
    _ = utf8(field, name)
    return name


def quoted(name: str) -> str:
    """A name as it stands between quotes in a part's head (RFC 7578, section 2; HTML, multipart/form-data)."""
    return name.translate(_ESCAPES)


def checked_type(field: str, media_type: object) -> str:
    """A media type with its parameters, on one line of ASCII (RFC 9110, section 8.3.1). Raises InputError."""
    if not isinstance(media_type, str) or not _MEDIA_TYPE.fullmatch(media_type):
        raise InputError(field, "is no media type", "write it like image/png")
    return media_type


def guessed_type(name: str) -> str | None:
    """The media type that a file's name speaks of, by its last suffix; None if it says nothing."""
    import mimetypes
    from pathlib import PurePath

    guess, packed = mimetypes.guess_type(f"_{PurePath(name).suffix}")
    if packed is None:
        return guess
    return GZIP if packed == "gzip" else None


def path_of(content: object) -> str | None:
    """A path as text, whatever its class; None for what is no path."""
    given: Any = content
    return os.fsdecode(given) if isinstance(content, os.PathLike) else None


def utf8(field: str, text: str) -> bytes:
    """Text as UTF-8. Raises InputError for a lone surrogate."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise InputError(field, "holds a lone surrogate", "pass text that can be written as UTF-8") from None
