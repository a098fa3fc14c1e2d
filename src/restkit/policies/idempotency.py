"""Keys by which a server knows that a request came before (draft-ietf-httpapi-idempotency-key-header-07)."""

from __future__ import annotations

from typing import NamedTuple

import httpx

from restkit.errors import ConfigError
from restkit.policies.field_name import FRAMING, TOKEN

HEADER = "Idempotency-Key"
ISSUED = "restkit.idempotency"
"""Where the extensions of a request hold the `Issued` of its key."""
WRITES: frozenset[str] = frozenset({"POST", "PATCH"})
"""Methods that need a key to be sent twice."""
LONGEST = 255
"""Characters of a key."""


class Issued(NamedTuple):
    """In which header a request's key stands, and since when."""

    header: str
    made: float
    """Seconds of the clock."""


def header_of(*said: object) -> str:
    """The name of the header that a key stands in: the first of these that is one, else the usual one."""
    return next((each for each in said if isinstance(each, str)), HEADER)


def issued(request: httpx.Request, now: float) -> Issued | None:
    """The idempotency key of a request, if it has a valid one; one that is not ours was made just now."""
    found: Issued = request.extensions.get(ISSUED) or Issued(HEADER, now)
    try:
        _ = checked_key(found.header, request.headers.get(found.header))
    except ConfigError:
        return None
    return found


def checked_keys(name: str, given: object) -> bool | str:
    """Whether writes have keys, or the name of the header that they stand in. Raises ConfigError."""
    if isinstance(given, str) and given and TOKEN.issuperset(given) and given.lower() not in FRAMING:
        return given
    if not isinstance(given, bool):
        raise ConfigError(name, "is no name of a header", "pass True, False or a name such as Idempotency-Key")
    return given


def checked_key(name: str, given: object) -> str:
    """A key of the caller's own: up to 255 visible characters of ASCII. Raises ConfigError."""
    if not isinstance(given, str):
        raise ConfigError(name, f"is of type {type(given).__name__}", "pass text")
    if not 0 < len(given) <= LONGEST:
        raise ConfigError(name, f"has {len(given)} characters", f"pass 1 to {LONGEST}")
    if not (given.isascii() and given.isprintable()) or " " in given:
        raise ConfigError(name, "has something else than visible ASCII in it", "use letters, digits and dashes")
    return given


def quoted(key: str) -> str:
    """A key of ours as the draft writes it: a string of a structured field (RFC 9651, section 3.3.3)."""
    return f'"{key}"'
