"""Where a reference leads that a server wrote: relative or absolute, in the field Location."""

from __future__ import annotations

import re

import httpx

from restkit.errors import InputError
from restkit.url.address import address
from restkit.url.target import parse
from restkit.url.values import LONGEST

_PARTS = re.compile(r"([^:/?#]+:)?(//[^/?#]*)?([^?#]*)(\?[^#]*)?")
"""Scheme, authority, path and query, with their marks (RFC 3986, appendix B)."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_STRAY = re.compile(r"%(?![0-9A-Fa-f]{2})")


def resolve(field: str, base: httpx.URL, reference: str) -> httpx.URL:
    """The URL of a reference as seen from `base`, each host in its one spelling (RFC 3986, section 5.2).

    One without a fragment has that of `base` (RFC 9110, section 10.2.2). Raises InputError for one that is empty,
    longer than 8,192 characters, not http or https, holds user info or control characters, or could be read in two
    ways.
    """
    if not reference.strip():
        raise InputError(field, "is empty", "say where to")
    if len(reference) > LONGEST:
        raise InputError(field, f"is {len(reference)} characters long", f"it may have {LONGEST}")
    if _CONTROL.search(reference):
        raise InputError(field, "has a control character", "leave it out")
    whole, mark, fragment = reference.strip().partition("#")
    found = str(address(field, absolute(base, _STRAY.sub("%25", whole))))
    kept = fragment if mark else base.fragment
    return parse(f"{found}#{kept}" if kept else found)


def absolute(base: httpx.URL, reference: str) -> str:
    """A reference with all that it leaves to `base`."""
    scheme, authority, path, query = _PARTS.findall(reference)[0]
    if scheme and not authority:
        return reference  # of another kind, or without a host: nobody's address
    if authority:
        return f"{scheme or base.scheme + ':'}{authority}{undotted(path or '/')}{query}"
    own, mark, asked = base.raw_path.decode("ascii").partition("?")
    if not path:
        path, query = own, query or mark + asked
    elif not path.startswith("/"):
        path = f"{own.rpartition('/')[0]}/{path}"
    return f"{base.scheme}://{base.netloc.decode('ascii')}{undotted(path)}{query}"


def undotted(path: str) -> str:
    """An absolute path without dot segments (RFC 3986, section 5.2.4)."""
    if "/." not in path:
        return path
    kept: list[str] = []
    for segment in path.split("/")[1:]:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if path.endswith(("/.", "/..")):
        kept.append("")
    return "/" + "/".join(kept)
