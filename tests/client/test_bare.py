"""What is on in a client that was told nothing but where to go, and what is not."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from restkit import Client, DeadlineExceeded, Flow, Op, RedirectRefused, ServerError, Sleep, TooLarge, TooManyRequests
from restkit.testing import ScriptedTransport, Simulation, VirtualClock, answer

BIG = 32 * 2**20


def seconds(response: httpx.Response) -> float:
    """How long an answer took."""
    return response.elapsed.total_seconds()


def slow(took: float) -> Callable[[httpx.Request], Flow[httpx.Response]]:
    """A wire that takes so many seconds."""

    def wire(_: httpx.Request) -> Flow[httpx.Response]:
        yield from Sleep(took)
        return httpx.Response(200)

    return wire


def bare(simulation: Simulation) -> Client:
    """The client, in that simulation."""
    return Client(base_url="https://api.test", clock=simulation.clock)


def over(*answers: Any) -> tuple[Client, ScriptedTransport, VirtualClock]:
    """The client over a script, in virtual time."""
    script, clock = ScriptedTransport(answers), VirtualClock()
    return Client(base_url="https://api.test", transport=script, clock=clock, dice=random.Random(1)), script, clock  # noqa: S311 - to be repeated


def test_a_call_has_a_minute() -> None:
    """With all its attempts."""
    simulation = Simulation(VirtualClock(), slow(100.0))
    began = simulation.clock.now()

    with pytest.raises(DeadlineExceeded):
        simulation.run(Op[Any]("GET", "/x"), client=bare(simulation))

    assert 60.0 == simulation.clock.now() - began


def test_several_steps_have_a_minute_each() -> None:
    """All of them together have what they are told."""
    simulation = Simulation(VirtualClock(), slow(40.0))

    def steps() -> Flow[float]:
        first = yield from Op("GET", "/x", returns=seconds)
        return first + (yield from Op("GET", "/x", returns=seconds))

    assert 80.0 == simulation.run(steps(), client=bare(simulation))


def test_each_step_of_the_wire_has_a_timeout() -> None:
    """An attempt as a whole has none but the deadline."""
    client, script, _ = over(answer(200))
    _ = client.get("/x")

    assert {"connect": 5, "read": 30, "write": 30, "pool": 10} == script.requests[0].extensions["timeout"]
    assert client.settings.attempt_timeout is None


@pytest.mark.parametrize("status", [408, 421, 425, 429, 500, 502, 503, 504])
def test_what_may_pass_is_sent_three_times(status: int) -> None:
    """After a wait of up to half a second, then up to one; of twice that after a throttle."""
    client, script, _ = over(*[answer(status)] * 3)
    waited = [each.waited for each in client.get("/x", raise_on_error=False).attempts]
    twice = 2 if status == 429 else 1

    assert 3 == len(script.requests)
    assert [True, True, True] == [each <= most * twice for each, most in zip(waited, (0.0, 0.5, 1.0), strict=True)]


@pytest.mark.parametrize("status", [400, 401, 404, 409, 418, 501])
def test_what_would_come_again_is_sent_once(status: int) -> None:
    """It is the answer."""
    client, script, _ = over(answer(status))
    _ = client.get("/x", raise_on_error=False)

    assert 1 == len(script.requests)


@pytest.mark.parametrize(
    ("first", "sends"),
    [(answer(503), 1), (httpx.ReadError("cut"), 1), (httpx.ConnectError("no"), 2), (answer(425), 2)],
    ids=["503", "cut", "unsent", "unseen"],
)
def test_a_write_is_sent_again_if_nobody_has_seen_it(first: Any, sends: int) -> None:
    """It has no key."""
    client, script, _ = over(first, answer(201))
    with contextlib.suppress(httpx.ReadError):
        _ = client.post("/x", json=1, raise_on_error=False)

    assert (sends, False) == (len(script.requests), "idempotency-key" in script.requests[0].headers)


@pytest.mark.parametrize(("asked", "sends"), [("59", 2), ("61", 1)])
def test_a_server_may_have_a_call_wait_for_a_minute(asked: str, sends: int) -> None:
    """Where its deadline allows it."""
    client, script, _ = over(answer(429, headers={"Retry-After": asked}), answer(200))
    with contextlib.suppress(TooManyRequests):
        _ = client.get("/x", deadline=None)

    assert sends == len(script.requests)


def test_an_outage_is_not_multiplied() -> None:
    """500 tokens, of which a retry takes 14."""
    client, script, _ = over(*[answer(503)] * 1_000)
    for _ in range(100):
        with pytest.raises(ServerError):
            _ = client.get("/x")

    assert 100 + 500 // 14 == len(script.requests)


def test_twenty_are_in_flight_to_an_origin() -> None:
    """The others follow in their order."""
    simulation, order = Simulation(VirtualClock(), slow(1.0)), list[tuple[float, int]]()
    client = bare(simulation)

    def one(number: int) -> Flow[None]:
        _ = yield from Op("GET", "/x", returns=seconds)
        order.append((simulation.clock.now() - 1_000.0, number))

    simulation.run_all(*map(one, range(50)), client=client)

    assert [(1.0 + number // 20, number) for number in range(50)] == sorted(order)


@pytest.mark.parametrize("size", [BIG, BIG + 1])
def test_an_answer_has_a_cap(size: int) -> None:
    """32 MiB."""
    client, _, _ = over(answer(200, content=bytes(size)))
    try:
        found = len(client.get("/x").content)
    except TooLarge:
        found = 0

    assert found == (size if size <= BIG else 0)


def test_nothing_else_is_on() -> None:
    """No rate limit, breaker, redirects, cookies, hedging and keys; certificates are verified."""
    settings = Client().settings
    off = settings.rate_limit, settings.breaker, settings.hedge

    assert (None, None, None) == off
    assert (0, None, False, False, True) == (
        settings.redirects,
        settings.follow_redirects,
        settings.cookies,
        settings.idempotency,
        settings.verify,
    )


def test_nothing_is_remembered_and_nothing_refused() -> None:
    """Cookies are not sent back, and an origin that fails is called all the same."""
    client, script, _ = over(*[answer(500, headers={"Set-Cookie": "a=1"})] * 200)
    for _ in range(50):
        _ = client.post("/x", raise_on_error=False)

    assert (50, set()) == (len(script.requests), {each.headers.get("cookie") for each in script.requests} - {None})
    assert "restkit" == script.requests[0].headers["user-agent"]


def test_a_slow_call_is_sent_once() -> None:
    """However slow it is."""
    simulation = Simulation(VirtualClock(), slow(50.0))
    _ = simulation.run(Op("GET", "/x", returns=seconds), client=bare(simulation))

    assert 1 == sum(each.effect == "Send" for each in simulation.trace)


def test_a_redirect_is_an_answer_or_refused() -> None:
    """Of a plain verb; of a typed operation."""
    moved = answer(302, headers={"Location": "https://other.test/?token=1"})
    client, script, _ = over(moved, moved)

    with pytest.raises(RedirectRefused) as caught:
        _ = client.execute(Op[Any]("GET", "/x"))

    assert (302, "https://other.test/?token=[redacted]", 2) == (
        client.get("/x").status_code,
        caught.value.location,
        len(script.requests),
    )
