"""The patterns of URLs by which httpx mounts transports, such as `all://*.example.com`."""

from __future__ import annotations

from typing import Literal

from attrs import frozen

from restkit.errors import ConfigError, InputError
from restkit.url import normal_host
from restkit.wire.roads.place import Place, split_port

Reach = Literal["all", "exact", "below", "within"]
"""Every host; this one; those below it; this one and those below it."""
SCHEMES = {"all": "", "http": "http", "https": "https"}
PORTS = range(1, 65_536)
LIKE = "write it like 'https://', 'all://*.example.com' or 'http://host:8080'"


@frozen
class Pattern:
    """Which URLs are meant: by scheme, host and port, each of which may be any."""

    scheme: str
    reach: Reach
    host: str
    port: int | None

    def matches(self, place: Place) -> bool:
        """Whether a URL leads to where this means."""
        if self.scheme not in ("", place.scheme) or self.port not in (None, place.port):
            return False
        return reaches(self.reach, self.host, place.host)

    @property
    def rank(self) -> tuple[bool, bool, int, bool]:
        """The more specific, the smaller: with a port, one host, a longer name, a scheme."""
        return self.port is None, self.reach != "exact", -len(self.host), not self.scheme


def reaches(reach: Reach, host: str, other: str) -> bool:
    """Whether another host is one of those that are meant."""
    if reach == "all":
        return True
    if reach in ("exact", "within") and other == host:
        return True
    return reach in ("below", "within") and other.endswith(f".{host}")


def pattern_of(name: str, text: object) -> Pattern:
    """Read a pattern. Raises ConfigError."""
    if not isinstance(text, str):
        raise ConfigError(name, f"is of type {type(text).__name__}", LIKE)
    scheme, mark, rest = text.partition("://")
    if not mark or scheme.lower() not in SCHEMES:
        raise ConfigError(name, "has no scheme of all, http and https", LIKE)
    if any(each in rest for each in "/?#@"):
        raise ConfigError(name, "has more than a host and a port", LIKE)
    host, port = split_port(rest)
    return Pattern(SCHEMES[scheme.lower()], *reach_of(name, host), port_of(name, port))


def reach_of(name: str, text: str) -> tuple[Reach, str]:
    """What the host of a pattern reaches, and its host in its one spelling. Raises ConfigError."""
    if text in ("", "*"):
        return "all", ""
    if text.startswith("*."):
        return "below", host_of(name, text[2:])
    if text.startswith("*"):
        return "within", host_of(name, text[1:])
    return "exact", host_of(name, text)


def host_of(name: str, text: str) -> str:
    """A host in its one spelling. Raises ConfigError."""
    try:
        return normal_host(text)
    except InputError as error:
        raise ConfigError(name, f"has a host that {error.reason}", error.remedy) from None


def port_of(name: str, text: str) -> int | None:
    """A port, or None for any. Raises ConfigError."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or int(text[:6]) not in PORTS:
        raise ConfigError(name, "has no port of 1 to 65535", LIKE)
    return int(text)
