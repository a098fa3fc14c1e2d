"""Whom a connection leads to."""

from __future__ import annotations

from typing import NamedTuple

import httpx

PORTS = {"http": 80, "https": 443}


class Origin(NamedTuple):
    """What two exchanges must have in common to share a connection (RFC 9110 4.3.1), and the name that TLS asks for.

    Everything else that tells connections apart (certificates, pins, addresses) is one for a transport, and so for a
    pool.
    """

    scheme: str
    host: str
    port: int
    name: str

    @property
    def is_secure(self) -> bool:
        """Whether it is called with TLS."""
        return self.scheme == "https"


def origin_of(request: httpx.Request) -> Origin:
    """The origin of a request. Raises httpx.UnsupportedProtocol."""
    url = request.url
    scheme = url.scheme
    if scheme not in PORTS:
        raise httpx.UnsupportedProtocol(f"the scheme {scheme!r} is neither http nor https")
    host = url.raw_host.decode("ascii")
    return Origin(scheme, host, url.port or PORTS[scheme], request.extensions.get("sni_hostname") or host)
