"""Which server a request goes to, found once for each way to write it."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TypeAlias

import httpx

from restkit.errors import InputError
from restkit.url import origin

Origin: TypeAlias = tuple[str, str, int]
"""Scheme, host and port, each in its one spelling."""
Written: TypeAlias = tuple[str, bytes, int | None]
"""Scheme, host and port as a URL has them."""
Noted: TypeAlias = tuple[httpx.URL, Origin]
"""A URL, and its origin."""
MOST = 1024
"""Spellings that are remembered."""
_known: dict[Written, Origin] = {}
KEY = "restkit.origin"
"""Where a request's extensions may hold what was `Noted` of its call: once the URL is another, only where it began."""


def origin_of(request: httpx.Request) -> Origin:
    """Where a request goes. Raises InputError for a host that is none."""
    url = request.url
    known: Noted | None = request.extensions.get(KEY)
    if known is not None and known[0] is url:
        return known[1]
    return _known.get((url.scheme, url.raw_host, url.port)) or origin_at(url)


def noted(request: httpx.Request) -> dict[str, tuple[httpx.URL, Hashable]]:
    """The note of where a request goes now, for its extensions."""
    return {KEY: (request.url, key_of(request))}


def has_left(request: httpx.Request) -> bool:
    """Whether a request goes to another server than its call was made for, as far as that was noted."""
    began: Noted | None = request.extensions.get(KEY)
    return began is not None and began[0] is not request.url and began[1] != key_of(request)


def origin_at(url: httpx.URL) -> Origin:
    """The origin of a URL. Raises InputError for a host that is none."""
    written = (url.scheme, url.raw_host, url.port)
    found = _known.get(written)
    if found is None:
        if len(_known) >= MOST:
            _known.clear()
        found = _known[written] = origin(url)
    return found


def key_of(request: httpx.Request) -> Hashable:
    """What is remembered of a server stands under this: its origin, or, for a host that is none, how it is written."""
    try:
        return origin_of(request)
    except InputError:  # others may know what to do with it
        return request.url.scheme, request.url.netloc
