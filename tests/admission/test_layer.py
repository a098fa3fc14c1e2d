"""The layer that asks rate limit, bulkhead and breaker, each at its moment; through the engines, in virtual time."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any, Literal

import httpx
import pytest

from restkit import (
    Admission,
    Breaker,
    Bulkhead,
    BulkheadFull,
    CircuitBreaker,
    CircuitOpen,
    Client,
    ConfigError,
    Context,
    Flow,
    InputError,
    Op,
    Pipeline,
    RateLimiter,
    RateLimitTimeout,
    Send,
    Sleep,
    SlidingWindow,
    TokenBucket,
    circuit_breaker,
    rate_limit,
)
from restkit.admission.origins import MOST, origin_of
from restkit.attempt import HEDGE
from restkit.testing import ScriptedBody, Simulation, Stepper
from tests.admission.worlds import cancel_most, dice_of
from tests.client.worlds import World

Response = Flow[httpx.Response]


class Gate:
    """A circuit as the layer sees it, which notes what it is asked and told."""

    def __init__(self, log: list[Any]) -> None:
        self.log, self.shut, self.is_admitting = log, None, True
        self.shut: float | None

    def peek(self, now: float) -> float | None:
        """As it is set."""
        self.log.append(("peek", now))
        return self.shut

    def pass_closed(self, _: float) -> None:
        """It is never closed: whoever passes it tries it out."""

    def enter(self, now: float, lease: float) -> Gate | None:
        """As it is set; it is its own permit."""
        self.log.append(("enter", now, lease))
        return self if self.is_admitting else None

    def settle(self, verdict: Literal["success", "failure", "neutral"], elapsed: float, now: float) -> None:
        """Note it."""
        self.log.append((verdict, elapsed, now))

    def refusal(self, seconds: float | None) -> CircuitOpen:
        """As the breaker's own gate has it."""
        return CircuitOpen("shut", retry_after=seconds)

    @property
    def policy(self) -> Any:
        """One without a fallback."""
        return CircuitBreaker()


class OneGate(Breaker):
    """A breaker of that one gate."""

    def __init__(self, gate: Any) -> None:
        super().__init__()
        self.one = gate

    def gate(self, _: object) -> Any:
        """Whatever is asked for."""
        return self.one


class Place:
    """A layer in a simulation whose server takes a second."""

    def __init__(self, *given: Any, seed: int | None = None, breaker: Gate | None = None, **told: Any) -> None:
        self.simulation = Simulation(seed=seed, wire=self.serve)
        self.clock = self.simulation.clock
        guard = None if breaker is None else OneGate(breaker)
        self.layer = Admission(*given, breaker=guard, clock=self.clock, **told)
        self.sent: list[float] = []
        self.inside = self.most = 0
        self.status, self.headers = 200, dict[str, str]()

    def serve(self, _: httpx.Request) -> Flow[httpx.Response]:
        """Answer after a second."""
        self.sent.append(round(self.clock.now() - 1_000, 6))
        self.inside += 1
        self.most = max(self.most, self.inside)
        try:
            yield from Sleep(1.0)
        finally:
            self.inside -= 1
        return httpx.Response(self.status, headers=self.headers, content=b"{}")

    def call(self, deadline: float | None = None, url: str = "https://api.test/", **options: Any) -> Response:
        """One request through the layer."""
        context = Context("route", options)
        context.deadline = None if deadline is None else 1_000.0 + deadline
        return self.layer(httpx.Request("GET", url, extensions={"restkit": context}), below)

    def all(self, count: int, **asked: Any) -> list[type]:
        """So many at once, and what became of them."""
        return [type(each) for each in self.simulation.run_all(*(self.call(**asked) for _ in range(count)))]


def below(request: httpx.Request) -> Flow[httpx.Response]:
    """The layers below: they send, and read."""
    return (yield from Send(request, whole=True))


def test_no_more_are_in_flight_to_a_server_than_the_bulkhead_says() -> None:
    """The others come in their turn."""
    place = Place(None, 2)

    place.all(5)

    assert ([0, 0, 1, 1, 2], 2) == (place.sent, place.most)


def test_another_server_has_slots_of_its_own() -> None:
    """However many wait for this one."""
    place = Place(None, 1)

    place.simulation.run_all(place.call(), place.call(), place.call(url="https://other.test"))

    assert [0, 0, 1] == place.sent


def test_waiting_ends_with_the_deadline() -> None:
    """Those that are in flight go on."""
    place = Place(None, Bulkhead(1))

    assert [httpx.Response, BulkheadFull, BulkheadFull] == place.all(3, deadline=0.5)


def test_a_bulkhead_may_bound_the_wait_itself() -> None:
    """Without a deadline."""
    place = Place(None, Bulkhead(1, max_wait=0.5))

    assert [httpx.Response, BulkheadFull] == place.all(2)


def test_requests_are_paced() -> None:
    """By a number of them a second."""
    place = Place(2, None)

    place.all(4)

    assert [0, 0.5, 1, 1.5] == place.sent


def test_the_rate_is_kept_at_the_moment_of_sending() -> None:
    """What waited for a slot is not sent in a burst then: the permit is paid with the slot in hand."""
    place = Place(TokenBucket(2, burst=1), 1)

    place.all(4)

    assert [0, 1, 2, 3] == place.sent


def test_permits_saved_up_while_slots_were_taken_are_a_burst_at_most() -> None:
    """No more than the bucket holds."""
    place = Place(TokenBucket(10, burst=2), 4)

    place.all(12)

    spans = [later - at for at, later in zip(place.sent, place.sent[2:], strict=False)]
    assert (True, 4) == (all(span >= 0.1 - 1e-6 for span in spans), place.most)


def test_a_full_bulkhead_refuses_who_is_at_the_front_of_the_rate() -> None:
    """And the one behind it goes on."""
    place = Place(100, 1)

    assert [httpx.Response, BulkheadFull, BulkheadFull] == place.all(3, deadline=0.5)
    assert [httpx.Response] == place.all(1)


def test_too_late_is_said_at_once() -> None:
    """Before anything is waited for."""
    place = Place(1, 20)

    found = place.all(3, deadline=1.5)

    assert ([httpx.Response, httpx.Response, RateLimitTimeout], [0, 1]) == (found, place.sent)


def test_a_cost_that_a_lane_never_has_is_refused_as_well() -> None:
    """But not for functions, which use none."""
    limiter = RateLimiter(TokenBucket(10, burst=5), lanes={"cheap": TokenBucket(9), "search": 2})
    _ = rate_limit(limiter, cost=3), Admission(limiter)

    with pytest.raises(ConfigError, match=r"cost is 3, and lanes\['search'\] has 1 at a time at most"):
        Admission(limiter, cost=3)


def test_nothing_is_asked_for_by_a_layer_that_is_off() -> None:
    """It is the layers below."""
    place = Place(None, None)

    place.all(30)

    assert 30 == place.most


def test_a_call_may_cost_more() -> None:
    """As its option says, or the layer."""
    place = Place(TokenBucket(10, burst=5), None, cost=2)

    place.simulation.run_all(place.call(), place.call(cost=5), place.call())

    assert [0, 0.2, 0.4] == place.sent


def test_a_cost_that_there_never_is_is_refused_when_the_layer_is_made() -> None:
    """Or before anything is sent."""
    place = Place(TokenBucket(10, burst=5))

    with pytest.raises(ConfigError, match="cost is 6, and the rate limit has 5 at a time at most"):
        Admission(TokenBucket(10, burst=5), cost=6)

    assert ([InputError], []) == (place.all(1, cost=6), place.sent)


def test_a_server_that_asks_for_a_pause_gets_it() -> None:
    """All who are to come wait as well."""
    place = Place(100, None)
    place.status, place.headers = 429, {"Retry-After": "30"}

    place.all(1)
    place.all(1)

    assert [0, 31] == place.sent


def test_clients_may_share_a_limiter() -> None:
    """By passing the same one."""
    limiter = RateLimiter(1)
    here = Place(limiter)
    other = Admission(limiter, clock=here.clock)

    here.simulation.run_all(here.call(), other(httpx.Request("GET", "https://api.test"), below))

    assert [0, 1] == here.sent


def test_who_waits_for_a_slot_lets_others_pass() -> None:
    """Those who share the limit, and go to another server or have a bulkhead of their own."""
    limiter = RateLimiter(100, key="shared by servers")
    here = Place(limiter, 1)
    other = Admission(limiter, 1, clock=here.clock)
    elsewhere = here.call(url="https://other.test")

    here.simulation.run_all(here.call(), here.call(), here.call(), elsewhere, other(here_too(), below))

    assert [0, 0, 0, 1, 2] == sorted(here.sent)


def here_too() -> httpx.Request:
    """A request of somebody else."""
    return httpx.Request("GET", "https://api.test")


@pytest.mark.parametrize("seed", range(5))
def test_who_stepped_aside_keeps_the_place_in_the_line(seed: int) -> None:
    """Though permits may have gone when the slot comes: each server is sent what came first, first."""
    place, order = Place(RateLimiter(5, key=f"steps aside {seed}"), 2), list[tuple[str, int]]()
    dice = dice_of(seed)

    def noted(request: httpx.Request) -> Response:
        order.append((request.url.host, int(request.url.path[1:])))
        place.headers = {"RateLimit": '"x";r=0;t=7'} if dice.random() < 0.2 else {}
        return below(request)

    calls = [(f"s{number % 3}.test", number) for number in range(60)]
    for host, number in calls:
        place.simulation.start(place.layer(httpx.Request("GET", f"http://{host}/{number}"), noted))
        place.simulation.advance(0.05)
    place.simulation.advance(1_000)

    assert [sorted(order, key=lambda each: each[0]), 60] == [sorted(calls, key=lambda each: each[0]), len(order)]


@pytest.mark.parametrize("seed", range(5))
def test_who_comes_back_to_the_line_is_not_overtaken(seed: int) -> None:
    """By nobody who had come to its front meanwhile, or had the slot next."""
    here, order, dice = Place(TokenBucket(10, burst=6), 6), list[int](), dice_of(seed)

    def noted(request: httpx.Request) -> Response:
        order.append(int(request.url.path[1:]))
        yield from Sleep(dice.choice((0.1, 0.5, 0.9)))
        return httpx.Response(200)

    for number in range(100):
        here.simulation.start(here.layer(httpx.Request("GET", f"http://api.test/{number}"), noted))
        here.simulation.advance(dice.uniform(0, 0.1))
    here.simulation.advance(1_000)

    assert list(range(100)) == order


def test_a_hedge_waits_for_nothing() -> None:
    """Neither for a slot nor for permits."""
    found: list[type] = []
    for place in (Place(None, 1), Place(1, None)):
        first = place.simulation.start(place.call())
        extra = httpx.Request("GET", "https://api.test", extensions={HEDGE: True})
        found += [type(each) for each in place.simulation.run_all(place.layer(extra, below))]
        place.simulation.finish(first)

    assert [BulkheadFull, RateLimitTimeout] == found


def test_a_circuit_is_looked_at_first_and_entered_last() -> None:
    """So that who is refused does not wait, and a probe does not grow old in a line."""
    log: list[Any] = []
    place = Place(0.5, 20, breaker=Gate(log))

    place.all(2)

    assert [
        ("peek", 1_000),
        ("enter", 1_000, 65.0),
        ("peek", 1_000),
        ("success", 1.0, 1_001),
        ("enter", 1_002, 65.0),
        ("success", 1.0, 1_003),
    ] == log


@pytest.mark.parametrize(
    ("told", "asked", "lease"),
    [({"attempt_timeout": 7}, {}, 12.0), ({}, {"attempt_timeout": 3}, 8.0), ({}, {"deadline": 10}, 15.0)],
)
def test_a_permit_outlasts_the_attempt(told: Any, asked: Any, lease: float) -> None:
    """By five seconds."""
    log: list[Any] = []
    place = Place(None, 20, breaker=Gate(log), **told)

    place.all(1, **asked)

    assert lease == log[1][2]


def test_a_circuit_is_entered_when_the_slot_has_come() -> None:
    """What was waited for it is no part of the attempt."""
    log: list[Any] = []
    place = Place(None, 1, breaker=Gate(log))

    place.all(2)

    assert [("enter", 1_001, 65.0), ("success", 1.0, 1_002)] == log[-2:]


def test_an_open_circuit_refuses_before_anything_is_waited_for() -> None:
    """It says when to come again."""
    gate = Gate([])
    gate.shut = 12.5
    place = Place(1, 1, breaker=gate)

    (error,) = place.simulation.run_all(place.call())

    assert (CircuitOpen, 12.5, []) == (type(error), getattr(error, "retry_after", None), place.sent)


@pytest.mark.parametrize("given", [(None, 1), (1, 1), (1, None), (None, None)])
def test_a_circuit_that_opened_meanwhile_costs_nothing(given: Any) -> None:
    """Slot and permits are there again at once."""
    gate = Gate([])
    place = Place(*given, breaker=gate)
    gate.is_admitting = False
    found = place.all(2)
    gate.is_admitting = True

    assert ([CircuitOpen] * 2, [httpx.Response]) == (found, place.all(1))
    assert [0] == place.sent


def test_nor_does_one_that_opened_while_permits_were_waited_for() -> None:
    """They are there again for whoever comes next."""
    gate = Gate([])
    place = Place(SlidingWindow(1, per=4), 1, breaker=gate)
    _ = place.all(1)
    gate.is_admitting = False
    refused = place.all(1)
    gate.is_admitting = True

    assert ([CircuitOpen], [httpx.Response], [0, 4]) == (refused, place.all(1), place.sent)


def test_a_failure_is_told_to_the_circuit() -> None:
    """And a cancellation says nothing."""
    log: list[Any] = []
    place = Place(None, 20, breaker=Gate(log))

    for error in (httpx.ReadError("x"), GeneratorExit()):
        steps = Stepper(place.call())
        with pytest.raises(type(error)):
            steps.throw(error)

    assert ["failure", "neutral"] == [log[2][0], log[5][0]]


def test_a_full_bulkhead_says_nothing_to_the_circuit() -> None:
    """It was never entered."""
    log: list[Any] = []
    place = Place(None, 1, breaker=Gate(log))

    place.all(2, deadline=0.5)

    assert ["peek", "enter", "peek", "success"] == [each[0] for each in log]


def streamed(body: ScriptedBody) -> Callable[[httpx.Request], Flow[httpx.Response]]:
    """Layers below that answer with a body that is still to come."""

    def answer(request: httpx.Request) -> Flow[httpx.Response]:
        yield from Sleep(0)
        return httpx.Response(200, stream=body, request=request)

    return answer


@pytest.mark.parametrize("given", [(None, 1), (100, 1)])
@pytest.mark.parametrize("end", ["read", "close", "forget", "break"])
def test_a_slot_is_held_until_the_body_is_over(given: Any, end: str) -> None:
    """Read, closed, broken or forgotten."""
    log: list[Any] = []
    place = Place(*given, breaker=Gate(log))
    body = ScriptedBody([b"one", httpx.ReadError("cut") if end == "break" else b"two"])
    response: Any = place.simulation.run(place.layer(httpx.Request("GET", "https://api.test"), streamed(body)))
    used = place.layer._slots.used  # noqa: SLF001 - what is held
    if end == "read":
        response.read()
    elif end == "close":
        response.close()
    elif end == "break":
        with pytest.raises(httpx.ReadError):
            response.read()
    del response
    gc.collect()

    verdict = "failure" if end == "break" else "success"
    assert (1, 0, verdict) == (used, place.layer._slots.used, log[-1][0])  # noqa: SLF001


def test_a_slot_is_held_until_the_body_is_over_without_a_circuit() -> None:
    """As most requests go."""
    place = Place(None, 1)
    response: Any = place.simulation.run(
        place.layer(httpx.Request("GET", "https://api.test"), streamed(ScriptedBody([b"x"])))
    )
    used = place.layer._slots.used  # noqa: SLF001 - what is held
    response.read()

    assert (1, 0) == (used, place.layer._slots.used)  # noqa: SLF001


@pytest.mark.parametrize("given", [(None, 3), (50, 3), (50, None)])
@pytest.mark.parametrize("seed", range(4))
def test_cancellations_lose_nothing(given: Any, seed: int) -> None:
    """1,000 calls, cancelled anywhere: slots and permits are conserved, and the rate is kept."""
    place = Place(*given, seed=seed)
    strands = [place.simulation.start(place.call(deadline=1 + (at % 2) * 100)) for at in range(1_000)]

    cancel_most(place.simulation, strands, seed)

    moments = place.sent
    rested = given[0] is None or all(b - a >= 0.02 - 2e-6 for a, b in zip(moments, moments[5:], strict=False))
    assert (True, True) == (place.most <= (given[1] or 1_000), rested)
    place.clock.sleep(10)
    began = place.clock.now()
    assert [httpx.Response] * 6 == place.all(6)
    assert place.clock.now() - began <= 2.5


def test_spellings_of_servers_are_remembered_up_to_a_number() -> None:
    """The one spelling is the same for all."""
    origins = {origin_of(httpx.Request("GET", f"https://h{at}.test")) for at in range(MOST + 10)}

    assert (MOST + 10, ("https", "h3.test", 443)) == (
        len(origins),
        origin_of(httpx.Request("GET", "https://H3.test.:443/x")),
    )


def test_a_client_has_a_bulkhead_of_20() -> None:
    """By itself."""
    place = Place()
    client = Client(base_url="https://api.test", clock=place.clock)

    place.simulation.run_all(*[Op("GET", "/x")] * 50, client=client)

    assert 20 == place.most


def test_admission_works_in_a_plain_httpx_client(world: World) -> None:
    """One layer, over any transport."""
    kind: Any = httpx.AsyncClient if world.awaits else httpx.Client
    pipeline = Pipeline([Admission(1_000, 2)], httpx.MockTransport(lambda _: httpx.Response(200)))

    with world.open(kind(transport=pipeline)) as client:
        answers = [world(client.get("https://api.test/x")).status_code for _ in range(3)]

    assert [200, 200, 200] == answers


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: Admission(0), "limits"),
        (lambda: Admission(None, 0), "bulkhead"),
        (lambda: Admission(None, 1.5), "bulkhead"),
        *((lambda wrong=wrong: Admission(breaker=wrong), "breaker") for wrong in (True, "x", CircuitBreaker, {})),
        *(
            (lambda wrong=wrong, limit=limit: Admission(limit, cost=wrong), "cost")
            for wrong in ("x", -1, float("nan"), True, None)
            for limit in (5, None)
        ),
        (lambda: Admission(clock="x"), "clock"),
        (lambda: Admission(breaker=CircuitBreaker(), dice="x"), "dice"),
        (lambda: RateLimiter(5, clock="x"), "clock"),
        (lambda: Breaker("x"), "policy"),
        (lambda: Breaker(0), "policy"),
        (lambda: Breaker(dice=5), "dice"),
        (lambda: rate_limit(5, cost="x"), "cost"),
        (lambda: rate_limit(5, cost=float("nan")), "cost"),
        (lambda: rate_limit(RateLimiter(5), clock="x"), "clock"),
        (lambda: circuit_breaker(clock="x"), "clock"),
        (lambda: circuit_breaker(dice="x"), "dice"),
    ],
)
def test_what_stands_alone_checks_what_a_client_does(make: Callable[[], object], field: str) -> None:
    """When it is made."""
    with pytest.raises(ConfigError) as caught:
        make()

    assert (field, True) == (caught.value.field, bool(caught.value.remedy))
