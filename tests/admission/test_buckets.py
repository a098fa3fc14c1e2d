"""Limits and their buckets: pure, with a moment as an argument."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from restkit import GCRA, ConfigError, FixedWindow, LeakyBucket, SlidingWindow, TokenBucket
from restkit.policies.bucket import Limit, checked_limits, most_at_once, started
from restkit.policies.bucket_numbers import FULL, SECOND

LIMITS = st.one_of(
    st.builds(TokenBucket, st.floats(0.01, 5000), st.floats(1, 100), st.floats(1, 100)),
    st.builds(GCRA, st.floats(0.01, 5000), st.floats(1, 100)),
    st.builds(LeakyBucket, st.floats(0.01, 5000), st.floats(1, 100)),
    st.builds(SlidingWindow, st.integers(1, 5000), st.floats(0.01, 100)),
    st.builds(FixedWindow, st.integers(1, 5000), st.floats(0.01, 100)),
)


def bounds(limit: Limit) -> tuple[float, float]:
    """Permits a second, and those that come on top of it in any span."""
    if isinstance(limit, SlidingWindow | FixedWindow):
        return limit.limit / limit.per, limit.limit
    return limit.rate / limit.per, limit.most


@given(
    st.lists(LIMITS, min_size=1, max_size=3),
    st.lists(st.tuples(st.integers(0, 5 * SECOND), st.sampled_from([0.25, 1.0])), max_size=60),
)
def test_no_span_has_more_than_the_limit(limits: list[Limit], steps: list[tuple[int, float]]) -> None:
    """Rate times span and burst, of each limit, however long one rests between."""
    bucket, now, taken = started(limits), 7 * SECOND, list[tuple[int, float]]()
    for rest, cost in steps:
        now += rest
        if bucket.take(now, int(cost * FULL)):
            taken.append((now, cost))

    for rate, burst in map(bounds, limits):
        for at, (first, _) in enumerate(taken):
            total = 0.0
            for moment, cost in taken[at:]:
                total += cost
                assert total <= (rate * (1 + 1e-4) + 1e-6) * (moment - first) / SECOND + burst + 1e-6


@given(
    st.lists(LIMITS, min_size=1, max_size=3),
    st.lists(st.tuples(st.integers(0, 50 * SECOND), st.sampled_from([0.25, 1.0]), st.booleans()), max_size=20),
    st.integers(0, 200 * SECOND),
)
def test_a_full_bucket_is_as_good_as_a_new_one(
    limits: list[Limit], steps: list[tuple[int, float, bool]], rest: int
) -> None:
    """Whatever was taken before, and given back."""
    bucket, now = started(limits), 7 * SECOND
    for pause, cost, is_unused in steps:
        now += pause
        price = int(cost * FULL)
        if bucket.take(now, price) and is_unused:
            bucket.give_back(price, now, now)
    now += rest
    new, most = started(limits), int(most_at_once(limits)) * FULL

    assert not bucket.is_full(now) or bucket.delay(now, FULL, FULL, most) == new.delay(now, FULL, FULL, most)


@given(LIMITS, st.integers(0, SECOND))
def test_a_bucket_is_full_again_after_a_rest(limit: Limit, now: int) -> None:
    """And not before."""
    bucket = started([limit])
    steps = [bucket.is_full(now), bucket.take(now, FULL), bucket.is_full(now), bucket.is_full(now + 10_000 * SECOND)]

    assert [True, True, False, True] == steps


@given(st.lists(LIMITS, min_size=1, max_size=2), st.integers(0, SECOND))
def test_a_delay_is_exact(limits: list[Limit], offset: int) -> None:
    """A microsecond before there is nothing, and then there is."""
    bucket, now = started(limits), offset
    while bucket.take(now, FULL):
        pass
    delay = bucket.delay(now, FULL)

    assert (False, True) == (bucket.take(now + delay - 1, FULL), bucket.take(now + delay, FULL))


@given(LIMITS)
def test_a_limit_is_used_up(limit: Limit) -> None:
    """At least 99 % of it, by whoever always comes again when told."""
    bucket, now, taken = started([limit]), 0, 0
    rate, burst = bounds(limit)
    while taken < 2 * burst + 300:
        now += bucket.delay(now, FULL)
        assert bucket.take(now, FULL)
        taken += 1

    assert taken >= 0.99 * rate * now / SECOND


@given(LIMITS, st.integers(0, 300))
def test_a_queue_knows_its_delay(limit: Limit, ahead: int) -> None:
    """As if all who come first had taken theirs, each as soon as it could."""
    bucket, other = started([limit]), started([limit])
    foretold, now = bucket.delay(0, FULL, FULL, ahead * FULL), 0
    for _ in range(ahead + 1):
        now += other.delay(now, FULL)
        assert other.take(now, FULL)

    slack = (ahead + 1) * max(1, limit.per * SECOND / 4096)
    assert abs(now - foretold) <= slack


@given(st.lists(LIMITS, min_size=1, max_size=2))
def test_what_is_given_back_is_there_again(limits: list[Limit]) -> None:
    """At once."""
    bucket = started(limits)
    while bucket.take(0, FULL):
        pass
    bucket.give_back(FULL, 0, 0)

    assert 0 == bucket.delay(0, FULL)


def test_a_window_does_not_begin_with_what_is_given_back() -> None:
    """Nothing was sent then: it begins with what is."""
    bucket = FixedWindow(2, per=4).start()
    assert bucket.take(0, FULL)
    bucket.give_back(FULL, 0, 0)
    taken = [bucket.take(moment * SECOND, FULL) for moment in (3, 5, 6, 7)]

    assert [True, True, False, True] == taken


@pytest.mark.parametrize("limit", [SlidingWindow(3), FixedWindow(3), TokenBucket(3), GCRA(3, burst=3)])
@given(others=st.lists(st.sampled_from([1, 400, FULL]), max_size=5), rest=st.sampled_from([0, 10**12]))
def test_what_is_given_back_late_breaks_nothing(limit: Limit, others: list[int], rest: int) -> None:
    """Others have taken permits since, or the window is over: there are no more than there ever are."""
    bucket = started([limit])
    assert bucket.take(0, FULL)
    for number, cost in enumerate(others, 1):
        _ = bucket.take(number + rest, cost)
    now, taken = len(others) + rest, 0
    bucket.give_back(FULL, 0, now)
    while bucket.take(now, 1):
        taken += 1

    assert taken <= limit.most * FULL
    assert bucket.delay(now, 1) > 0


@given(LIMITS, st.integers(100, 1000))
def test_a_share_slows_down_but_stops_nobody(limit: Limit, share: int) -> None:
    """The rate is that share of what was said, or less."""
    bucket, now, taken = started([limit]), 0, 0
    rate, burst = bounds(limit)
    while taken < 3 * burst:
        now += bucket.delay(now, FULL, share)
        assert bucket.take(now, FULL, share)
        taken += 1

    assert taken <= rate * (share / 1000 + 1e-4) * now / SECOND + burst + 1


@pytest.mark.parametrize(
    ("limit", "moments"),
    [
        (TokenBucket(2, burst=2), [0, 0, 0.5, 1.0, 1.5]),
        (TokenBucket(2), [0, 0, 0.5, 1.0, 1.5]),
        (GCRA(2), [0, 0.5, 1.0, 1.5]),
        (GCRA(40), [0, 0, 0, 0, 0.025]),
        (LeakyBucket(60, 60), [0, 1, 2, 3]),
        (SlidingWindow(2, 10), [0, 0, 10, 10, 20]),
        (FixedWindow(2, 10), [0, 0, 10, 10, 20]),
    ],
    ids=repr,
)
def test_each_limit_has_its_own_rhythm(limit: Limit, moments: list[float]) -> None:
    """For whoever always comes again when told."""
    bucket, now, found = started([limit]), 0, list[float]()
    while len(found) < len(moments):
        now += bucket.delay(now, FULL)
        assert bucket.take(now, FULL)
        found.append(now / SECOND)

    assert moments == found


def test_a_sliding_window_slides_and_a_fixed_one_stands() -> None:
    """What was taken late in a window counts against the next one, or not."""
    found: list[bool] = []
    for limit in (SlidingWindow(2), FixedWindow(2)):
        bucket = started([limit])
        found += [bucket.take(moment * 100_000, FULL) for moment in (0, 9, 10, 11)]

    assert [True, True, True, False, True, True, True, True] == found


def test_a_large_sliding_window_remembers_little() -> None:
    """Its moments are rounded to slices, a little late."""
    bucket = SlidingWindow(1_000_000, 60).start()
    for moment in range(0, 120 * SECOND, 10_000):
        bucket.take(moment, FULL)

    assert len(bucket._moments) <= 2 * 4097  # noqa: SLF001 - how much memory it takes is what is asked


def test_of_several_limits_each_must_have_the_permits() -> None:
    """And none is touched if another has none."""
    bucket = started([TokenBucket(10), SlidingWindow(2, 60)])

    taken = [bucket.take(0, FULL) for _ in range(3)]

    assert ([True, True, False], 60 * SECOND) == (taken, bucket.delay(0, FULL))


def test_the_highest_cost_is_that_of_the_smallest_limit() -> None:
    """A higher one would wait for ever."""
    assert 1.0 == most_at_once([TokenBucket(10), FixedWindow(5), LeakyBucket(10)])


def test_a_number_is_so_many_a_second_evenly() -> None:
    """Limits stay what they are."""
    assert (GCRA(10, 1.0, 1.0), TokenBucket(5, 60)) == checked_limits("rate_limit", [10, TokenBucket(5, 60)])


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: TokenBucket(0), "TokenBucket.rate"),
        (lambda: TokenBucket(-1), "TokenBucket.rate"),
        (lambda: TokenBucket(float("nan")), "TokenBucket.rate"),
        (lambda: TokenBucket(float("inf")), "TokenBucket.rate"),
        (lambda: TokenBucket(rate=True), "TokenBucket.rate"),
        (lambda: TokenBucket(5, "60"), "TokenBucket.per"),
        (lambda: TokenBucket(5, 0), "TokenBucket.per"),
        (lambda: TokenBucket(5, burst=0.5), "TokenBucket.burst"),
        (lambda: GCRA(5, burst=0), "GCRA.burst"),
        (lambda: LeakyBucket(5, -1), "LeakyBucket.per"),
        (lambda: SlidingWindow(0), "SlidingWindow.limit"),
        (lambda: SlidingWindow(0.5), "SlidingWindow.limit"),
        (lambda: FixedWindow(5, 0), "FixedWindow.per"),
        (lambda: checked_limits("rate_limit", []), "rate_limit"),
        (lambda: checked_limits("rate_limit", 0), "rate_limit"),
        (lambda: checked_limits("rate_limit", float("inf")), "rate_limit"),
        (lambda: checked_limits("rate_limit", value=True), "rate_limit"),
        (lambda: checked_limits("rate_limit", "5"), "rate_limit"),
        (lambda: checked_limits("rate_limit", [5, None]), "rate_limit"),
    ],
)
def test_a_limit_that_lets_nothing_through_is_refused(make: Any, field: str) -> None:
    """When it is made, by name."""
    with pytest.raises(ConfigError) as caught:
        make()

    assert field == caught.value.field


RATED, COUNTED = [TokenBucket, GCRA, LeakyBucket], [SlidingWindow, FixedWindow]
FIELDS = [
    *((kind, field) for kind in RATED for field in ("rate", "per")),
    *((kind, "burst") for kind in RATED[:2]),
    *((kind, field) for kind in COUNTED for field in ("limit", "per")),
]


@pytest.mark.parametrize("wrong", [0, -1, float("nan"), float("inf"), True, "5", None], ids=str)
@pytest.mark.parametrize(("kind", "field"), FIELDS, ids=lambda part: getattr(part, "__name__", part))
def test_every_number_of_every_limit_is_checked(kind: Any, field: str, wrong: object) -> None:
    """Also those that others are made from."""
    numbers = {("limit" if kind in COUNTED else "rate"): 5, field: wrong}

    with pytest.raises(ConfigError) as caught:
        kind(**numbers)

    assert (f"{kind.__name__}.{field}", True, True) == (
        caught.value.field,
        bool(caught.value.reason),
        bool(caught.value.remedy),
    )
