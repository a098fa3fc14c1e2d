"""Numbers that cannot be meant: refused where they are written, naming the field and a remedy."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from restkit import (
    GCRA,
    Admission,
    Bulkhead,
    CircuitBreaker,
    Client,
    ConfigError,
    ExponentialWait,
    FixedWait,
    FixedWindow,
    Hedging,
    InputError,
    LeakyBucket,
    LinearWait,
    Op,
    RateLimiter,
    RetryBudget,
    RetryPolicy,
    SlidingWindow,
    TokenBucket,
    rate_limit,
    retry,
)

Made = Callable[[], object]
NUMBERS: list[Any] = [0, -1, math.nan, math.inf, True, "5"]
"""What is no number of seconds."""


def each(build: Callable[[Any], object], values: list[Any], label: str) -> list[Any]:
    """One case for each value."""
    return [pytest.param(lambda value=value: build(value), id=f"{label}-{value!r}") for value in values]


CONFIGURED: list[Any] = [
    *each(lambda value: RetryPolicy(attempts=value), [0, -1, 10**9, 101, math.nan, 1.5, True], "attempts"),
    *each(lambda value: Client(retry=value), [0, -1, 10**9, math.nan, "3"], "client-retry"),
    *each(lambda value: RetryPolicy(wait=value), [-1, math.nan, math.inf, True], "wait"),
    *each(lambda value: ExponentialWait(base=value), [-1, math.nan, "1"], "exponential"),
    *each(lambda value: ExponentialWait(factor=value), [-1, math.inf], "factor"),
    *each(lambda value: LinearWait(step=value), [-1, math.nan], "linear"),
    *each(FixedWait, [-1, math.inf], "fixed"),
    *each(lambda value: RetryPolicy(max_retry_after=value), [-1, math.nan, "60"], "max_retry_after"),
    *each(lambda value: RetryPolicy(min_attempt=value), [-1, math.nan], "min_attempt"),
    *each(lambda value: RetryBudget(capacity=value), [-1, 1.5, True], "capacity"),
    *each(lambda value: RetryPolicy(statuses=value), [[200], ["503"], 503], "statuses"),
    *each(lambda value: RetryPolicy(methods=value), [["get"], "POST", [7]], "methods"),
    *each(lambda value: retry(deadline=value), NUMBERS, "retry-deadline"),
    *each(lambda value: Client(rate_limit=value), [0, -1, math.nan, math.inf, True, "5", []], "rate"),
    *each(lambda value: TokenBucket(5, per=value), [0, -1, math.nan], "per"),
    *each(lambda value: TokenBucket(5, burst=value), [0, 0.5, -1], "burst"),
    *each(GCRA, [0, -1, math.inf], "gcra"),
    *each(lambda value: LeakyBucket(5, value), [0, -1], "leaky"),
    *each(SlidingWindow, [0, 0.5, -1], "sliding"),
    *each(lambda value: FixedWindow(5, value), [0, math.nan], "fixed-window"),
    *each(lambda value: Admission(TokenBucket(5, burst=2), cost=value), [3, math.inf], "cost-over-burst"),
    *each(lambda value: Client(rate_limit=1, cost=value), [2], "client-cost-over-burst"),
    *each(lambda value: rate_limit(1, cost=value), [2], "decorator-cost-over-burst"),
    *each(lambda value: RateLimiter(5, max_wait=value), [-1, math.nan, "5"], "max_wait"),
    *each(lambda value: RateLimiter(5, queue=value), [0, -1, 1.5, True], "queue"),
    *each(lambda value: Client(bulkhead=value), [0, -1, 1.5, "20"], "bulkhead"),
    *each(Bulkhead, [0, -1, True], "bulkhead-value"),
    *each(lambda value: CircuitBreaker(failure_rate=value), [0, 101, -1, math.nan, True], "failure_rate"),
    *each(lambda value: CircuitBreaker(window=value), [0, -1, 1.5], "window"),
    *each(lambda value: CircuitBreaker(window_seconds=value), [0, -1, math.nan], "window_seconds"),
    *each(lambda value: CircuitBreaker(window=10, min_calls=value), [0, 11], "min_calls"),
    *each(lambda value: CircuitBreaker(consecutive=value), [0, -1], "consecutive"),
    *each(lambda value: CircuitBreaker(open_seconds=value), [0, -1, math.inf], "open_seconds"),
    *each(lambda value: CircuitBreaker(probes=value), [0, -1], "probes"),
    *each(Hedging, [0, -1, math.nan, True], "hedge-delay"),
    *each(lambda value: Hedging(1.0, value), [0, 11, True], "hedge-extra"),
    *each(lambda value: Client(redirects=value), [-1, 101, 1.5], "redirects"),
    *each(lambda value: Client(max_response_bytes=value), [-1, 1.5, "5"], "cap"),
]


@pytest.mark.parametrize("make", CONFIGURED)
def test_a_number_that_cannot_be_meant_is_refused(make: Made) -> None:
    """When it is configured: none of them would be noticed before the day that it counts."""
    with pytest.raises(ConfigError) as caught:
        _ = make()

    assert all((caught.value.field, caught.value.reason, caught.value.remedy))


OF_A_CALL: list[Any] = [
    *[
        pytest.param({name: value}, name, id=f"{name}-{value!r}")
        for name in ("timeout", "attempt_timeout", "deadline")
        for value in NUMBERS
    ],
    *[pytest.param({"retry": value}, "retry", id=f"retry-{value!r}") for value in (0, -1, 10**9, math.nan, "3")],
    *[pytest.param({"cost": value}, "cost", id=f"cost-{value!r}") for value in (-1, math.nan, math.inf, True, "1")],
    *[pytest.param({"hedge": value}, "hedge", id=f"hedge-{value!r}") for value in (0, -1, math.nan, "1")],
    pytest.param({"follow_redirects": 1}, "follow_redirects", id="follow_redirects"),
    pytest.param({"idempotency": "X Key"}, "idempotency", id="idempotency"),
    pytest.param({"idempotency_key": ""}, "idempotency_key", id="idempotency_key"),
    pytest.param({"compress": "br"}, "compress", id="compress"),
    pytest.param({"time_out": 5}, "time_out", id="unknown"),
]


@pytest.mark.parametrize(("options", "field"), OF_A_CALL)
@pytest.mark.parametrize(
    "perform",
    [
        pytest.param(lambda client, options: client.get("/x", **options), id="verb"),
        pytest.param(lambda client, options: client.execute(Op[Any]("GET", "/x"), **options), id="execute"),
        pytest.param(lambda client, options: client.with_options(**options), id="view"),
    ],
)
def test_an_option_that_cannot_be_meant_is_refused(perform: Any, options: dict[str, Any], field: str) -> None:
    """Of a call, before a byte is sent."""
    sent: list[httpx.Request] = []
    client = Client(base_url="https://api.test", transport=httpx.MockTransport(lambda each: sent.append(each) or OK))

    with pytest.raises(InputError) as caught:
        perform(client, options)

    error = caught.value
    assert (field, True, True, []) == (error.field, bool(error.reason), bool(error.remedy), sent)


OK = httpx.Response(200)
