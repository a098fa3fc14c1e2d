"""Dates as HTTP writes them, in its three forms (RFC 9110, section 5.6.7), whatever the locale of this machine."""

from __future__ import annotations

import datetime as dt
import re

_DAYS = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_LONG_DAYS = "(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH = f"(?P<month>{'|'.join(_MONTHS)})"
_DAY, _TIME = "(?P<day>[0-9]{2})", "(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})"
_YEAR = "(?P<year>[0-9]{4})"
_FORMS = (
    re.compile(f"{_DAYS}, {_DAY} {_MONTH} {_YEAR} {_TIME} GMT"),
    re.compile(f"{_LONG_DAYS}, {_DAY}-{_MONTH}-(?P<year>[0-9]{{2}}) {_TIME} GMT"),
    re.compile(f"{_DAYS} {_MONTH} (?P<day>[ 0-9][0-9]) {_TIME} {_YEAR}"),
)
"""The one that is written today, that of RFC 850, and that of asctime."""
_CENTURY, _FAR = 100, 50


def http_date(text: str, now: float) -> float | None:
    """The moment that a date names, in seconds since 1970; None for what is no date.

    `now` says which century two digits of a year mean: never one of more than fifty years ahead.
    """
    found = next(filter(None, (form.fullmatch(text) for form in _FORMS)), None)
    if found is None:
        return None
    year, second = int(found["year"]), min(int(found["second"]), 59)  # a leap second is the one before it
    if int(found["second"]) > 60:  # noqa: PLR2004 - a leap second
        return None
    if year < _CENTURY and len(found["year"]) == 2:  # noqa: PLR2004 - digits
        year = nearest(year, now)
    try:
        clock = (int(found["hour"]), int(found["minute"]), second)
        made = dt.datetime(year, 1 + _MONTHS.index(found["month"]), int(found["day"]), *clock, tzinfo=dt.UTC)
    except ValueError:
        return None
    return made.timestamp()


def nearest(digits: int, now: float) -> int:
    """The last year with these two digits that is at most fifty years ahead."""
    latest = (dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=now)).year + _FAR
    return latest - (latest - digits) % _CENTURY
