"""Rate limits and bulkheads of clients, in the three worlds, and before a real server."""

from __future__ import annotations

import threading
from typing import Any

import httpx
import pytest

from restkit import (
    GCRA,
    Bulkhead,
    BulkheadFull,
    Client,
    ConfigError,
    Flow,
    InputError,
    M,
    Op,
    RateLimiter,
    RateLimitTimeout,
    Resource,
    Settings,
    Sleep,
    SlidingWindow,
    TokenBucket,
    operation,
)
from restkit.testing import Simulation, VirtualClock
from tests.client.worlds import World
from tests.loopback import Loopback


class Things(Resource[Any, M], path="things"):
    """Things, some of which are dear."""

    @operation(cost=5)
    def dear(self, id: int) -> Op[Any]:
        """Counts for five."""
        return self.call("GET", "{id}/dear", id=id)


class Acme(Client[M], base_url="https://api.test"):
    """An SDK."""

    things: Things[M]


def answering(_: httpx.Request) -> httpx.Response:
    """An answer."""
    return httpx.Response(200, json={})


def test_a_client_is_paced(world: World) -> None:
    """By the time of its own clock."""
    clock = VirtualClock()
    client = world.mocked(answering, Acme, rate_limit=[TokenBucket(10, burst=1), SlidingWindow(100, 60)], clock=clock)

    for number in range(4):
        world(client.things.get(number))

    assert 1_000.3 == round(clock.now(), 6)


def test_a_call_may_cost_more_than_others(world: World) -> None:
    """As its operation says, a view, or the call itself."""
    clock = VirtualClock()
    client = world.mocked(answering, Acme, rate_limit=TokenBucket(10, burst=5), clock=clock)

    world(client.things.dear(1))
    world(client.things.dear(1))
    world(client.with_options(cost=2).things.get(1))
    world(client.get("/x", cost=3))

    assert 1_001.0 == round(clock.now(), 6)


def test_a_cost_that_there_never_is_is_refused(world: World) -> None:
    """Before anything is sent."""
    sent: list[httpx.Request] = []
    client = world.mocked(lambda request: sent.append(request) or answering(request), rate_limit=TokenBucket(2))

    with pytest.raises(InputError, match="cost is 5, and the rate limit has 2 at a time at most"):
        world(client.get("/x", cost=5))

    assert [] == sent


def test_a_deadline_refuses_what_the_rate_limit_would_delay_for_too_long(world: World) -> None:
    """At once, with the seconds that it would take."""
    clock = VirtualClock()
    client = world.mocked(answering, rate_limit=SlidingWindow(1, 100), clock=clock)
    world(client.get("/x"))

    with pytest.raises(RateLimitTimeout) as caught:
        world(client.get("/x", deadline=30))

    assert (100.0, 1_000.0) == (caught.value.retry_after, clock.now())


def test_clients_share_a_limiter(world: World) -> None:
    """Whichever of them calls."""
    clock, limiter = VirtualClock(), RateLimiter(1)
    clients = [world.mocked(answering, rate_limit=limiter, clock=clock) for _ in range(3)]

    for client in clients:
        world(client.get("/x"))

    assert 1_002.0 == round(clock.now(), 6)


def test_views_share_the_state_of_their_client(world: World) -> None:
    """As they share the pool."""
    clock = VirtualClock()
    client = world.mocked(answering, rate_limit=1, clock=clock)

    world(client.get("/x"))
    world(client.with_options(timeout=5).get("/x"))

    assert 1_001.0 == round(clock.now(), 6)


def test_an_answer_pauses_the_calls_that_follow(world: World) -> None:
    """As long as the server says."""
    clock = VirtualClock()
    answers = [httpx.Response(200, headers={"RateLimit": '"default";r=0;t=12'}), httpx.Response(200)]
    client = world.mocked(lambda _: answers.pop(0), rate_limit=100, clock=clock)

    world(client.get("/x"))
    world(client.get("/x"))

    assert 1_012.0 == clock.now()


@pytest.mark.parametrize("seed", range(3))
def test_many_calls_of_a_client_keep_rate_and_bulkhead(seed: int) -> None:
    """In a simulation, in whatever order things happen."""
    inside, most = list[int](), list[int]()

    def serve(request: httpx.Request) -> Flow[httpx.Response]:
        inside.append(1)
        most.append(len(inside))
        yield from Sleep(0.3)
        inside.pop()
        return answering(request)

    simulation = Simulation(wire=serve, seed=seed)
    client = Acme(rate_limit=TokenBucket(20, burst=4), bulkhead=5, clock=simulation.clock, deadline=None)
    answers = simulation.run_all(*(client.things.get.op(number) for number in range(200)), client=client)

    assert (200, 5, True) == (answers.count({}), max(most), simulation.clock.now() >= 1_000 + 196 / 20)


def test_a_server_that_holds_every_slot_lets_the_others_be_refused_in_time(world: World, server: Loopback) -> None:
    """Not sent; and the server is asked again when it has let go."""
    client = world.client(base_url=server.url, bulkhead=1)

    with world.open(client.stream(Op("GET", "/drip"))), pytest.raises(BulkheadFull):
        world(client.get("/echo", deadline=0.1))
    answer = world(client.get("/echo"))

    assert (200, ["/drip", "/echo"]) == (answer.status_code, [each.target for each in server.received])


def test_slots_bound_what_a_server_sees_at_once(server: Loopback) -> None:
    """Of many threads, so many are in flight, and the others come in their turn."""
    with Client(base_url=server.url, bulkhead=3) as client:
        threads = [threading.Thread(target=client.get, args=("/slow",)) for _ in range(10)]
        for thread in threads:
            thread.start()
        server.wait_for(3)
        seen = len(server.received)
        server.release()
        for thread in threads:
            thread.join(20)

    assert (3, 10, 3) == (seen, len(server.received), server.connections)


def test_a_rate_limit_is_kept_on_the_wire(world: World, server: Loopback) -> None:
    """Who is refused was never sent."""
    client = world.client(base_url=server.url, rate_limit=RateLimiter(SlidingWindow(3, 1_000), max_wait=0))
    statuses: list[object] = []
    for _ in range(5):
        try:
            statuses.append(world(client.get("/echo")).status_code)
        except RateLimitTimeout:
            statuses.append("refused")

    assert ([200, 200, 200, "refused", "refused"], 3) == (statuses, len(server.received))


@pytest.mark.parametrize(
    ("given", "held"),
    [
        ({"bulkhead": True}, 20),
        ({"bulkhead": False}, None),
        ({"bulkhead": None}, None),
        ({"bulkhead": 7}, 7),
        ({"bulkhead": Bulkhead(3)}, Bulkhead(3)),
    ],
)
def test_a_bulkhead_has_short_forms(given: Any, held: object) -> None:
    """And shows itself in the settings."""
    assert held == Settings(**given).bulkhead


def test_a_rate_limit_has_short_forms() -> None:
    """And shows itself in the settings."""
    limiter = RateLimiter(5)

    assert ((GCRA(5),), limiter, None) == (
        Settings(rate_limit=5).rate_limit,
        Settings(rate_limit=limiter).rate_limit,
        Settings().rate_limit,
    )


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"rate_limit": 0}, "rate_limit"),
        ({"rate_limit": "5"}, "rate_limit"),
        ({"bulkhead": 0}, "bulkhead"),
        ({"bulkhead": 2.5}, "bulkhead"),
        ({"cost": -1}, "cost"),
        ({"cost": float("nan")}, "cost"),
        ({"cost": True}, "cost"),
        ({"cost": 6, "rate_limit": 5}, "cost"),
    ],
)
def test_a_wrong_setting_is_refused(given: Any, field: str) -> None:
    """When the client is made."""
    with pytest.raises(ConfigError) as caught:
        Client(**given)

    assert field == caught.value.field


@pytest.mark.parametrize("cost", [-1, "5", float("inf")])
def test_a_wrong_cost_of_a_call_is_refused(world: World, cost: Any) -> None:
    """Before anything is sent."""
    with pytest.raises(InputError, match="cost"):
        world(world.mocked(answering).get("/x", cost=cost))
