"""How long a server asks us to wait (RFC 9110, section 10.2.3)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from restkit.policies.http_date import http_date

LONGEST = 2.0**31
"""Seconds that stand for any longer time."""
_SECONDS = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_READ = 64
"""Characters of a date that are read."""


def retry_after(headers: Mapping[str, str], wall: float) -> float | None:
    """The seconds that an answer asks us to wait; None if it does not ask, or nobody can read it.

    A number may have decimals. A date is measured against the answer's own Date or, without one, the `wall` clock's
    seconds since 1970; one that has passed is 0. Never raises.
    """
    said = headers.get("retry-after")
    if said is None:
        return None
    said = said.strip(" \t")
    if _SECONDS.fullmatch(said):
        return min(float(said), LONGEST)
    return after_date(said, headers.get("date", ""), wall)


def after_date(said: str, date: str, wall: float) -> float | None:
    """The seconds until a date; None for what is none."""
    when = http_date(said[:_READ], wall)
    if when is None:
        return None
    began = http_date(date[:_READ], wall)
    return min(max(0.0, when - (wall if began is None else began)), LONGEST)
