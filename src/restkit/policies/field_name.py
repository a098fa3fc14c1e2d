"""What may be the name of a header (RFC 9110, section 5.1)."""

from __future__ import annotations

from restkit.errors import ConfigError

TOKEN = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
"""The characters of a header name, and of the name of a scheme (RFC 9110, section 5.6.2)."""
FRAMING = frozenset({"host", "content-length", "transfer-encoding", "connection"})
"""Headers that say where a request goes and where it ends."""


def checked_token(name: str, given: object) -> str:
    """A word that can stand in a header without quotes. Raises ConfigError."""
    if not isinstance(given, str) or not given or not TOKEN.issuperset(given):
        raise ConfigError(name, "is no word that can stand in a header", "use letters, digits and dashes")
    return given


def checked_header_name(name: str, given: object) -> str:
    """The name of a header that may be set. Raises ConfigError."""
    said = checked_token(name, given)
    if said.lower() in FRAMING:
        raise ConfigError(name, "is set by the transport", "name another header")
    return said
