"""Where a URL leads, in the one spelling in which places are compared."""

from __future__ import annotations

from typing import NamedTuple

import httpx

from restkit.errors import InputError
from restkit.url import normal_host
from restkit.url.address import DEFAULT_PORTS


class Place(NamedTuple):
    """A URL's origin: the host normalised, the port written out; None for one that nobody knows."""

    scheme: str
    host: str
    port: int | None


def place_of(url: httpx.URL) -> Place:
    """Where a URL leads. A host that is none stays as it is, and matches nothing that was normalised."""
    return Place(url.scheme, one_spelling(url.raw_host.decode("ascii")), url.port or DEFAULT_PORTS.get(url.scheme))


def one_spelling(host: str) -> str:
    """A host as every comparison writes it."""
    try:
        return normal_host(host)
    except InputError:
        return host.lower()


def split_port(text: str) -> tuple[str, str]:
    """Host and port of an authority; the port is empty where there is none, an IPv6 address may lack its brackets."""
    if text.startswith("["):
        host, bracket, port = text.partition("]")
        return host + bracket, port.removeprefix(":")
    if text.count(":") > 1:
        return text, ""
    host, _, port = text.partition(":")
    return host, port
