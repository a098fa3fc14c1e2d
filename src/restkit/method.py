"""The names of HTTP's methods."""

from __future__ import annotations

import functools
import re

from restkit.errors import InputError

USUAL = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def method_name(given: str) -> str:
    """A method in capitals: `get` is GET, although HTTP takes case seriously (RFC 9110, section 9.1).

    Raises InputError for what is no token (RFC 9110, section 5.6.2), and for CONNECT, which is for proxies.
    """
    return given if given in USUAL else _method_name(given)


@functools.lru_cache(maxsize=64)
def _method_name(given: object) -> str:
    if not isinstance(given, str) or not _TOKEN.fullmatch(given):
        raise InputError("method", "is no method's name", "use letters, such as GET")
    if given.upper() == "CONNECT":
        raise InputError("method", "is CONNECT, which asks a proxy for a tunnel", "name a proxy in the transport")
    return given.upper()
