"""Where a request goes: scheme, host and port, each in its one spelling, and the path there."""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

import httpx
from typing_extensions import override

from restkit.errors import ConfigError, InputError
from restkit.url import path
from restkit.url.host import normal_host

DEFAULT_PORTS = {"http": 80, "https": 443}
_AUTHORITY_ENDS = re.compile(r"[/?#]")
_UNREADABLE = re.compile(r"[\x00-\x20\x7f\\]")
_PORTS = range(1, 65_536)
_LIKE = "write it like https://api.example.com/v1"


class Address(NamedTuple):
    """A URL that a request can go to. Its text has one spelling for each scheme, host and port."""

    scheme: str
    host: str
    port: int
    """The default one, if none was written."""
    target: str
    """Path and query, as they are sent."""

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port (RFC 6454, section 4)."""
        return self[:3]

    @override
    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == DEFAULT_PORTS.get(self.scheme) else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.target}"


def address(field: str, text: str) -> Address:
    """Read an absolute URL (RFC 3986, section 3).

    Raises InputError for another scheme than http and https, user info, a host or port that is none, and a path that
    could be read in two ways. It never shows what was written, which may be a secret.
    """
    scheme, mark, after = text.partition("://")
    scheme = scheme.lower()
    if not mark or scheme not in DEFAULT_PORTS:
        raise InputError(field, "has no http or https scheme", _LIKE)
    authority = _AUTHORITY_ENDS.split(after, 1)[0]
    if "@" in authority:
        raise InputError(field, "holds a user name or password", "pass credentials apart from the URL")
    if _UNREADABLE.search(authority):
        raise InputError(field, "has a space, a back-slash or a control character in its host", _LIKE)
    bracket = authority.rfind("]") + 1
    host, _, port = authority[bracket:].partition(":")
    name = host_of(field, authority[:bracket] + host)
    number = port_of(field, port) if port else DEFAULT_PORTS[scheme]
    return Address(scheme, name, number, path.written(field, after[len(authority) :]))


def host_of(field: str, text: str) -> str:
    """A host in its one spelling."""
    if not text:
        raise InputError(field, "has no host", _LIKE)
    try:
        return normal_host(text)
    except InputError as error:
        raise InputError(field, error.reason, error.remedy) from None


def port_of(field: str, text: str) -> int:
    """A port that is written out."""
    digits = text.isascii() and text.isdigit() and len(text) <= len(str(_PORTS[-1]))
    number = int(text) if digits else 0
    if number not in _PORTS:
        raise InputError(field, "has no port of 1 to 65535", "write one of these, or none")
    return number


def base_url(given: object) -> httpx.URL:
    """Check what a client is to call, and spell its host as every later comparison will.

    Raises ConfigError unless it is an http or https URL with a host, without user info, query and fragment, and without
    anything that could be read in two ways.
    """
    if not isinstance(given, str | httpx.URL):
        raise ConfigError("base_url", f"is of type {type(given).__name__}", _LIKE)
    try:
        return _base_url(str(given))
    except InputError as error:
        raise ConfigError(error.field, error.reason, error.remedy) from None


@functools.lru_cache(maxsize=64)
def _base_url(text: str) -> httpx.URL:
    found = address("base_url", text.partition("?")[0].partition("#")[0])
    if "?" in text or "#" in text:
        raise InputError("base_url", "has a query or a fragment", "use params= for parameters of every call")
    if _UNREADABLE.search(text):
        raise InputError("base_url", "has a space in its path", "write it as %20")
    return httpx.URL(str(found))


def origin(url: httpx.URL) -> tuple[str, str, int]:
    """Scheme, host and port, each in its one spelling and the port written out (RFC 6454, section 4).

    Raises InputError for a host that is none.
    """
    port = url.port or DEFAULT_PORTS.get(url.scheme, 80)
    return url.scheme, normal_host(url.raw_host.decode("ascii")), port
