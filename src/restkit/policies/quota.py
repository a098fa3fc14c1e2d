"""What a server says of our quota, read from its headers."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import NamedTuple, Self

_PARAMETER = re.compile(r"(?:^|[;\s])(?P<key>[rqt]|limit|remaining|reset)=(?P<value>\d{1,15})(?=[;\s]|$)", re.ASCII)
_NUMBER = re.compile(r"\d{1,15}(?:\.\d{1,9})?", re.ASCII)
_UNIT = re.compile(r';[ ]?qu="(?P<unit>[a-z-]{1,64})"', re.ASCII)
LONGEST = 1024
"""Characters of a header that are read."""
MOST_ITEMS = 16
"""Items of a header that are read."""
LONGEST_SPAN = 100_000_000
"""The most seconds that count as a span, three years; a larger number is a moment."""
LONGEST_MOMENT = 100_000_000_000
"""The most seconds since 1970 that a moment has; a larger number counts milliseconds."""


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
        """The quota in an answer's headers, or None if they hold none; of several, the one of which least is left.

        Read in this order: RateLimit and RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers, 7 and later), the
        separate RateLimit-Limit, -Remaining and -Reset of its earlier versions, and X-RateLimit-*.
        """
        return min(cls.all_of(headers), key=_left, default=cls() if "ratelimit" in headers else None)

    @classmethod
    def all_of(cls, headers: Mapping[str, str]) -> list[Self]:
        """Every quota of requests in an answer's headers: at most 16. Raises nothing, whatever they hold."""
        if "ratelimit" in headers:
            found = cls._listed(headers["ratelimit"], headers.get("ratelimit-policy", ""))
        else:
            found = cls._separate(headers, "ratelimit-") or cls._separate(headers, "x-ratelimit-")
        return [quota for quota in found if quota != (None, None, None)]

    @classmethod
    def _listed(cls, said: str, policies: str) -> list[Self]:
        items, known = _items(said), {_name(each): each for each in _items(policies)}
        joined = _parameters(";".join(items))
        if not joined.keys().isdisjoint(("limit", "remaining", "reset")):  # draft 7: a dictionary, so one quota
            return [cls(joined.get("limit"), joined.get("remaining"), joined.get("reset"))]
        return [
            cls(_parameters(policy).get("q"), found.get("r"), found.get("t"))
            for item in items
            if _is_of_requests(policy := known.get(_name(item), ""))
            for found in [_parameters(item)]
        ]

    @classmethod
    def _separate(cls, headers: Mapping[str, str], prefix: str) -> list[Self]:
        limit, remaining, reset = (_first(headers.get(prefix + name, "")) for name in ("limit", "remaining", "reset"))
        made = cls(_whole(limit), _rest(remaining, limit), _moment(reset))
        return [] if made == (None, None, None) else [made]


def _left(quota: RateLimit) -> float:
    return float("inf") if quota.remaining is None else quota.remaining


def _items(header: str) -> list[str]:
    """The first items of a structured list (RFC 9651)."""
    return [item.strip() for item in header[:LONGEST].split(",", MOST_ITEMS)[:MOST_ITEMS]]


def _first(header: str) -> str:
    return header[:LONGEST].partition(",")[0].partition(";")[0].strip()


def _name(item: str) -> str:
    return item.partition(";")[0].strip()


def _parameters(item: str) -> dict[str, int]:
    return {found["key"]: int(found["value"]) for found in _PARAMETER.finditer(item)}


def _is_of_requests(policy: str) -> bool:
    """Whether a quota counts requests, as those do that do not name a unit."""
    unit = _UNIT.search(policy)
    return unit is None or unit["unit"] == "requests"


def _number(text: str) -> float | None:
    return float(text) if _NUMBER.fullmatch(text) else None


def _whole(text: str) -> int | None:
    number = _number(text)
    return None if number is None else int(number)


def _rest(remaining: str, limit: str) -> int | None:
    """What is left: nothing, if it is below 0. Where the limit is so too, there is none."""
    if remaining.startswith("-") and not limit.startswith("-"):
        return None if _whole(remaining[1:]) is None else 0
    return _whole(remaining)


def _moment(text: str) -> float | None:
    """A span in seconds or a moment in seconds since 1970, however it is written: the size tells."""
    number = _number(text)
    if number is None:
        return _iso(text)
    return number / 1000 if number > LONGEST_MOMENT else number


def _iso(text: str) -> float | None:
    """A moment as ISO 8601 has it, in UTC if it does not say."""
    if not (text.isascii() and len(text) <= len("2026-01-01T00:00:00.000000+00:00") and "-" in text):
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
