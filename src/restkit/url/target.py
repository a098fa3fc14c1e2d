"""From a path to the whole URL: below a client's base, or absolute and of the same origin."""

from __future__ import annotations

import functools
import re

import httpx

from restkit.errors import InputError
from restkit.url import path as paths
from restkit.url.address import address, origin
from restkit.url.values import LONGEST, fit

_ABSOLUTE = re.compile(r"//|[A-Za-z][A-Za-z0-9+.-]*://")
_TAME = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9_~/-]{,255}")
_BEFORE_TARGET = re.compile(r"^[^:/?#]*://[^/?#]*")


def join(base: httpx.URL | None, prefix: str, path: str) -> str:
    """The URL of a path below a client's base; `prefix` is the base without its last slash.

    Raises InputError for an absolute URL of another origin, since a client's credentials belong to its own, and for a
    path that could be read in two ways.
    """
    below = f"/{path}" if _TAME.fullmatch(path) else _below(path)
    if below is None:
        return _absolute(base, path)
    if base is None:
        raise InputError("path", "is relative, and the client has no base_url", "pass an absolute URL or a base_url")
    return prefix + below


@functools.lru_cache(maxsize=4096)
def _below(path: str) -> str | None:
    """What a relative path adds to a base, as it is sent; None for an absolute one."""
    if _ABSOLUTE.match(path):
        return None
    text = paths.written("path", path)
    return text if text.startswith("?") or not text else f"/{text.lstrip('/')}"


def _absolute(base: httpx.URL | None, path: str) -> str:
    schemed = f"{base.scheme}:{path}" if base is not None and path.startswith("//") else path
    found = address("path", schemed)
    if base is not None and found.origin != origin(base):
        raise InputError("path", f"leads to another origin than {base.host}", "use a client of its own for it")
    return str(found)


def with_query(url: str, query: str) -> str:
    """A URL with further parameters behind those it has."""
    if not query:
        return url
    mark = "?" if "?" not in url else "" if url.endswith(("?", "&")) else "&"
    return f"{url}{mark}{query}"


@functools.lru_cache(maxsize=4096)
def locate(prefix: str, path: str) -> httpx.URL:
    """The URL of a path without further parameters, or what was found for it before; errors are those of `join`."""
    base = parse(prefix) if prefix else None
    return _parsed(join(base, prefix, path))


@functools.lru_cache(maxsize=4096)
def parse(url: str) -> httpx.URL:
    """Parse a URL, or remember having done so. Raises InputError if it is none, or longer than servers take."""
    return _parsed(url)


def _parsed(url: str) -> httpx.URL:
    if len(url) > LONGEST:
        fit("target", _BEFORE_TARGET.sub("", url, count=1))
    try:
        return httpx.URL(url)
    except (httpx.InvalidURL, UnicodeError):
        raise InputError("url", "is no URL", "check the path and its values") from None
