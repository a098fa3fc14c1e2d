"""Paths that somebody wrote: what RFC 3986 lets stand there, and nothing that could be read in two ways."""

from __future__ import annotations

import re
from urllib.parse import quote

from restkit.errors import InputError
from restkit.url.values import fit

_WRONG = re.compile(r"[\x00-\x1f\x7f\\#]|%(?![0-9A-Fa-f]{2})")
_DOT_SEGMENT = re.compile(r"(?:^|/)(?:\.|%2[Ee]){1,2}(?:[/;]|\Z)")  # some servers drop what follows a `;`
_KEPT = "/?:@!$&'()*+,;=-._~%"
_REASONS = {
    "#": ("has a fragment, which is never sent", "write # as %23, or leave it out"),
    "\\": ("has a back-slash, which some servers read as a slash", "write it as %5C"),
    "%": ("has a % that escapes nothing", "write it as %25"),
}


def check(field: str, path: str) -> None:
    """Raise InputError for a path, its query included, that a server could read in another way than it was meant."""
    wrong = _WRONG.search(path)
    if wrong is not None:
        reason = ("has a control character", "leave it out")
        raise InputError(field, *_REASONS.get(wrong[0], reason))
    if _DOT_SEGMENT.search(path.partition("?")[0]):
        raise InputError(field, "has a dot segment, which would change the path", "write the path that is meant")


def written(field: str, path: str) -> str:
    """A path as it is sent: escapes are kept, and what RFC 3986 does not let stand is escaped.

    Raises InputError for what could be read in two ways: fragments, back-slashes, control characters, dot segments,
    a percent sign that escapes nothing; for lone surrogates, and for a path longer than servers take.
    """
    fit(field, path)
    check(field, path)
    try:
        escaped = quote(path, safe=_KEPT)
    except UnicodeEncodeError:
        raise InputError(field, "holds a lone surrogate", "pass text that can be written as UTF-8") from None
    fit(field, escaped)
    return escaped
