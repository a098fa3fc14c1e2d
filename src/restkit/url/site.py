"""Whether two hosts belong together, as far as their names tell."""

from __future__ import annotations

from restkit.errors import InputError
from restkit.url.host import normal_host
from restkit.url.ipv4 import ends_in_number

_COUNTRY, _SHORT = 2, 3
"""Characters of a country's domain, and of one below it that is likely to be everybody's: `co.uk`, `com.au`."""


def is_same_site(one: str, other: str) -> bool:
    """Whether two hosts are the same, or are names below the same domain, such as `api.acme.com` and `acme.com`.

    There is no list of public suffixes: a domain that looks like one, as `co.uk` does, makes no site. Tenants of one
    host, below `example-hosting.com`, look like one site.
    """
    try:
        first, second = normal_host(one), normal_host(other)
    except InputError:
        return False
    return first == second or (site(first) is not None and site(first) == site(second))


def site(host: str) -> str | None:
    """The domain that a name is of; None for an address, and for a name that is no more than a public suffix."""
    labels = host.split(".")
    if ":" in host or ends_in_number(host):
        return None
    is_shared = len(labels[-1]) == _COUNTRY and len(labels) > 1 and len(labels[-2]) <= _SHORT
    parts = 3 if is_shared else 2
    return ".".join(labels[-parts:]) if len(labels) >= parts else None
