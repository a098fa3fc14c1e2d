"""One spelling for each host, so that comparing hosts compares where a request goes."""

from __future__ import annotations

import functools
import re
from ipaddress import IPv6Address

from restkit.errors import InputError
from restkit.url.ipv4 import ends_in_number, ipv4

_LABEL = re.compile(r"[a-z0-9_-]{1,63}")
_ZONE = re.compile(r"[A-Za-z0-9._-]+")
_LONGEST = 253
_LOOK_ALIKES = ("ARMENIAN", "CHEROKEE", "CYRILLIC", "GREEK")


@functools.lru_cache(maxsize=1024)
def normal_host(host: str) -> str:
    """The one spelling of a host: lower case, `xn--` labels, no dot at the end, addresses as they are usually written.

    IPv4 numbers are read as WHATWG's host parser does (`127.1` is 127.0.0.1), an IPv4 address mapped into IPv6 is that
    address, and names are those of IDNA 2008 after the mapping of UTS 46. Raises InputError for what is no host, and
    for a label that mixes Latin letters with some that look alike.
    """
    if ":" in host or host.startswith("["):
        return ipv6(host)
    if len(host) > _LONGEST + 1:
        raise InputError("host", f"has more than {_LONGEST} characters", "no host name is as long")
    name = (host if host.isascii() else mapped(host)).lower().removesuffix(".")
    made = ".".join(map(label, name.split(".")))
    if not ends_in_number(made):
        return made
    address = ipv4(made)
    if address is None:
        raise InputError("host", "ends in a number and is no IPv4 address", "write it as four numbers of 0 to 255")
    return address


def ipv6(host: str) -> str:
    """An IPv6 address without brackets, in its shortest form (RFC 5952); a mapped IPv4 address as itself."""
    text = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    try:
        address = IPv6Address(text)
    except ValueError:
        address = None
    if address is None or not _ZONE.fullmatch(address.scope_id or "none"):
        raise InputError("host", "has colons or brackets and is no IPv6 address", "write it like [2001:db8::1]")
    return str(address.ipv4_mapped or address)


def mapped(host: str) -> str:
    """A name with what UTS 46 takes for the same written the same way, such as full-width letters."""
    import idna

    try:
        return idna.uts46_remap(host, std3_rules=False)
    except idna.IDNAError:
        raise not_a_name() from None


def label(text: str) -> str:
    """One label of a name, as DNS has it (RFC 5890, section 2.3.2.1)."""
    made = international(text) if not text.isascii() or text.startswith("xn--") else text
    if not _LABEL.fullmatch(made):
        raise InputError(
            "host", "has a label that is empty, too long or holds a strange character", "use letters, digits and dashes"
        )
    return made


def international(text: str) -> str:
    """A label with letters beyond ASCII in its xn-- form."""
    import idna

    if not text.isascii():
        refuse_mixture(text)
    try:
        return idna.alabel(text).decode("ascii")
    except idna.IDNAError:
        raise not_a_name() from None


def refuse_mixture(text: str) -> None:
    """Raise InputError if some letters are Latin, and others of a script that has letters which look the same."""
    import unicodedata

    scripts = {unicodedata.name(character, "").partition(" ")[0] for character in text}
    strange = scripts.intersection(_LOOK_ALIKES)
    if "LATIN" in scripts and strange:
        names = " and ".join(name.capitalize() for name in sorted(strange))
        raise InputError(
            "host", f"has a label that mixes Latin and {names} letters", "write the xn-- form if you mean it"
        )


def not_a_name() -> InputError:
    """The error for a name that nobody can register."""
    return InputError("host", "has a label that IDNA 2008 does not allow", "write the name as it is registered")
