"""Which addresses may be called: for URLs that somebody else has chosen (server-side request forgery).

Theory of operation. A name is looked up once for each connection. Every address found is vetted, and the connection
goes to one of these very addresses, so a name that resolves to something else a moment later changes nothing; TLS still
verifies the name. An IPv6 address that stands for one of IPv4 is vetted as that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import NoReturn

import httpx
from attrs import field, frozen

from restkit.errors import AddressRefused, ConfigError, InputError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def networks(given: Iterable[str | Network]) -> tuple[Network, ...]:
    """Networks, written as such or as text. Raises ConfigError."""
    if isinstance(given, str):
        raise ConfigError("networks", "are one text", "write a list, such as ['10.1.0.0/16']")
    try:
        return tuple(ip_network(each) for each in given)
    except (TypeError, ValueError):
        remedy = "write them such as '10.1.0.0/16' or '2001:db8::/32', without bits of a host"
        raise ConfigError("networks", "hold something that is no network", remedy) from None


@frozen(kw_only=True)
class AddressGuard:
    """Refuses to connect to addresses that are not the public internet's: opt-in, for URLs that others have chosen.

    Refused are private, shared, loopback, link-local, multicast, unspecified, documentation and reserved addresses, and
    all that embed one of them: IPv4-mapped, IPv4-compatible, translated and NAT64, 6to4, Teredo. So are Unix sockets,
    and every scheme but http and https. A host of which a single address is refused is refused altogether.

    Parameters: `allow`, networks that may be called all the same; `deny`, further networks that may not, which goes
    first. Raises ConfigError for what is no network.
    """

    allow: Sequence[Network] = field(default=(), converter=networks)
    """Networks that may be called whatever they are."""
    deny: Sequence[Network] = field(default=(), converter=networks)
    """Networks that may not be called."""

    def check(self, host: str, addresses: Iterable[str]) -> None:
        """Raise AddressRefused if one of a host's addresses may not be called."""
        for each in addresses:
            reason = self.reason(each)
            if reason is not None:
                raise AddressRefused(f"{host} leads to {each}, which is {reason}")

    def reason(self, address: str) -> str | None:
        """What is wrong with an address, in words; None if it may be called. Raises InputError for what is none."""
        try:
            first = ip_address(address.partition("%")[0])
        except ValueError:
            raise InputError("address", "is none", "write one such as '192.0.2.1' or '2001:db8::1'") from None
        faces = (first, *embedded(first))
        if any(within(each, self.deny) for each in faces):
            return "denied"
        if within(first, self.allow):
            return None
        return next(filter(None, (self._special(each) for each in faces[1:] or faces)), None)

    def check_scheme(self, url: httpx.URL) -> None:
        """Raise httpx.UnsupportedProtocol for a URL that is neither of http nor of https."""
        if url.scheme not in SCHEMES:
            raise httpx.UnsupportedProtocol("only http and https may be called")

    def refuse_unix(self) -> NoReturn:
        """Raise AddressRefused: what listens on a Unix socket is always of this machine."""
        raise AddressRefused("a Unix socket may not be called")

    def _special(self, address: Address) -> str | None:
        return None if within(address, self.allow) else special(address)


def within(address: Address, among: Iterable[Network]) -> bool:
    """Whether an address belongs to one of the networks."""
    return any(address in each for each in among)


def special(address: Address) -> str | None:
    """What an address is, if it is not one of the public internet's."""
    for name, members in SPECIAL.items():
        if within(address, members):
            return name
    return None if address.version == IPV4 or address in UNICAST else "reserved"


def embedded(address: Address) -> tuple[Address, ...]:
    """The IPv4 addresses that an IPv6 address stands for; none for most."""
    if isinstance(address, IPv4Address) or address in THEMSELVES:
        return ()
    if address.teredo is not None:
        return address.teredo
    if address.sixtofour is not None:
        return (address.sixtofour,)
    return (IPv4Address(int(address) & 0xFFFFFFFF),) if within(address, ENDING_IN_IPV4) else ()


SCHEMES = frozenset({"http", "https"})
IPV4 = 4
UNICAST = IPv6Network("2000::/3")
"""All that is given out of IPv6 (RFC 4291 section 2.4)."""
THEMSELVES = IPv6Network("::/127")
"""The unspecified address and that of loopback, which look IPv4-compatible."""
ENDING_IN_IPV4 = networks(("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96"))
"""IPv4-compatible and IPv4-mapped (RFC 4291 section 2.5.5), translated (RFC 2765), NAT64 (RFC 6052)."""
SPECIAL: dict[str, tuple[Network, ...]] = {
    "unspecified": networks(("0.0.0.0/8", "::/128")),
    "loopback": networks(("127.0.0.0/8", "::1/128")),
    "link-local": networks(("169.254.0.0/16", "fe80::/10")),
    "private": networks(
        ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fec0::/10", "64:ff9b:1::/48"),
    ),
    "shared": networks(("100.64.0.0/10",)),
    "multicast": networks(("224.0.0.0/4", "ff00::/8")),
    "documentation": networks(
        ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20"),
    ),
    "a cloud's own": networks(("168.63.129.16/32",)),
    "reserved": networks(
        ("192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "240.0.0.0/4", "100::/64", "2001::/23", "5f00::/16"),
    ),
}
"""Addresses of special purpose, from the registries of RFC 6890 and what was added since, by what to call them."""
