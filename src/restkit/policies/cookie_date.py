"""The dates of cookies, which servers write in many ways (RFC 6265bis, section 5.1.1)."""

from __future__ import annotations

import datetime as dt
import re

_WORD = re.compile(r"[0-9A-Za-z:\x7f-\xff]+")
_TIME = re.compile(r"(\d{1,2}):(\d{1,2}):(\d{1,2})(?!\d)", re.ASCII)
_DAY = re.compile(r"(\d{1,2})(?!\d)", re.ASCII)
_YEAR = re.compile(r"(\d{2,4})(?!\d)", re.ASCII)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FIRST, _OF_THIS_CENTURY, _OF_THE_LAST = 1601, 70, 100


def moment_of(text: str) -> float | None:
    """A date as seconds since 1970, or None if it is none; it is always UTC, whatever zone it names."""
    time: re.Match[str] | None = None
    day: re.Match[str] | None = None
    year: re.Match[str] | None = None
    month = 0
    for word in _WORD.findall(text):
        if time is None and (time := _TIME.match(word)):
            continue
        if day is None and (day := _DAY.match(word)):
            continue
        if not month and word[:3].lower() in _MONTHS:
            month = _MONTHS.index(word[:3].lower()) + 1
        elif year is None:
            year = _YEAR.match(word)
    if time is None or day is None or year is None or not month:
        return None
    hour, minute, second = map(int, time.groups())
    try:
        moment = dt.datetime(full(int(year[1])), month, int(day[1]), hour, minute, second, tzinfo=dt.UTC)
    except ValueError:
        return None
    return moment.timestamp() if moment.year >= _FIRST else None


def full(year: int) -> int:
    """A year with its century."""
    if year >= _OF_THE_LAST:
        return year
    return year + (2000 if year < _OF_THIS_CENTURY else 1900)
