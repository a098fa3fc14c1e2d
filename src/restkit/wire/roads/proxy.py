"""A proxy: where it is, and what only it may be told."""

from __future__ import annotations

import base64
import ssl
from typing import Final

import httpx
from attrs import field, frozen
from typing_extensions import override

from restkit.errors import ConfigError, InputError
from restkit.url import normal_host

PORTS: Final = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}
"""The port of each kind of proxy, if none is written."""
LIKE = "write it like http://proxy.example:3128"
LONGEST = 255
"""Bytes of a user name, or a password, that SOCKS can tell (RFC 1929)."""
AUTHORIZATION = b"proxy-authorization"


@frozen(repr=False)
class Proxy:
    """A proxy as `proxy_of` has read it. Its text shows neither credentials nor headers."""

    scheme: str
    """http, https, socks5 or socks5h; with either SOCKS the proxy looks up the names."""
    host: str
    """In its one spelling, IPv6 without brackets."""
    port: int
    auth: tuple[str, str] | None = None
    """User name and password."""
    headers: tuple[tuple[bytes, bytes], ...] = ()
    """Sent to it, and to nobody else."""
    ssl_context: ssl.SSLContext | None = field(default=None)
    """For TLS to an https proxy; that to the origins has its own."""

    @property
    def is_socks(self) -> bool:
        """Whether it speaks SOCKS (RFC 1928)."""
        return self.scheme.startswith("socks")

    @property
    def url(self) -> str:
        """Its address, without credentials."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"

    @property
    def fields(self) -> tuple[tuple[bytes, bytes], ...]:
        """Its headers, with its credentials (RFC 7617) unless a header brings others."""
        if self.auth is None or any(name.lower() == AUTHORIZATION for name, _ in self.headers):
            return self.headers
        said = base64.b64encode(":".join(self.auth).encode())
        return ((b"Proxy-Authorization", b"Basic " + said), *self.headers)

    @override
    def __repr__(self) -> str:
        return f"Proxy({self.url!r})"


def proxy_of(name: str, given: object) -> Proxy:
    """Read a setting that holds a proxy: a URL or an httpx.Proxy.

    Raises ConfigError, which shows nothing of what was written.
    """
    if isinstance(given, Proxy):
        return given
    made = given if isinstance(given, httpx.Proxy) else as_httpx(name, given)
    url, scheme = made.url, made.url.scheme
    if made.ssl_context is not None and scheme != "https":
        raise ConfigError(name, "has a TLS context and is no https proxy", "leave the context out, or write https://")
    headers = tuple(made.headers.raw)
    for header, value in headers:
        check_header(name, header, value)
    auth = None if made.auth is None else checked_auth(name, made.auth, scheme)
    host, port = host_of(name, url), url.port or PORTS[scheme]
    return Proxy(scheme, host, port, auth, headers, made.ssl_context)


def as_httpx(name: str, given: object) -> httpx.Proxy:
    """A URL as httpx's proxy. Raises ConfigError."""
    if not isinstance(given, str | httpx.URL):
        raise ConfigError(name, f"is of type {type(given).__name__}", LIKE)
    try:
        url = httpx.URL(given)
    except httpx.InvalidURL:
        raise ConfigError(name, "is no URL", LIKE) from None
    if url.scheme not in PORTS:
        raise ConfigError(name, f"has a scheme that is none of {', '.join(PORTS)}", LIKE)
    return httpx.Proxy(url)


def host_of(name: str, url: httpx.URL) -> str:
    """The proxy's host in its one spelling. Raises ConfigError."""
    try:
        return normal_host(url.raw_host.decode("ascii"))
    except InputError as error:
        raise ConfigError(name, f"has a host that {error.reason}", LIKE) from None


def checked_auth(name: str, auth: tuple[str, str], scheme: str) -> tuple[str, str]:
    """Credentials that can be told to a proxy of this kind. Raises ConfigError."""
    if not all(each.isprintable() for each in auth):
        raise ConfigError(name, "has control characters in its credentials", "write them as they are, %-escaped")
    if scheme.startswith("socks") and not all(1 <= len(each.encode()) <= LONGEST for each in auth):
        reason = f"has a user name or password that is empty or longer than {LONGEST} bytes"
        raise ConfigError(name, reason, "SOCKS cannot tell it (RFC 1929)")
    if ":" in auth[0] and not scheme.startswith("socks"):
        raise ConfigError(name, "has a colon in its user name", "Basic credentials cannot tell it (RFC 7617)")
    return auth


def check_header(name: str, header: bytes, value: bytes) -> None:
    """Raise ConfigError for a header that would break out of its line."""
    if not header or not header.isascii() or not header.decode().isprintable() or b" " in header or b":" in header:
        raise ConfigError(name, "has a header without a proper name", "use letters, digits and dashes")
    if any(each in value for each in (b"\r", b"\n", b"\0")):
        raise ConfigError(name, "has a header with a line break in it", "strip it")
