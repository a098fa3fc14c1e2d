"""NO_PROXY: the places to which an environment's proxies do not lead.

An entry is a host, with or without a port. `.example.com` and `*.example.com` mean the hosts below it, `example.com`
means it and those below it, an address means itself, `10.0.0.0/8` all of a network, `localhost` all that is this
machine (RFC 6761), `*` every place. Hosts are compared in one spelling, so no other way to write one slips by.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias

from attrs import frozen

from restkit.errors import ConfigError
from restkit.wire.roads.pattern import Pattern, host_of, pattern_of, port_of
from restkit.wire.roads.place import Place, split_port

Network = IPv4Network | IPv6Network
LOCALHOST = "localhost"
LIKE = "write hosts, addresses and networks, with commas between them"


@frozen
class Within:
    """All addresses of a network, at one port or at any."""

    network: Network
    port: int | None

    def matches(self, place: Place) -> bool:
        """Whether a place is an address of the network. A name is none, wherever it leads."""
        address = address_of(place.host)
        return address is not None and address in self.network and self.port in (None, place.port)


@frozen
class ThisMachine:
    """localhost, the names below it, and the addresses of loopback, at one port or at any."""

    port: int | None

    def matches(self, place: Place) -> bool:
        """Whether a place is this machine."""
        if self.port not in (None, place.port):
            return False
        address = address_of(place.host)
        return f".{place.host}".endswith(f".{LOCALHOST}") if address is None else address.is_loopback


Entry: TypeAlias = Pattern | Within | ThisMachine


def bypass(name: str, text: str) -> tuple[Entry, ...]:
    """Read the variable of this name. Raises ConfigError for an entry that means nothing, by its number."""
    entries = [each for each in re.split(r"[,\s]+", text) if each]
    return tuple(entry_of(f"{name}[{number}]", each) for number, each in enumerate(entries))


def entry_of(name: str, text: str) -> Entry:
    """Read one entry. Raises ConfigError."""
    if text == "*":
        return Pattern("", "all", "", None)
    if "://" in text:
        return pattern_of(name, text)
    if "/" in text:
        return Within(network_of(name, text), None)
    host, written = split_port(text)
    port = port_of(name, written)
    if host.startswith((".", "*.")):
        return Pattern("", "below", host_of(name, host.removeprefix("*").removeprefix(".")), port)
    found = host_of(name, host)
    if found == LOCALHOST:
        return ThisMachine(port)
    return Pattern("", "within" if address_of(found) is None else "exact", found, port)


def network_of(name: str, text: str) -> Network:
    """A network, in which bits of a host may be set. Raises ConfigError."""
    try:
        return ip_network(text.replace("[", "").replace("]", ""), strict=False)
    except ValueError:
        raise ConfigError(name, "has a slash and is no network", LIKE) from None


def address_of(host: str) -> IPv4Address | IPv6Address | None:
    """A host as an address; None if it is a name."""
    try:
        return ip_address(host.partition("%")[0])
    except ValueError:
        return None


def matches(entries: Iterable[Entry], place: Place) -> bool:
    """Whether one of the entries means a place."""
    return any(each.matches(place) for each in entries)
