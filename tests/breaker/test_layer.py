"""The circuit around attempts, in a plain httpx client of each world."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from restkit import Admission, Breaker, CircuitBreaker, CircuitOpen, ConfigError, Deadline, Flow, Pipeline, Sleep
from restkit.admission.fallback import KEY
from restkit.testing import Simulation, VirtualClock
from tests.client.worlds import World
from tests.loopback import Loopback

URL = "https://api.test/users"
POLICY = CircuitBreaker(consecutive=3, jitter=0.0)


class Server:
    """Answers one status, or fails, until it is told otherwise; and counts."""

    def __init__(self, outcome: int | Exception = 503) -> None:
        """Begin with that."""
        self.outcome, self.calls = outcome, 0

    def __call__(self, _: httpx.Request) -> httpx.Response:
        """Answer."""
        self.calls += 1
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return httpx.Response(self.outcome, json={"status": self.outcome})


class Bench:
    """A client over a server, and the breaker between them."""

    def __init__(self, world: World, policy: CircuitBreaker, server: Any, *layers: Any) -> None:
        """Make the client."""
        self.world, self.clock, self.breaker = world, VirtualClock(), Breaker(policy)
        self.server = server
        transport = httpx.MockTransport(server) if callable(server) else server
        pipeline = Pipeline(
            [*layers, Admission(None, None, self.breaker, clock=self.clock)], transport, clock=self.clock
        )
        kind: Any = httpx.AsyncClient if world.awaits else httpx.Client
        self.client = kind(transport=pipeline, timeout=5)

    def get(self, url: str = URL) -> Any:
        """Call."""
        return self.world(self.client.get(url))

    def outcome(self) -> Any:
        """The status of a call, or the name of its error."""
        try:
            return self.get().status_code
        except httpx.HTTPError as error:
            return type(error).__name__


@pytest.fixture
def bench(world: World) -> Iterator[Callable[..., Bench]]:
    """Makes a client of each world, which is closed with the test."""
    made: list[Bench] = []

    def make(policy: CircuitBreaker = POLICY, server: Any = None, *layers: Any) -> Bench:
        made.append(Bench(world, policy, Server() if server is None else server, *layers))
        return made[-1]

    yield make
    for each in made:
        world(each.client.aclose() if world.awaits else each.client.close())


def test_after_failures_nothing_is_sent(bench: Callable[..., Bench]) -> None:
    """The server is left alone."""
    made = bench()

    assert ([503, 503, 503, "CircuitOpen", "CircuitOpen"], 3) == ([made.outcome() for _ in range(5)], made.server.calls)


def test_an_open_circuit_says_when_to_come_again(bench: Callable[..., Bench]) -> None:
    """With the request, as any error of httpx."""
    made = bench()
    _ = [made.outcome() for _ in range(3)]
    made.clock.sleep(10.0)

    with pytest.raises(CircuitOpen, match="the circuit of https://api") as caught:
        made.get()

    assert (20.0, URL) == (caught.value.retry_after, str(caught.value.request.url))


def test_a_server_that_is_well_again_is_called_again(bench: Callable[..., Bench]) -> None:
    """After half a minute five calls try, and close the circuit."""
    made = bench()
    _ = [made.outcome() for _ in range(3)]
    made.server.outcome = 200
    made.clock.sleep(30.0)

    assert ([200] * 6, "closed") == (
        [made.outcome() for _ in range(6)],
        made.breaker.states()["https://api.test"].state,
    )


def test_a_server_that_is_still_ill_is_left_alone_for_longer(bench: Callable[..., Bench]) -> None:
    """Three failures of five are certain."""
    made = bench()
    _ = [made.outcome() for _ in range(3)]
    made.clock.sleep(30.0)

    assert ([503, 503, 503, "CircuitOpen"], 60.0) == (
        [made.outcome() for _ in range(4)],
        made.breaker.gate(("https", "api.test", 443)).peek(made.clock.now()),
    )


def test_a_broken_wire_opens_it(bench: Callable[..., Bench]) -> None:
    """As an answer does."""
    made = bench(POLICY, Server(httpx.ConnectError("x")))

    assert ["ConnectError"] * 3 + ["CircuitOpen"] == [made.outcome() for _ in range(4)]


@pytest.mark.parametrize("outcome", [404, 429, httpx.PoolTimeout("x"), httpx.LocalProtocolError("x")])
def test_what_is_not_the_servers_fault_opens_nothing(bench: Callable[..., Bench], outcome: Any) -> None:
    """Neither does it close anything."""
    made = bench(POLICY, Server(outcome))

    _ = [made.outcome() for _ in range(30)]

    assert (30, 0) == (made.server.calls, made.breaker.states()["https://api.test"].calls)


def test_each_origin_has_its_own(bench: Callable[..., Bench]) -> None:
    """One that is ill takes nothing from another."""
    made = bench()
    _ = [made.outcome() for _ in range(3)]

    assert (503, "CircuitOpen") == (made.get("https://other.test").status_code, made.outcome())


def test_clients_share_what_they_are_given(bench: Callable[..., Bench]) -> None:
    """What one learns the other knows."""
    one, other = bench(), bench()
    one.breaker.gate(URL)
    other.client._transport = one.client._transport  # noqa: SLF001 - the same layers

    assert ([503] * 3, "CircuitOpen") == ([one.outcome() for _ in range(3)], other.outcome())


FALLBACKS: list[Any] = [
    pytest.param({"cached": True}, id="value"),
    pytest.param(lambda error: {"cached": error.retry_after == 30.0}, id="function"),
    pytest.param(httpx.Response(200, json={"cached": True}), id="response"),
    pytest.param(lambda _: httpx.Response(200, json={"cached": True}), id="function-of-response"),
]


@pytest.mark.parametrize("fallback", FALLBACKS)
def test_a_fallback_answers_instead(bench: Callable[..., Bench], fallback: Any) -> None:
    """Nothing is sent, and the answer says so."""
    made = bench(CircuitBreaker(consecutive=3, jitter=0.0, fallback=fallback))
    _ = [made.outcome() for _ in range(3)]

    answers = [made.get() for _ in range(2)]

    assert ([{"cached": True}] * 2, [True] * 2, 3) == (
        [answer.json() for answer in answers],
        [answer.extensions[KEY] for answer in answers],
        made.server.calls,
    )


async def from_the_vault(error: CircuitOpen) -> dict[str, str]:
    """Fetch an answer from somewhere."""
    return {"url": str(error.request.url)}


def test_a_fallback_may_have_to_be_awaited(bench: Callable[..., Bench], world: World) -> None:
    """By an awaiting client; a blocking one refuses it."""
    made = bench(CircuitBreaker(consecutive=1, fallback=from_the_vault))
    _ = made.outcome()

    if world.awaits:
        answer = made.get().json()
    else:
        with pytest.raises(ConfigError, match="from_the_vault is asynchronous"):
            made.get()
        answer = {"url": URL}

    assert {"url": URL} == answer


def test_a_fallback_that_is_no_answer_is_refused(bench: Callable[..., Bench]) -> None:
    """When it is needed: a function around which it stands could answer it."""
    made = bench(CircuitBreaker(consecutive=1, fallback=object()))
    _ = made.outcome()

    with pytest.raises(ConfigError, match="fallback is of type object"):
        made.get()


def test_a_copy_has_no_other_body() -> None:
    """What described the coding of the first one is left out."""
    from restkit.admission.fallback import as_response

    given = httpx.Response(200, headers={"Content-Encoding": "identity", "X-A": "1"}, content=b"body")

    made = as_response(given)

    assert (False, {"x-a": "1", "content-length": "4"}, b"body") == (made is given, dict(made.headers), made.content)


def test_the_verdict_comes_with_the_end_of_the_body(world: World, server: Loopback) -> None:
    """A stream is open as long as it is read."""
    breaker = Breaker(CircuitBreaker(min_calls=1))
    kind: Any = httpx.AsyncClient if world.awaits else httpx.Client
    calls: list[int] = []

    with world.open(kind(transport=Pipeline([Admission(None, None, breaker, clock=VirtualClock())]))) as client:
        with world.open(client.stream("GET", f"{server.url}/echo")) as response:
            calls.append(next(iter(breaker.states().values())).calls)
            world(response.aread() if world.awaits else response.read())
        calls.append(next(iter(breaker.states().values())).calls)

    assert [0, 1] == calls


def test_a_body_that_breaks_off_is_a_failure(world: World, server: Loopback) -> None:
    """Whatever its status was."""
    breaker = Breaker(CircuitBreaker(min_calls=2))
    kind: Any = httpx.AsyncClient if world.awaits else httpx.Client

    with (
        world.open(kind(transport=Pipeline([Admission(None, None, breaker, clock=VirtualClock())]))) as client,
        pytest.raises(httpx.TransportError),
    ):
        world(client.get(f"{server.url}/truncated"))

    assert 1 == next(iter(breaker.states().values())).failures


def answering(seconds: float, status: int = 200) -> Callable[[httpx.Request], Flow[httpx.Response]]:
    """A wire that takes so long."""

    def wire(_: httpx.Request) -> Flow[httpx.Response]:
        yield from Sleep(seconds)
        return httpx.Response(status)

    return wire


def test_many_calls_at_once_try_five_times() -> None:
    """A thousand come when the circuit is half open; five are sent."""
    sent = list[httpx.Request]()

    def wire(request: httpx.Request) -> Flow[httpx.Response]:
        sent.append(request)
        yield from Sleep(1.0)
        return httpx.Response(200)

    simulation = Simulation(VirtualClock(), wire, seed=7)
    breaker = Breaker(POLICY)
    gate = breaker.gate(URL)
    for _ in range(3):
        permit = gate.enter(simulation.clock.now(), 60.0)
        assert permit is not None
        permit.settle("failure", 0.1, simulation.clock.now())
    simulation.clock.sleep(30.0)
    layer = Admission(None, None, breaker, clock=simulation.clock)

    outcomes = simulation.run_all(*(layer(httpx.Request("GET", URL), send) for _ in range(1_000)))

    refused = [each for each in outcomes if isinstance(each, CircuitOpen)]
    assert (5, 995, "closed") == (len(sent), len(refused), gate.state)


def send(request: httpx.Request) -> Flow[httpx.Response]:
    """The layers below: they send."""
    from restkit import Send

    return (yield from Send(request, whole=True))


def test_a_cancelled_try_makes_room_for_another() -> None:
    """It says nothing, and gives its permit back."""
    simulation = Simulation(VirtualClock(), answering(10.0))
    breaker = Breaker(CircuitBreaker(consecutive=1, probes=1, jitter=0.0))
    gate, layer = breaker.gate(URL), Admission(None, None, breaker, clock=simulation.clock)
    permit = gate.enter(simulation.clock.now(), 60.0)
    assert permit is not None
    permit.settle("failure", 0.1, simulation.clock.now())
    simulation.clock.sleep(30.0)

    strand = simulation.start(layer(httpx.Request("GET", URL), send))
    simulation.advance(1.0)
    taken = gate.peek(simulation.clock.now())
    strand.cancel()
    simulation.advance(1.0)

    assert (64.0, None, "half_open") == (taken, gate.peek(simulation.clock.now()), gate.state)


@pytest.mark.parametrize(("deadline", "failures"), [(5.0, 0), (None, 1)])
def test_who_is_in_a_hurry_says_nothing(deadline: float | None, failures: int) -> None:
    """The deadline of a call is no failure of the server's; the timeout of an attempt is."""
    clock = VirtualClock()
    breaker = Breaker(CircuitBreaker(min_calls=2))
    simulation = Simulation(clock, answering(60.0))
    pipeline = Pipeline(
        [Deadline(deadline, clock), Admission(None, None, breaker, clock=clock)],
        httpx.MockTransport(lambda _: httpx.Response(200)),
        clock=clock,
        attempt_timeout=10.0,
    )

    _ = simulation.run_all(pipeline.proceed(httpx.Request("GET", URL)))

    assert failures == breaker.gate(URL).facts.failures
