"""Calls to servers that fail, throttle and ask for patience: nginx, express-rate-limit, httpbin."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from restkit import (
    CircuitBreaker,
    CircuitOpen,
    Client,
    RateLimiter,
    RestkitError,
    RetryPolicy,
    ServerError,
    TooManyRequests,
)
from tests.client.worlds import World
from tests.servers.served import Served

pytestmark = pytest.mark.server

PATIENT = RetryPolicy(attempts=20, wait=0.01)
"""Half of the answers are errors: one call in a million fails."""


class Api:
    """A client of a server, written once for both worlds."""

    def __init__(self, world: World, address: str, **settings: Any) -> None:
        self.world: World = world
        self.client: Client[Any] = world.client(base_url=address, **settings)

    def __call__(self, method: str, path: str, **how: Any) -> Any:
        """Make a call. Raises for an error status."""
        return self.world(self.client.request(method, path, **how))


def test_half_of_the_answers_are_errors(world: World, served: Served) -> None:
    """And none of the calls."""
    call = Api(world, served("nginx").address, retry=PATIENT)
    answers = [call("GET", "/half") for _ in range(30)]

    assert {"well\n"} == {each.text for each in answers}
    assert {503, 200} == {attempt.status for each in answers for attempt in each.attempts}


def test_a_write_is_not_repeated_for_a_503(world: World, served: Served) -> None:
    """The server may have done it."""
    call = Api(world, served("nginx").address, retry=PATIENT)
    attempts = Counter[int]()
    for _ in range(30):
        try:
            attempts[len(call("POST", "/half").attempts)] += 1
        except ServerError as error:
            attempts[len(error.attempts)] += 1

    assert Counter({1: 30}) == attempts


@pytest.mark.parametrize(("path", "status"), [("/no-gateway", 502), ("/late-gateway", 504)])
def test_a_gateway_that_finds_nobody(world: World, served: Served, path: str, status: int) -> None:
    """It is asked three times, and its page of HTML is no answer."""
    call = Api(world, served("nginx").address, retry=RetryPolicy(wait=0.01))
    with pytest.raises(ServerError) as caught:
        call("GET", path)

    assert [status] * 3 == [each.status for each in caught.value.attempts]


def test_a_connection_that_is_dropped(world: World, served: Served) -> None:
    """Is tried again where that is safe."""
    call = Api(world, served("nginx").address, retry=RetryPolicy(wait=0.01))
    attempts: dict[str, int] = {}
    for method in ("GET", "POST"):
        with pytest.raises(RestkitError, match="closed the connection") as caught:
            call(method, "/drop")
        attempts[method] = len(caught.value.attempts)

    assert {"GET": 3, "POST": 1} == attempts


def test_whoever_asks_for_patience_is_given_it(world: World, served: Served) -> None:
    """A 429 says when to come again, and then it is well."""
    call = Api(world, served("nginx").address, headers={"X-Api-Key": "patience"}, retry=RetryPolicy(attempts=5))
    answers = [call("GET", "/five") for _ in range(2)]

    assert {200} == {each.status_code for each in answers}
    assert 1.0 <= max(attempt.waited for each in answers for attempt in each.attempts)


def test_a_circuit_opens(world: World, served: Served) -> None:
    """The server is left alone once it has failed often enough."""
    breaker = CircuitBreaker(consecutive=3, failure_rate=None)
    call = Api(world, served("nginx").address, retry=False, breaker=breaker)
    came = Counter[type]()
    for _ in range(10):
        try:
            call("GET", "/no-gateway")
        except (ServerError, CircuitOpen) as error:
            came[type(error)] += 1

    assert Counter({CircuitOpen: 7, ServerError: 3}) == came


@pytest.mark.parametrize("path", ["/6", "/7", "/8", "/both", "/legacy"])
def test_a_quota_is_read_and_kept(world: World, served: Served, path: str) -> None:
    """However the server tells of it: whoever listens is never refused."""
    limiter = RateLimiter(1000)
    call = Api(
        world,
        served("express-rate-limit").address,
        headers={"X-Api-Key": f"{path}{world.name}"},
        rate_limit=limiter,
        retry=False,
    )
    answers = [call("GET", path) for _ in range(7)]

    assert {200} == {each.status_code for each in answers}


@pytest.mark.parametrize("path", ["/6", "/7", "/8", "/legacy"])
def test_a_quota_that_is_exceeded(world: World, served: Served, path: str) -> None:
    """The error says how long to wait, as the server did."""
    address = served("express-rate-limit").address
    call = Api(world, address, headers={"X-Api-Key": f"over {path}{world.name}"}, retry=False)
    for _ in range(5):
        _ = call("GET", path)
    with pytest.raises(TooManyRequests) as caught:
        call("GET", path)

    assert 1.0 == caught.value.retry_after


def test_redirects_of_httpbin(world: World, served: Served) -> None:
    """Each hop is an attempt of its own."""
    call = Api(world, served("httpbin").address, redirects=True)
    answer = call("GET", "/redirect/3")

    assert (200, [302, 302, 302, 200]) == (answer.status_code, [each.status for each in answer.attempts])
