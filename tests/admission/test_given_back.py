"""Permits that are given back late, when others have taken some since: what is sent keeps to the limit all the same."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from restkit import GCRA, FixedWindow, SlidingWindow, TokenBucket
from restkit.policies.bucket import Bucket, Limit, started
from restkit.policies.bucket_numbers import FULL

PERIOD = 4
"""Microseconds of a window, or that a permit takes to come in again."""
BEGIN = 1_000
STEADY = (TokenBucket(1, PERIOD / 1e6, 1), TokenBucket(1, PERIOD / 1e6, 2), GCRA(2, PERIOD / 1e6, 2))
SLIDING = (SlidingWindow(1, PERIOD / 1e6), SlidingWindow(2, PERIOD / 1e6))
STANDING = (FixedWindow(1, PERIOD / 1e6), FixedWindow(2, PERIOD / 1e6), FixedWindow(3, PERIOD / 1e6))
BACK = "first", "last"
"""Of those who have permits and have not sent, who gives them back."""
Step = int | str
"""Microseconds after which somebody takes a permit, to send at once or perhaps later; or who gives one back."""
STEPS: tuple[Step, ...] = (0, 1, PERIOD - 1, PERIOD, *BACK)


def play(bucket: Bucket, steps: Sequence[Step]) -> list[int]:
    """The moments at which permits were taken that nobody gave back."""
    now, held = BEGIN, list[int]()
    for step in steps:
        if isinstance(step, int):
            now += step
            if bucket.take(now, FULL):
                held.append(now)
        elif held:
            taken = held.pop(0 if step == "first" else -1)
            bucket.give_back(FULL, taken, now)
    return held


def fits(limit: Limit, sent: Sequence[int]) -> bool:
    """Whether so much may be sent at these moments."""
    if isinstance(limit, FixedWindow):
        return in_windows(int(limit.limit), sent)
    alone = started([limit])
    return all(alone.take(moment, FULL) for moment in sent)


def in_windows(most: int, sent: Sequence[int], earliest: int = 0) -> bool:
    """Whether there are windows that do not overlap, each with as much as it may have."""
    if not sent:
        return True
    for begin in range(max(earliest, sent[0] - PERIOD + 1), sent[0] + 1):
        later = [moment for moment in sent if moment >= begin + PERIOD]
        if len(sent) - len(later) <= most and in_windows(most, later, begin + PERIOD):
            return True
    return False


def programs(length: int) -> Iterator[tuple[Step, ...]]:
    """Every order of so many steps."""
    return itertools.product(STEPS, repeat=length)


@pytest.mark.parametrize("limit", [*STEADY, *SLIDING, *STANDING], ids=str)
def test_no_order_of_taking_and_giving_back_lets_more_through(limit: Limit) -> None:
    """Six steps, in each of their orders: also around the end of a window."""
    broken = (steps for steps in programs(6) if not fits(limit, play(started([limit]), steps)))

    assert None is next(broken, None)


@given(
    st.lists(st.sampled_from([*STEADY, *SLIDING]), min_size=1, max_size=2),
    st.lists(st.sampled_from(STEPS) | st.integers(0, 3 * PERIOD), max_size=40),
)
def test_nor_does_a_longer_one(limits: list[Limit], steps: list[Step]) -> None:
    """With several limits at once as well."""
    sent = play(started(limits), steps)

    assert all(fits(limit, sent) for limit in limits)


@pytest.mark.parametrize("limit", [*STEADY, *SLIDING, *STANDING], ids=str)
def test_what_is_given_back_at_once_is_all_there(limit: Limit) -> None:
    """Whatever others have taken at the same moment."""
    bucket = started([limit])
    taken = sum(bucket.take(BEGIN, FULL) for _ in range(5))
    for _ in range(taken):
        bucket.give_back(FULL, BEGIN, BEGIN)

    assert taken == sum(bucket.take(BEGIN, FULL) for _ in range(5))
