"""How long a server asks us to wait: in seconds or by a date, and whatever nonsense it may send."""

from __future__ import annotations

import datetime as dt
import locale

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from restkit.policies.http_date import http_date
from restkit.policies.retry_after import LONGEST, retry_after

NOW = 1_735_689_600.0
"""The beginning of 2025."""
MOMENTS = st.integers(189_302_400, 3_313_526_399).map(lambda seconds: dt.datetime.fromtimestamp(seconds, dt.UTC))
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def written(moment: dt.datetime) -> list[str]:
    """A moment in the three forms."""
    day, month, clock = DAYS[moment.weekday()], MONTHS[moment.month - 1], moment.strftime("%H:%M:%S")
    return [
        f"{day[:3]}, {moment.day:02} {month} {moment.year} {clock} GMT",
        f"{day}, {moment.day:02}-{month}-{moment.year % 100:02} {clock} GMT",
        f"{day[:3]} {month} {moment.day:2} {clock} {moment.year}",
    ]


@given(MOMENTS)
def test_the_three_forms_of_a_date_mean_the_same(moment: dt.datetime) -> None:
    """Of which the second has two digits of the year, within a hundred years around now."""
    assert [moment.timestamp()] * 3 == [http_date(each, NOW) for each in written(moment)]


@pytest.mark.parametrize(
    ("said", "year"), [("75", 2075), ("76", 1976), ("99", 1999), ("00", 2000), ("25", 2025), ("24", 2024)]
)
def test_two_digits_of_a_year_are_never_of_more_than_fifty_years_ahead(said: str, year: int) -> None:
    """As RFC 9110 has it, in section 5.6.7."""
    found = http_date(f"Sunday, 06-Nov-{said} 08:49:37 GMT", NOW)

    assert dt.datetime(year, 11, 6, 8, 49, 37, tzinfo=dt.UTC).timestamp() == found


@pytest.mark.parametrize(
    "said",
    [
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 6 Nov 1994 08:49:37 GMT",
        "Xyz, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 99999 08:49:37 GMT",
        "Sun, 31 Feb 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:61 GMT",
        "Sun, 06 Nov 0000 08:49:37 GMT",
        "Sun, \uff10\uff16 Nov 1994 08:49:37 GMT",
        "So, 06 Nov 1994 08:49:37 GMT",
        "1994-11-06T08:49:37Z",
        "",
    ],
)
def test_what_is_no_date(said: str) -> None:
    """Nobody has to guess."""
    assert http_date(said, NOW) is None


def test_a_leap_second_is_the_one_before_it() -> None:
    """There is no other that Python knows."""
    assert http_date("Sat, 31 Dec 2016 23:59:59 GMT", NOW) == http_date("Sat, 31 Dec 2016 23:59:60 GMT", NOW)


def test_a_date_is_read_in_any_locale() -> None:
    """Its names are those of HTTP."""
    before = locale.setlocale(locale.LC_TIME)
    try:
        _ = locale.setlocale(locale.LC_TIME, "C")
        found = http_date("Sun, 06 Nov 1994 08:49:37 GMT", NOW)
    finally:
        _ = locale.setlocale(locale.LC_TIME, before)

    assert 784_111_777.0 == found


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("0", 0.0),
        ("3", 3.0),
        (" 3\t", 3.0),
        ("007", 7.0),
        ("1.5", 1.5),
        ("0" * 5_000 + "3", 3.0),
        ("9" * 5_000, LONGEST),
        ("9" * 20, LONGEST),
        ("1." + "1" * 5_000, 1.1111111111111112),
        ("\uff11\uff12", None),
        ("٣", None),
        ("-5", None),
        ("+5", None),
        ("1_0", None),
        ("1e9", None),
        ("inf", None),
        ("nan", None),
        ("3.", None),
        (".3", None),
        ("3, 5", None),
        ("soon", None),
        ("", None),
        ("Wed, 01 Jan 2025 00:00:10 GMT", 10.0),
        ("Wed, 01 Jan 2020 00:00:10 GMT", 0.0),
        ("Wed, 01 Jan 9999 00:00:10 GMT", LONGEST),
        ("Wed, 01 Jan 99999 00:00:10 GMT", None),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_a_server_may_say(said: str, seconds: float | None) -> None:
    """A number of seconds, a date, or nothing that anybody could read."""
    assert seconds == retry_after({"retry-after": said}, NOW)


def test_a_server_may_say_nothing() -> None:
    """That is most often so."""
    assert retry_after({}, NOW) is None


@pytest.mark.parametrize(
    ("date", "seconds"), [("Wed, 01 Jan 2025 00:00:04 GMT", 6.0), ("yesterday", 3_610.0), ("", 3_610.0)]
)
def test_a_date_is_measured_against_that_of_the_answer(date: str, seconds: float) -> None:
    """Our own clock may be wrong by an hour; it counts if there is no other."""
    headers = httpx.Headers({"Retry-After": "Wed, 01 Jan 2025 00:00:10 GMT", "Date": date})

    assert seconds == retry_after(headers, NOW - 3_600)


@given(st.text(), st.text(), st.floats(-1e9, 1e10))
def test_nothing_that_a_server_says_is_an_error(said: str, date: str, wall: float) -> None:
    """It is ignored, or it is a time within bounds."""
    found = retry_after({"retry-after": said, "date": date}, wall)

    assert found is None or 0 <= found <= LONGEST
