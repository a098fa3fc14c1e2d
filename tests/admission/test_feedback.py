"""What answers tell a rate limit, in every form that servers write it, and in those that nobody should."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from restkit import RateLimit
from restkit.policies.bucket_numbers import SECOND
from restkit.policies.feedback import LONGEST_PAUSE, Pace, pause_of, tells
from restkit.policies.quota import MOST_ITEMS

WALL = 1_767_225_600.0
"""2026-01-01T00:00:00Z."""
NAMES = ["Retry-After", "RateLimit", "RateLimit-Policy", "RateLimit-Remaining", "RateLimit-Reset"]
NAMES += ["X-RateLimit-Remaining", "X-RateLimit-Reset"]


def pause(status: int, **headers: str) -> float | None:
    """What an answer with these headers asks for; `_` is a dash."""
    return pause_of(status, httpx.Headers({name.replace("_", "-"): said for name, said in headers.items()}), WALL)


SPENT = {"X_RateLimit_Remaining": "0"}
PAUSES: list[Any] = [
    pytest.param(429, {"Retry_After": "7"}, 7.0, id="retry-after"),
    pytest.param(503, {"Retry_After": "7"}, 7.0, id="retry-after-503"),
    pytest.param(200, {"Retry_After": "7"}, None, id="retry-after-200"),
    pytest.param(429, {"Retry_After": "3600"}, 60.0, id="retry-after-capped"),
    pytest.param(429, {"Retry_After": "9" * 5000}, 60.0, id="retry-after-5000-digits"),
    pytest.param(429, {"Retry_After": "Thu, 01 Jan 2026 00:00:09 GMT"}, 9.0, id="retry-after-date"),
    pytest.param(429, {"Retry_After": "-5"}, None, id="retry-after-negative"),
    pytest.param(429, {"Retry_After": "2", "RateLimit": '"a";r=0;t=9'}, 2.0, id="retry-after-first"),
    pytest.param(429, {}, None, id="bare-429"),
    pytest.param(200, {"RateLimit": '"default";r=0;t=9'}, 9.0, id="draft-8"),
    pytest.param(200, {"RateLimit": '"default";r=1;t=9'}, None, id="draft-8-some-left"),
    pytest.param(200, {"RateLimit": '"a";r=5;t=1, "b";r=0;t=9, "c";r=0;t=4'}, 9.0, id="draft-8-several"),
    pytest.param(200, {"RateLimit": "limit=100, remaining=0, reset=9"}, 9.0, id="draft-7"),
    pytest.param(200, {"RateLimit": "limit=100;remaining=0;reset=9"}, 9.0, id="draft-7-semicolons"),
    pytest.param(200, {"RateLimit_Limit": "9", "RateLimit_Remaining": "0", "RateLimit_Reset": "9"}, 9.0, id="draft-6"),
    pytest.param(
        200, {"RateLimit": '"b";r=0;t=9', "RateLimit_Policy": '"b";q=9;qu="content-bytes"'}, None, id="other-unit"
    ),
    pytest.param(
        200, {"RateLimit": '"b";r=0;t=9', "RateLimit_Policy": '"b";q=9;w=1;qu="requests"'}, 9.0, id="own-unit"
    ),
    pytest.param(200, {"RateLimit": '"a";r=9;t=1', **SPENT, "X_RateLimit_Reset": "5"}, None, id="rate-limit-first"),
    pytest.param(200, {**SPENT, "X_RateLimit_Reset": "5"}, 5.0, id="x-seconds"),
    pytest.param(200, {**SPENT, "X_RateLimit_Reset": "5.5"}, 5.5, id="x-decimal"),
    pytest.param(200, {**SPENT, "X_RateLimit_Reset": "1767225605"}, 5.0, id="x-epoch"),
    pytest.param(200, {**SPENT, "X_RateLimit_Reset": "1767225605000"}, 5.0, id="x-milliseconds"),
    pytest.param(200, {**SPENT, "X_RateLimit_Reset": "2026-01-01T00:00:05Z"}, 5.0, id="x-iso"),
    pytest.param(200, {**SPENT, "X_RateLimit_Reset": "2026-01-01T01:00:05+01:00"}, 5.0, id="x-iso-zone"),
    pytest.param(200, {**SPENT, "X_RateLimit_Reset": "2026-01-01T00:00:05"}, 5.0, id="x-iso-bare"),
    pytest.param(200, {**SPENT, "X_RateLimit_Reset": "2020-01-01"}, 0.0, id="x-past"),
    pytest.param(200, {**SPENT, "X_RateLimit_Reset": "5000-01-01T00:00:00Z"}, 60.0, id="x-year-5000"),
    pytest.param(200, {**SPENT, "X_RateLimit_Reset": "0001-01-01T00:00:00+23:00"}, 0.0, id="x-year-1"),
    pytest.param(200, {**SPENT, "X_RateLimit_Reset": "2026-13-45"}, 0.0, id="x-no-date"),
    pytest.param(200, SPENT, 0.0, id="x-no-reset"),
    pytest.param(200, {"X_RateLimit_Remaining": "-1", "X_RateLimit_Reset": "5"}, 5.0, id="x-overdrawn"),
    pytest.param(200, {"RateLimit_Remaining": "-12", "RateLimit_Reset": "5"}, 5.0, id="draft-6-overdrawn"),
    pytest.param(200, {"X_RateLimit_Remaining": "--1", "X_RateLimit_Reset": "5"}, None, id="x-no-number"),
    pytest.param(
        200,
        {"X_RateLimit_Limit": "-1", "X_RateLimit_Remaining": "-1", "X_RateLimit_Reset": "5"},
        None,
        id="x-unlimited",
    ),
    pytest.param(429, {"X_RateLimit_Reset": "5"}, 5.0, id="x-429-remaining-unsaid"),
    pytest.param(200, {"X_RateLimit_Reset": "5"}, None, id="x-200-remaining-unsaid"),
    pytest.param(200, {"RateLimit": f'"a";r={"9" * 99};t=-5'}, None, id="huge-and-negative"),
    pytest.param(200, {"RateLimit": '"a";r=0;t=' + "9" * 15}, 60.0, id="reset-capped"),
    pytest.param(200, {"RateLimit": "r=0;t=5" + ", r=0;t=50" * 1000}, 50.0, id="1000-items"),
    pytest.param(200, {"RateLimit": '"";;;r=;t=;=,,,'}, None, id="garbage"),
]


@pytest.mark.parametrize(("status", "headers", "expected"), PAUSES)
def test_an_answer_asks_for_a_pause(status: int, headers: dict[str, str], expected: float | None) -> None:
    """In each form; what is malformed asks for none, and nothing asks for more than a minute."""
    assert expected == pause(status, **headers)


@given(
    st.sampled_from([200, 429, 503]),
    st.dictionaries(
        st.sampled_from(NAMES), st.one_of(st.text('0123456789rtq=;,"-.:TZ+x ', max_size=80), st.text(max_size=20))
    ),
    st.floats(-1e10, 1e12),
)
def test_nothing_that_a_server_says_hurts(status: int, headers: dict[str, str], wall: float) -> None:
    """Whatever it is, no error comes of it, and no pause beyond the cap."""
    made = httpx.Headers({name: said.encode("utf-8", "replace") for name, said in headers.items()})
    found = pause_of(status, made, wall)

    assert found is None or 0 <= found <= LONGEST_PAUSE


def test_at_most_16_items_are_read() -> None:
    """Of a thousand."""
    said = ", ".join(f'"{at}";r={1000 - at}' for at in range(1000))

    assert MOST_ITEMS == len(RateLimit.all_of({"ratelimit": said}))


def test_of_several_quotas_the_one_with_the_least_left_is_told() -> None:
    """With the limit that the policy of its name has."""
    headers = {"ratelimit": '"day";r=900;t=80000, "second";r=1;t=1', "ratelimit-policy": '"day";q=1000, "second";q=9'}

    assert RateLimit(9, 1, 1) == RateLimit.of(headers)


@pytest.mark.parametrize(
    ("status", "names", "expected"),
    [
        (429, [], True),
        (503, [], True),
        (200, [b"Date", b"ETag"], False),
        (200, [b"Date", b"X-RateLimit-Remaining"], True),
        (200, [b"RateLimit"], True),
    ],
)
def test_most_answers_are_not_read_at_all(status: int, names: list[bytes], expected: bool) -> None:  # noqa: FBT001 - a row
    """Those that can tell nothing."""
    assert expected == tells(status, [(name, b"x") for name in names])


def test_a_moment_is_a_moment_in_any_zone_of_ours() -> None:
    """The clock of the machine has no say in it."""
    moment = dt.datetime.fromtimestamp(WALL + 30, dt.UTC).isoformat()

    assert 30.0 == pause(200, **SPENT, X_RateLimit_Reset=moment)


def test_a_throttled_pace_is_cut_once_an_epoch() -> None:
    """Answers to what was sent before the cut say nothing new."""
    pace = Pace()
    pace.slow_down(sent=0, now=10 * SECOND)
    pace.slow_down(sent=9 * SECOND, now=10 * SECOND)

    assert 700 == pace.share(10 * SECOND)


def test_a_pace_recovers_by_a_tenth_a_second() -> None:
    """Up to what was configured, and never above."""
    pace = Pace()
    pace.slow_down(sent=0, now=10 * SECOND)

    assert [750, 900, 1000, 1000] == [pace.share(10 * SECOND + at) for at in (500_000, 2 * SECOND, 3 * SECOND, 10**9)]


def test_a_pace_keeps_a_tenth() -> None:
    """However often it is cut."""
    pace = Pace()
    for at in range(1, 50):
        pace.slow_down(sent=at * 1000, now=at * 1000)

    assert 100 == pace.share(49_000)


def test_a_new_pace_is_full() -> None:
    """Whenever it is asked."""
    assert [1000, 1000] == [Pace().share(0), Pace().share(10**12)]
