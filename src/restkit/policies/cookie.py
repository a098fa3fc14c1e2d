"""Cookies: what a server asks to be sent back, and when (RFC 6265bis).

Stricter than browsers are: a cookie goes back to the very origin that set it, not to other ports, subdomains or
schemes. So no list of public suffixes is needed, and none can be out of date.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from restkit.errors import InputError
from restkit.policies.cookie_date import moment_of
from restkit.url import normal_host

Origin = tuple[str, str, int]
"""Scheme, host and port."""
LONGEST = 4096
"""Characters of a cookie's name and value."""
_LONGEST_ATTRIBUTE = 1024
_LONGEST_LIFE = 400 * 86_400
"""Seconds: 400 days (RFC 6265bis, section 5.5)."""
_LONGEST_NUMBER = 10
_IS_SENT = frozenset(map(chr, range(0x20, 0x7F))) - {";"}


@frozen(kw_only=True)
class Cookie:
    """One cookie of an origin."""

    name: str
    value: str = field(repr=False)
    path: str = "/"
    expires: float | None = None
    """Seconds since 1970; None for as long as the jar lives."""

    def is_for(self, path: str) -> bool:
        """Whether it is sent to a path (RFC 6265bis, section 5.1.4)."""
        return path == self.path or path.startswith(self.path if self.path.endswith("/") else f"{self.path}/")


def read_cookie(line: str, origin: Origin, path: str, now: float) -> Cookie | None:
    """The cookie of a Set-Cookie line from this origin and path, at this moment; None for one that is not taken.

    That is one that is too long, has other characters than printable ASCII, or breaks a rule of its own attributes.
    """
    pair, _, rest = line.partition(";")
    name, equals, value = (part.strip(" \t") for part in pair.partition("="))
    said = attributes(rest)
    if not equals or not is_sound(name, value) or not is_allowed(name, said, origin):
        return None
    given = said.get("path", "")
    where = given if is_path(given) else default_path(path)
    return Cookie(name=name, value=value, path=where, expires=expiry(said, now))


def attributes(text: str) -> dict[str, str]:
    """The attributes of a cookie by their lower-case names; of several the last one counts."""
    found: dict[str, str] = {}
    for part in text.split(";"):
        name, _, value = part.partition("=")
        if len(value) <= _LONGEST_ATTRIBUTE:
            found[name.strip(" \t").lower()] = value.strip(" \t")
    return found


def is_sound(name: object, value: object) -> bool:
    """Whether a name and a value can be sent back as they are."""
    if not isinstance(name, str) or not isinstance(value, str):
        return False
    return 0 < len(name) <= LONGEST - len(value) and "=" not in name and _IS_SENT.issuperset(name + value)


def is_path(path: object) -> bool:
    """Whether a cookie can be for it."""
    return isinstance(path, str) and path.startswith("/") and _IS_SENT.issuperset(path)


def is_allowed(name: str, said: Mapping[str, str], origin: Origin) -> bool:
    """Whether an origin may set a cookie with these attributes (RFC 6265bis, section 5.7)."""
    scheme, host, _ = origin
    is_secure = "secure" in said
    if is_secure and scheme != "https":
        return False
    lowered = name.lower()
    if lowered.startswith(("__secure-", "__host-")) and not is_secure:
        return False
    if lowered.startswith("__host-") and (said.get("domain") or said.get("path") != "/"):
        return False
    return is_of(host, said.get("domain", ""))


def is_of(host: str, domain: str) -> bool:
    """Whether a host may name this domain: itself, or one above it that is more than a single label."""
    if not domain:
        return True
    try:
        named = normal_host(domain.removeprefix("."))
    except InputError:
        return False
    return host == named or ("." in named and host.endswith(f".{named}") and not host.rpartition(".")[2].isdigit())


def default_path(path: str) -> str:
    """The path of a cookie that names none: where it was set, up to the last slash (RFC 6265bis, section 5.1.4)."""
    return path[: path.rfind("/")] or "/" if path.startswith("/") else "/"


def expiry(said: Mapping[str, str], now: float) -> float | None:
    """When a cookie ends: by Max-Age, else by Expires, else with its jar; after 400 days at the latest."""
    age = said.get("max-age", "")
    digits = age.removeprefix("-")
    if digits.isascii() and digits.isdigit():
        if age.startswith("-"):
            return now
        return now + min(int(digits[:_LONGEST_NUMBER]), _LONGEST_LIFE)
    moment = moment_of(said.get("expires", ""))
    return None if moment is None else min(moment, now + _LONGEST_LIFE)
