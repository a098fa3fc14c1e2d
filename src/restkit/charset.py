"""Which encoding the text of an answer is in: its Content-Type's, else its byte order mark's, else the client's own.

A charset counts if it names a text encoding of Python's. Others (`zlib`, `idna`, or one that does not exist) count as
not said, are logged once each, and never raise. Names are looked up in a table rather than among all codecs, since
Python imports modules and keeps memory for each name it is asked for.
"""

from __future__ import annotations

import codecs
import logging
import re
from encodings.aliases import aliases

import httpx

from restkit.parameters import parameter

LONGEST = 1024
"""Characters of a Content-Type that are read."""
BOMS: dict[bytes, str] = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark it begins with
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_BYTES_OR_TEXT = {
    *("base64_codec", "bz2_codec", "hex_codec", "mbcs", "quopri_codec", "rot_13", "uu_codec", "zlib_codec"),
    "utf_7",  # it gives lone surrogates, which nothing else can write
}
_WITHOUT_ALIAS = {
    *("cp1006", "cp720", "cp737", "cp856", "cp874", "cp875", "koi8_t", "koi8_u"),
    *("mac_arabic", "mac_croatian", "mac_farsi", "mac_romanian", "utf_8_sig"),
}
TEXT = frozenset({*aliases.values(), *_WITHOUT_ALIAS} - _BYTES_OR_TEXT)
"""Python's names of its text encodings."""
_MOST_NOTED = 64
_noted: set[str] = set()
_logger = logging.getLogger("restkit")


def media_type(content_type: str) -> str:
    """A Content-Type without its parameters, in lower case; of several, the first."""
    return re.split("[;,]", content_type[:LONGEST], maxsplit=1)[0].strip().lower()


def is_json(media_type: str) -> bool:
    """Whether a media type is some kind of JSON, such as `application/problem+json`."""
    return "json" in media_type


def is_text(content_type: str) -> bool:
    """Whether a Content-Type is `text/...`, and no JSON."""
    said = media_type(content_type)
    return said.startswith("text/") and not is_json(said)


def charset(content_type: str) -> str | None:
    """The charset that a Content-Type names, or None."""
    return parameter(content_type[:LONGEST], "charset")


def text_encoding(name: str) -> str | None:
    """Python's name for a text encoding, or None if that is none."""
    normal = re.sub("[^a-z0-9]+", "_", name.lower()).strip("_")
    found = aliases.get(normal, normal)
    return codecs.lookup(found).name if found in TEXT else None


def marked(start: bytes) -> str | None:
    """The encoding whose byte order mark stands at the beginning of a body, or None."""
    return next((encoding for mark, encoding in BOMS.items() if start.startswith(mark)), None)


def may_be_marked(start: bytes) -> bool:
    """Whether more bytes may complete a byte order mark."""
    return any(len(start) < len(mark) and mark.startswith(start) for mark in BOMS)


def encoding_of(response: httpx.Response, start: bytes) -> str:
    """The encoding that an answer's text is read in, by its headers and the first bytes of its body."""
    said = charset(response.headers.get("content-type", ""))
    found = None if said is None else text_encoding(said)
    encoding = found or marked(start) or default_of(response)
    if said and not found:
        note(said, encoding)
    return encoding


def default_of(response: httpx.Response) -> str:
    """What an answer is read in that does not say: the setting `default_encoding`."""
    default = response.default_encoding
    return codecs.lookup(default if isinstance(default, str) else "utf-8").name


def text_of(response: httpx.Response) -> str:
    """The body as text: without a byte order mark, and with U+FFFD for what cannot be read."""
    content = response.content
    return content.decode(encoding_of(response, content[:4]), "replace").removeprefix("\ufeff")


def note(said: str, encoding: str) -> None:
    """Log a charset that is no text encoding: the first time it is met, and a bounded number of them."""
    name = said[:40]
    if name not in _noted and len(_noted) < _MOST_NOTED:
        _noted.add(name)
        _logger.warning("the charset %a of a Content-Type is no text encoding: read as %s", name, encoding)
