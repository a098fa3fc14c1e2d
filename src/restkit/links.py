"""The Link header: what an answer points to, by relation (RFC 8288)."""

from __future__ import annotations

import re
from itertools import islice

import httpx

from restkit.parameters import parameter

LONGEST = 8192
"""Characters of a Link header that are read."""
MOST = 100
"""Links that are read."""
_LINK = re.compile(r'<(?P<target>[^<>]*)>(?P<parameters>(?:[^",<]|"(?:[^"\\]|\\.)*")*)')


def links_of(header: str, base: httpx.URL) -> dict[str, str]:
    """The targets as absolute URLs; of several for one relation the first, and none that is no URL."""
    found: dict[str, str] = {}
    for link in islice(_LINK.finditer(header[:LONGEST]), MOST):
        relations = (parameter(link["parameters"], "rel") or "").lower().split()
        target = absolute(link["target"], base) if relations else None
        if target is not None:
            found = {**dict.fromkeys(relations, target), **found}
    return found


def absolute(target: str, base: httpx.URL) -> str | None:
    """A link's target seen from where it was found, or None if it is no URL."""
    try:
        return str(base.join(target.strip()))
    except (httpx.InvalidURL, ValueError):
        return None
