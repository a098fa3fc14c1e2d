"""URLs that mean what the caller meant: one value, one segment, always escaped."""

from __future__ import annotations

import datetime as dt
import enum
import functools
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import cast
from urllib.parse import quote

import httpx

from restkit.errors import ConfigError, InputError

_PLACE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
_PORTS = range(1, 65_536)
_DOTS = frozenset({".", ".."})

Query = Mapping[str, object] | Sequence[tuple[str, object]]
"""Query parameters: a list of values repeats the name, None leaves it out."""


def base_url(text: str | httpx.URL) -> httpx.URL:
    """Check what a client is to call.

    Raises ConfigError unless it is an http or https URL with a host, and without user info, query and fragment.
    """
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, TypeError) as error:
        raise ConfigError("base_url", f"is no URL: {error}", "write it like https://api.example.com/v1") from None
    wrong = _what_is_wrong(url)
    if wrong is not None:
        raise ConfigError("base_url", *wrong)
    return url


def _what_is_wrong(url: httpx.URL) -> tuple[str, str] | None:
    if url.scheme not in {"http", "https"}:
        return "has no http or https scheme", "write it like https://api.example.com/v1"
    if not url.host:
        return "has no host", "write it like https://api.example.com/v1"
    if url.userinfo:
        return "holds a user name or password", "pass credentials apart from the URL"
    if url.query or url.fragment or "?" in str(url):
        return "has a query or a fragment", "use params= for parameters of every call"
    if url.port is not None and url.port not in _PORTS:
        return f"has the port {url.port}", "ports are 1 to 65535"
    return None


@functools.lru_cache(maxsize=1024)
def _places(template: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The literal parts of a template and, between them, the names of its values."""
    parts = _PLACE.split(template)
    literals, names = tuple(parts[::2]), tuple(parts[1::2])
    if any("{" in literal or "}" in literal for literal in literals):
        raise ConfigError(f"template {template!r}", "has a brace without its partner", "write values as {name}")
    return literals, names


def expand(template: str, values: Mapping[str, object]) -> str:
    """Put values into a path template, each as exactly one escaped segment.

    Raises ConfigError for a value too many or too few, and InputError for one that cannot be a segment.
    """
    literals, names = _places(template)
    if names != tuple(values) and set(names) != set(values):
        raise _mismatch(template, names, values)
    if not names:
        return template
    text = literals[0]
    for name, literal in zip(names, literals[1:], strict=True):
        text += segment(name, values[name]) + literal
    return text


def _mismatch(template: str, names: Iterable[str], values: Mapping[str, object]) -> ConfigError:
    missing = [name for name in names if name not in values]
    surplus = [name for name in values if name not in names]
    import difflib

    close = difflib.get_close_matches(surplus[0], missing or list(names), 1) if surplus else []
    said = f"wants {missing}" if missing else f"has no place for {surplus}"
    hint = (
        f"did you mean {close[0]!r} instead of {surplus[0]!r}?" if close else "give each {name} its value, and no other"
    )
    return ConfigError(f"template {template!r}", said, hint)


def segment(name: str, value: object) -> str:
    """One path segment for a value. Raises InputError for an empty one, a bare dot segment, or no plain value."""
    if type(value) is int:
        return str(value)
    text = plain(name, value)
    if not text:
        raise InputError(name, "is empty", "a path value must have at least one character")
    if text in _DOTS:
        raise InputError(name, f"is {text!r}, which would change the path", "pass the name of something")
    return escape(name, text)


def escape(name: str, text: str) -> str:
    """Percent-encode everything but unreserved characters (RFC 3986, section 2.3)."""
    try:
        return quote(text, safe="")
    except UnicodeEncodeError:
        raise InputError(name, "holds a lone surrogate", "pass text that can be written as UTF-8") from None


def plain(name: str, value: object) -> str:
    """The one way each kind of value is written into a path or a query.

    Text as it is, true and false, numbers in decimal, dates and times in ISO 8601, an enum as its value.
    """
    match value:
        case str() if type(value) is str:
            return value
        case enum.Enum():
            return plain(name, value.value)
        case bool():
            return "true" if value else "false"
        case float() if not math.isfinite(value):
            raise InputError(name, "is not a finite number", "pass one")
        case dt.datetime() if value.tzinfo is None:
            raise InputError(name, "is a time without a zone", "pass an aware datetime")
        case dt.datetime() | dt.date():
            return value.isoformat()
        case str() | int() | float():
            return str(value)
        case _ if is_written_plainly(value):
            return str(value)
        case _:
            raise InputError(name, f"is of type {type(value).__name__}", "pass text, a number, a date or an enum")


def is_written_plainly(value: object) -> bool:
    """Whether it is of a class whose text is its value; they are imported when first needed."""
    from decimal import Decimal
    from uuid import UUID

    return isinstance(value, Decimal | UUID)


def encode_query(params: Query) -> str:
    """Query parameters as they stand behind the question mark; None leaves one out, a list repeats it."""
    pairs = params.items() if isinstance(params, Mapping) else params
    return "&".join(
        f"{escape('parameter', parameter(name))}={escape(name, plain(name, each))}"
        for name, value in pairs
        for each in each_of(value)
        if each is not None
    )


def parameter(name: object) -> str:
    """A parameter's name."""
    if not isinstance(name, str):
        raise InputError(repr(name), f"is of type {type(name).__name__}, and a parameter's name", "use text")
    return name


def each_of(value: object) -> Iterable[object]:
    """The values of a parameter: those of a list, or the one."""
    return cast("Iterable[object]", value) if isinstance(value, list | tuple | set | frozenset) else (value,)


def join(base: httpx.URL | None, prefix: str, path: str) -> str:
    """The URL of a path below a client's base; `prefix` is the base without its last slash.

    Raises InputError for an absolute URL of another origin: a client's credentials belong to its own.
    """
    if "://" not in path.partition("?")[0] and not path.startswith("//"):
        if base is None:
            raise InputError(
                "path", "is relative, and the client has no base_url", "pass an absolute URL or a base_url"
            )
        return f"{prefix}/{path.lstrip('/')}" if path else prefix
    target = parse(path)
    if base is not None and origin(target) != origin(base):
        raise InputError("path", f"leads to another origin than {base.host}", "use a client of its own for it")
    return path


def origin(url: httpx.URL) -> tuple[str, str, int]:
    """Scheme, host and port, with the default port spelled out (RFC 6454, section 4)."""
    return url.scheme, url.host.rstrip("."), url.port or (443 if url.scheme == "https" else 80)


@functools.lru_cache(maxsize=4096)
def parse(url: str) -> httpx.URL:
    """Parse a URL, or remember having done so. Raises InputError if it is none."""
    try:
        return httpx.URL(url)
    except httpx.InvalidURL as error:
        raise InputError("url", f"cannot be used: {error}", "check the path and its values") from None
