"""Whether what is sent to a URL can be read on the way."""

from __future__ import annotations

import ipaddress

import httpx

from restkit.errors import InputError
from restkit.url import normal_host

LOCALHOST = "localhost"


def is_loopback(host: str) -> bool:
    """Whether a host is this machine: its addresses, localhost, and the names below it (RFC 6761, section 6.3)."""
    try:
        name = normal_host(host)
        return f".{name}".endswith(f".{LOCALHOST}") or ipaddress.ip_address(name).is_loopback
    except (InputError, ValueError):
        return False


def is_clear(url: httpx.URL) -> bool:
    """Whether anybody on the way can read what is sent: http, but to this machine.

    Names below localhost are looked up like any other, and whoever answers may name another machine.
    """
    is_looked_up = url.host.rstrip(".").endswith(f".{LOCALHOST}")
    return url.scheme != "https" and (is_looked_up or not is_loopback(url.host))


def refuse_clear(url: httpx.URL) -> None:
    """Raise InputError for credentials on their way to a URL where anybody could read them."""
    if is_clear(url):
        raise InputError("auth", "would be sent over plain http", "use https, or let the client allow_insecure")
