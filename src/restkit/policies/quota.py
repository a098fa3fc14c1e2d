"""What a server says of our quota, read from its headers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple, Self

_ITEM = re.compile(r"(?:^|[;\s])(?P<key>[rqtw])=(?P<value>\d{1,15})", re.ASCII)
LONGEST = 1024
"""Characters of a header that are read."""


class RateLimit(NamedTuple):
    """A server's quota for us. What it did not say, or said badly, is None."""

    limit: int | None = None
    """Requests in a window."""
    remaining: int | None = None
    """Requests left in this window."""
    reset: float | None = None
    """Seconds until the next window; where X-RateLimit-Reset holds a moment, as with many APIs, seconds since 1970."""

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> Self | None:
        """The quota in an answer's headers, or None if they hold none.

        Read in this order: RateLimit and RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers, 8 and later), the
        separate RateLimit-Limit, -Remaining and -Reset of its earlier versions, and X-RateLimit-*.
        """
        if "ratelimit" in headers:
            said = _items(headers["ratelimit"])
            policy = _items(headers.get("ratelimit-policy", ""))
            return cls(policy.get("q"), said.get("r"), said.get("t"))
        for prefix in ("ratelimit-", "x-ratelimit-"):
            values = [_number(headers.get(f"{prefix}{name}", "")) for name in ("limit", "remaining", "reset")]
            if values != [None, None, None]:
                return cls(*values)
        return None


def _items(header: str) -> dict[str, int]:
    """The parameters of the first item of a structured header (RFC 9651)."""
    first = header[:LONGEST].partition(",")[0]
    return {found["key"]: int(found["value"]) for found in _ITEM.finditer(first)}


def _number(header: str) -> int | None:
    text = header[:LONGEST].partition(",")[0].partition(";")[0].strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None  # noqa: PLR2004 - no larger quota
