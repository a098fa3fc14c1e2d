"""Hedging: a slow call is sent once more, and the first answer wins."""

from __future__ import annotations

import contextlib
import math
import threading
from collections.abc import Callable, Generator, Sequence
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from restkit import (
    Bulkhead,
    BulkheadFull,
    Client,
    ConfigError,
    Context,
    DeadlineExceeded,
    Flow,
    Hedge,
    Hedging,
    InputError,
    Op,
    Pipeline,
    Proceed,
    RetryBudget,
    RetryPolicy,
    ServerError,
    Settings,
    Sleep,
)
from restkit.flow import read
from restkit.policies.hedging import ENOUGH, KEPT, LEAST, is_final, remembered, says_wait, unfit, usual_delay
from restkit.retrying.memory import SENDING, Memory
from restkit.testing import Simulation, VirtualClock, answer
from restkit.testing.bodies import ScriptedBody
from tests.client.worlds import World
from tests.flow.engines import Engine
from tests.loopback import PATIENCE, Loopback

Outcome = tuple[float, Any]
SLOW, FAST = 10.0, 0.1
POOR = RetryBudget(capacity=13)


@pytest.fixture(params=["blocking", "asyncio", "trio", "simulation"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Every engine, in virtual time."""
    return Engine(str(request.param))


class Network:
    """A layer that stands for one: each send takes so many seconds, and answers or fails."""

    def __init__(self, *outcomes: Outcome) -> None:
        self.outcomes, self.sent, self.stopped = list(outcomes), list[httpx.Request](), 0

    def __call__(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Take time."""
        seconds, outcome = self.outcomes[len(self.sent)]
        self.sent.append(request)
        try:
            yield from Sleep(seconds)
        except BaseException:
            self.stopped += 1
            raise
        if isinstance(outcome, Exception):
            raise outcome
        response = yield from proceed(request)
        response.status_code = outcome
        if outcome == 429:
            response.headers["Retry-After"] = "1"
        return response

    @property
    def marks(self) -> list[bool]:
        """Which of the sends were further ones."""
        return ["restkit.hedge" in request.extensions for request in self.sent]


def asked(method: str = "GET", *, streamed: bool = False, **more: Any) -> httpx.Request:
    """A request with a context."""
    return httpx.Request(method, "http://api.test/", extensions={"restkit": Context(streamed=streamed)}, **more)


def hedged(engine: Engine, network: Network, hedge: Hedge, request: httpx.Request | None = None) -> httpx.Response:
    """Send through a hedge over a network."""
    request = asked() if request is None else request
    engine.transport.script(request.method, "/", answer(text="hello"))
    pipeline = Pipeline([hedge, network], engine.transport, clock=engine.clock)

    def whole() -> Flow[httpx.Response]:
        response = yield from pipeline.proceed(request)
        _ = yield from read(response)
        yield from Sleep(0.0)  # others have their turn
        return response

    return engine.perform(whole())


def when_late(engine: Engine, extra: int = 1, **more: Any) -> Hedge:
    """A hedge after two seconds."""
    return Hedge(2.0, extra, clock=engine.clock, **more)


def test_a_fast_call_is_sent_once(engine: Engine) -> None:
    """Its answer comes before the delay."""
    network = Network((FAST, 200))

    response = hedged(engine, network, when_late(engine))

    assert (200, [False], 1_000.1) == (response.status_code, network.marks, round(engine.clock.now(), 3))


def test_a_slow_call_is_sent_once_more(engine: Engine) -> None:
    """The second answer comes first, the other send is called off, and both are attempts."""
    network = Network((SLOW, 200), (FAST, 201))

    response = hedged(engine, network, when_late(engine))

    history = response.extensions["restkit"].history
    assert (201, [False, True], 1_002.1) == (response.status_code, network.marks, round(engine.clock.now(), 3))
    assert [(1, None, "Abandoned", 0.0, 2.1), (2, 200, None, 2.1, 0.0)] == [
        (*each[:3], round(each.started, 3), round(each.elapsed, 3)) for each in history
    ]


def test_the_first_may_win_all_the_same(engine: Engine) -> None:
    """The further send is called off then."""
    network = Network((3.0, 200), (SLOW, 201))

    assert 200 == hedged(engine, network, when_late(engine)).status_code


@pytest.mark.parametrize("wrong", [503, 429, httpx.ReadError("cut")])
def test_a_call_that_fails_fast_is_not_sent_again(engine: Engine, wrong: Any) -> None:
    """That is for a retry, which waits."""
    network = Network((FAST, wrong))

    outcome = said(engine, network, when_late(engine))

    assert (wrong, 1, 1_000.1) == (outcome, len(network.sent), round(engine.clock.now(), 3))


def said(engine: Engine, network: Network, hedge: Hedge) -> int | Exception:
    """The status, or the error."""
    try:
        return hedged(engine, network, hedge).status_code
    except httpx.TransportError as error:
        return error


ERROR, OTHER = httpx.ReadError("cut"), httpx.ReadError("cut as well")


@pytest.mark.parametrize(
    ("outcomes", "expected", "seconds"),
    [
        pytest.param([(3.0, 503), (5.0, 200)], 200, 7.0, id="a-better-one-comes"),
        pytest.param([(3.0, ERROR), (5.0, 200)], 200, 7.0, id="an-answer-after-an-error"),
        pytest.param([(9.0, 200), (1.0, 503)], 200, 9.0, id="the-further-one-is-no-better"),
        pytest.param([(9.0, 200), (1.0, ERROR)], 200, 9.0, id="the-further-one-fails"),
        pytest.param([(3.0, 503), (5.0, 502)], 502, 7.0, id="the-last-of-two"),
        pytest.param([(3.0, 503), (5.0, ERROR)], 503, 7.0, id="an-answer-rather-than-an-error"),
        pytest.param([(3.0, ERROR), (5.0, OTHER)], OTHER, 7.0, id="the-last-error"),
        pytest.param([(3.0, 404), (5.0, 200)], 404, 3.0, id="a-404-is-final"),
    ],
)
def test_what_comes_of_two(engine: Engine, outcomes: Sequence[Outcome], expected: Any, seconds: float) -> None:
    """What another send may better does not win while that is under way."""
    network = Network(*outcomes)

    outcome = said(engine, network, when_late(engine))

    assert (expected, 1_000.0 + seconds) == (outcome, round(engine.clock.now(), 3))


@pytest.mark.parametrize(
    ("outcomes", "expected", "sends"),
    [
        pytest.param([(SLOW, 200), (SLOW, 200), (FAST, 201)], 201, 3, id="the-third"),
        pytest.param([(3.0, 503), (FAST, 503)], 503, 2, id="both-fail-before"),
        pytest.param([(3.0, 429), (SLOW, 200)], 200, 2, id="the-server-has-had-enough"),
    ],
)
def test_two_further_sends(engine: Engine, outcomes: Sequence[Outcome], expected: int, sends: int) -> None:
    """One after the other, unless nobody is left to be bettered, or the server asks to wait."""
    network = Network(*outcomes)

    outcome = said(engine, network, when_late(engine, 2))

    assert (expected, sends) == (outcome, len(network.sent))


def test_somebody_may_say_no(engine: Engine) -> None:
    """A breaker, a bucket: then the first goes on alone."""
    network, asked_of = Network((SLOW, 200)), list[httpx.Request]()

    def refuse(request: httpx.Request) -> bool:
        asked_of.append(request)
        return False

    response = hedged(engine, network, when_late(engine, may_hedge=[refuse]))

    assert (200, [True], 1) == (
        response.status_code,
        [each.extensions["restkit.hedge"] for each in asked_of],
        len(network.sent),
    )


def test_a_moment_that_is_too_near(engine: Engine) -> None:
    """A further send that could not begin in time is not waited for."""
    network, request = Network((FAST, 200)), asked()
    Context.of(request).deadline = 1_001.0

    assert 200 == hedged(engine, network, when_late(engine), request).status_code
    assert request is network.sent[0]


def test_what_streams_is_raced_to_its_head(engine: Engine) -> None:
    """Where nobody knows who will read the body, as in a plain client."""
    network = Network((SLOW, 200), (FAST, 201))

    response = hedged(engine, network, when_late(engine), asked(streamed=True))

    assert (201, "hello") == (response.status_code, response.text)
    engine.transport.assert_all_over()


def test_an_answer_that_is_held_back_is_closed(engine: Engine) -> None:
    """When a better one comes."""
    network = Network((3.0, 503), (5.0, 200))

    assert 200 == hedged(engine, network, when_late(engine), asked(streamed=True)).status_code
    engine.transport.assert_all_over()


@pytest.mark.parametrize(
    ("method", "more", "sends"),
    [
        pytest.param("PUT", {"content": b"x"}, 2, id="idempotent"),
        pytest.param("POST", {"headers": {"Idempotency-Key": "1"}}, 2, id="keyed"),
        pytest.param("POST", {}, 1, id="neither"),
        pytest.param("PUT", {"stream": ScriptedBody([b"x"])}, 1, id="not-in-memory"),
    ],
)
def test_which_calls_are_hedged(engine: Engine, method: str, more: Any, sends: int) -> None:
    """Those that may be sent twice; the others go their way, by a setting of the client's."""
    network = Network((SLOW, 200), (FAST, 200))

    _ = hedged(engine, network, when_late(engine), asked(method, **more))

    assert sends == len(network.sent)


def test_a_delay_that_is_found_out(engine: Engine) -> None:
    """Nothing is sent twice before enough is known; then what is slower than 19 of 20."""
    hedge = Hedge(clock=engine.clock)
    slow = Network((SLOW, 200), (FAST, 200))
    ordinary = Network(*[(1.0, 200)] * ENOUGH)

    first = hedged(engine, Network((SLOW, 200)), hedge)
    for _ in range(ENOUGH - 1):
        _ = hedged(engine, ordinary, hedge)
    before = engine.clock.now()
    _ = hedged(engine, slow, hedge)

    assert (200, [False, True], 1.1) == (first.status_code, slow.marks, round(engine.clock.now() - before, 3))


def test_failures_tell_nothing_of_delays(engine: Engine) -> None:
    """They may be fast."""
    hedge = Hedge(clock=engine.clock)
    for _ in range(ENOUGH):
        _ = hedged(engine, Network((FAST, 503)), hedge)
    slow = Network((SLOW, 200))

    _ = hedged(engine, slow, hedge)

    assert 1 == len(slow.sent)


def test_origins_are_forgotten() -> None:
    """The one that was not heard of for longest first; and a fork leaves no lock behind."""
    from restkit.layers.hedge import ORIGINS, Times

    times = Times()
    times.after_fork()
    for at in range(ORIGINS + 1):
        for _ in range(ENOUGH):
            times.note(("http", b"%d" % at), 1.0)

    assert [None, 1.0, 1.0] == [times.delay(("http", b"%d" % at)) for at in (0, 1, ORIGINS)]


def test_it_works_alone_in_a_plain_client(world: World, server: Loopback) -> None:
    """On real sockets: the first send hangs, the second is answered."""
    kind: Any = httpx.AsyncClient if world.awaits else httpx.Client

    class Elsewhere:
        """Send further sends to where they are answered."""

        def __call__(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
            """Change the path."""
            if "restkit.hedge" in request.extensions:
                request.url = request.url.copy_with(path="/echo")
            return proceed(request)

    with world.open(kind(transport=Pipeline([Hedge(0.01), Elsewhere()]))) as client:
        response = world(client.get(f"{server.url}/slow"))

    assert "/echo" == response.json()["target"]
    server.release()  # only then it sees who has left
    server.wait_until_left()


def test_a_whole_client(world: World, server: Loopback) -> None:
    """The loser's connection is given up, the answer tells of both, and the next call is well."""
    client = world.client(base_url=server.url, hedge=0.01, attempt_layers=[to_echo])

    answered = world(client.get("/slow"))

    assert [None, 200] == [each.status for each in answered.attempts]
    assert 200 == world(client.get("/echo")).status_code


def to_echo(request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
    """Send further sends to where they are answered."""
    if "restkit.hedge" in request.extensions:
        request.url = request.url.copy_with(path="/echo")
    return proceed(request)


def test_a_deadline_ends_the_race(world: World, server: Loopback) -> None:
    """For all who are in it."""
    client = world.client(base_url=server.url, hedge=0.01, deadline=1.0)

    with pytest.raises(DeadlineExceeded) as caught:
        world(client.get("/slow"))

    assert 2 == len(caught.value.attempts)


def test_all_who_fail(world: World, server: Loopback) -> None:
    """The last answer is the error's."""

    def stuck(request: httpx.Request, proceed: Proceed) -> Generator[Any, Any, httpx.Response]:
        yield from Sleep(0.0 if "restkit.hedge" in request.extensions else 0.05)
        return (yield from proceed(request))

    client = world.client(base_url=server.url, hedge=0.01, attempt_layers=[stuck])

    with pytest.raises(ServerError):
        world(client.get("/status/503"))


@pytest.mark.parametrize("how", [True, 0.5, Hedging(0.5)])
@pytest.mark.parametrize(
    "perform",
    [
        pytest.param(lambda client, how: client.post("/x", hedge=how), id="post-without-key"),
        pytest.param(lambda client, how: client.put("/x", content=iter([b"x"]), hedge=how), id="not-in-memory"),
        pytest.param(lambda client, how: client.stream(Op("GET", "/x"), hedge=how), id="stream"),
    ],
)
def test_a_call_that_is_told_to_be_hedged_and_may_not(how: Any, perform: Callable[[Any, Any], Any]) -> None:
    """Is refused, and nothing is sent."""
    sent: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200)

    client = Client(base_url="https://api.test", transport=httpx.MockTransport(handler))

    with pytest.raises(InputError, match=r"hedge is set for a .*; leave it out"), contextlib.ExitStack() as opened:
        opened.enter_context(perform(client, how))

    assert [] == sent


@pytest.mark.parametrize("option", [False, None])
def test_a_call_may_be_left_alone(option: Any) -> None:
    """Whatever the client's setting is."""
    simulation = Simulation(VirtualClock(), after_ten)
    client = Client(base_url="https://api.test", clock=simulation.clock, hedge=1.0)
    op: Op[Any] = Op("GET", "/x", returns=lambda response: response.elapsed.total_seconds())

    with client:
        took = [simulation.run(each, client=client) for each in (op, op.with_options(hedge=option))]

    assert [(1, 10.0), (2, 10.0)] == list(enumerate(took, 1))
    assert [2, 1] == [sends(simulation, strands) for strands in ((1, 2, 3), (4, 5, 6))]


def test_a_write_whose_key_stands_in_another_header_is_hedged() -> None:
    """By the name that its client gave to the header."""
    simulation = Simulation(VirtualClock(), after_ten)
    client = Client(base_url="https://api.test", clock=simulation.clock, idempotency="X-Key", hedge=1.0)

    with client:
        simulation.run(Op[Any]("POST", "/x", returns=httpx.Response), client=client)

    assert 2 == sends(simulation, (1, 2, 3))


@pytest.mark.parametrize(
    ("policy", "count"),
    [(RetryPolicy(), 2), (False, 2), (RetryPolicy(budget=None), 2), (2, 2), (1, 1), (RetryPolicy(budget=POOR), 1)],
    ids=["usual", "never", "no-budget", "2", "1", "poor"],
)
def test_a_further_send_is_an_attempt(policy: Any, count: int) -> None:
    """It is not made if there is none left, or no budget for it."""
    simulation = Simulation(VirtualClock(), after_ten)
    client = Client(base_url="https://api.test", clock=simulation.clock, hedge=1.0, retry=policy)

    with client:
        simulation.run(Op[Any]("GET", "/x", returns=httpx.Response), client=client)

    assert count == sends(simulation, (1, 2, 3))


@pytest.mark.parametrize(
    ("outcomes", "debt"),
    [
        ([(SLOW, 200), (FAST, 200)], 0),
        ([(SLOW, 404), (SLOW, 404)], 14),
        ([(SLOW, 404), (FAST, BulkheadFull("full"))], 0),
        ([(SLOW, 404), (FAST, httpx.ReadError("cut"))], 14),
    ],
    ids=["success", "no success", "never sent", "failed"],
)
def test_a_further_send_is_paid_for(engine: Engine, outcomes: Sequence[Outcome], debt: int) -> None:
    """As a retry is; it costs nothing if the call succeeds, or if it was not sent."""
    request, memory = asked(), Memory(engine.clock, None, None)
    request.extensions[SENDING] = RetryPolicy(), memory, 0
    _ = hedged(engine, Network(*outcomes), when_late(engine), request)

    assert debt == sum(memory.budgets.debts.values())


def test_where_nobody_sends_again_nothing_is_paid(engine: Engine) -> None:
    """In a plain client, say."""
    network = Network((SLOW, 404), (FAST, BulkheadFull("full")))

    assert 404 == hedged(engine, network, when_late(engine)).status_code


def sends(simulation: Simulation, strands: tuple[int, ...]) -> int:
    """How many sends these strands asked for."""
    return sum(each.effect == "Send" and each.strand in strands for each in simulation.trace)


def after_ten(_: httpx.Request) -> Flow[httpx.Response]:
    """A wire that takes ten seconds."""
    yield from Sleep(10.0)
    return httpx.Response(200)


@pytest.mark.parametrize(
    ("given", "held"),
    [(None, None), (False, None), (True, Hedging()), (2, Hedging(2.0)), (Hedging(3, 2), Hedging(3, 2))],
)
def test_how_it_is_set(given: Any, held: Hedging | None) -> None:
    """By a switch, seconds or a value."""
    assert held == Settings(hedge=given).hedge


@pytest.mark.parametrize("wrong", [0, -1, math.nan, math.inf, "5", [1]])
def test_what_is_refused(wrong: Any) -> None:
    """By a client, by a call, by the layer alone and by the value, each naming it."""
    with pytest.raises(ConfigError, match=r"^hedge"):
        _ = Client(hedge=wrong)
    with pytest.raises(InputError, match=r"^hedge"):
        _ = Op[Any]("GET", "/").with_options(hedge=wrong)
    with pytest.raises(ConfigError, match=r"^hedge\.delay"):
        _ = Hedge(wrong)


def test_a_delay_is_no_switch() -> None:
    """True is not a second."""
    with pytest.raises(ConfigError, match=r"^hedge\.delay is of type bool"):
        _ = Hedging(True)  # noqa: FBT003 - that is the mistake


@pytest.mark.parametrize("wrong", [0, 11, True, 1.5, "1"])
def test_how_often_it_cannot_be_sent(wrong: Any) -> None:
    """From once to ten times."""
    with pytest.raises(ConfigError, match=r"^hedge\.extra is .*; pass a whole number from 1 to 10$"):
        _ = Hedging(1.0, wrong)


@pytest.mark.parametrize("steps", range(14))
@pytest.mark.parametrize(
    "outcomes", [[(3.0, 200), (1.5, 200)], [(3.0, 503), (3.0, 503)], [(3.0, 503), (3.0, ERROR)]], ids=str
)
def test_a_race_that_is_called_off_anywhere(steps: int, outcomes: Sequence[Outcome]) -> None:
    """Leaves nobody under way and nothing open."""
    engine, network = Engine("simulation"), Network(*outcomes)
    engine.transport.script("GET", "/", answer(chunks=[b"hello"]))
    pipeline = Pipeline([when_late(engine), network], engine.transport, clock=engine.clock)
    with Simulation(engine.clock, engine.transport) as simulation:
        strand = simulation.begin(pipeline.proceed(asked(streamed=True)), pipeline.world)
        for _ in range(steps):
            _ = simulation.step()
        if strand.is_over:
            strand.result().close()
        strand.cancel()

        while simulation.step():
            pass

    engine.transport.assert_all_over()
    assert engine.clock.now() <= 1_005.0


def test_a_loser_that_answers_after_all(server: Loopback) -> None:
    """Over a blocking transport of somebody else's it cannot be called off: what it brings is no attempt any more."""
    returned = threading.Event()

    class Foreign(httpx.HTTPTransport):
        """It says when the first answer has come."""

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            """Send."""
            response = super().handle_request(request)
            if request.url.path == "/slow":
                returned.set()
            return response

    with Client(base_url=server.url, transport=Foreign(), hedge=0.01, attempt_layers=[to_echo]) as client:
        answered = client.get("/slow")
        before = list(answered.attempts)
        server.release()
        assert returned.wait(PATIENCE)
        wait_for_threads()

    assert (200, before) == (answered.status_code, list(answered.attempts))


def test_losers_that_nothing_cuts_are_left_behind_at_the_deadline() -> None:
    """Each keeps its slot until it is answered, and stands among the attempts."""
    go, ended = threading.Event(), list[str]()

    def stubborn(request: httpx.Request) -> httpx.Response:
        """Answer when the test is over, as a transport that looks at no clock."""
        assert go.wait(PATIENCE)
        ended.append(request.url.path)
        return httpx.Response(200)

    settings: Any = {"hedge": 0.01, "deadline": 0.1, "retry": False, "bulkhead": Bulkhead(2, max_wait=0)}
    with Client(base_url="https://api.test", transport=httpx.MockTransport(stubborn), **settings) as client:
        with pytest.raises(DeadlineExceeded) as caught:
            client.get("/x")
        with pytest.raises(BulkheadFull):
            client.get("/y", hedge=False)
        found = [(each.error, each.hedge) for each in caught.value.attempts], len(ended)
        go.set()
        wait_for_threads()
        status = client.get("/y", hedge=False).status_code

    assert (([("Abandoned", False), ("Abandoned", False)], 0), 200) == (found, status)


def wait_for_threads() -> None:
    """Wait until the losers' threads have ended."""
    for each in threading.enumerate():
        if "(run)" in each.name:
            each.join(PATIENCE)


# the decisions


@given(st.lists(st.floats(0, 1_000), min_size=ENOUGH, max_size=KEPT))
def test_the_usual_delay_is_exceeded_by_one_in_twenty(seconds: list[float]) -> None:
    """At most, and it is never shorter than the least."""
    delay = usual_delay(seconds)

    assert delay is not None
    assert delay >= LEAST
    assert sum(each > delay for each in seconds) <= len(seconds) * 0.05


@given(st.lists(st.floats(0, 1_000), max_size=ENOUGH - 1))
def test_too_few_answers_tell_nothing(seconds: list[float]) -> None:
    """No delay is derived from them."""
    assert usual_delay(seconds) is None


@given(st.lists(st.floats(0, 1_000), max_size=2 * KEPT))
def test_the_last_answers_are_remembered(seconds: list[float]) -> None:
    """A hundred of them."""
    known: tuple[float, ...] = ()
    for each in seconds:
        known = remembered(known, each)

    assert tuple(seconds[-KEPT:]) == known


@given(
    st.sampled_from(["GET", "PUT", "POST", "PATCH", "QUERY"]),
    st.booleans(),
    st.sampled_from([None, True, False]),
    st.booleans(),
)
def test_only_what_may_be_sent_twice_is_fit(method: str, keyed: bool, idempotent: bool | None, in_memory: bool) -> None:  # noqa: FBT001 - drawn
    """By its method, by what its operation declares, or by its key; and with a body in memory."""
    by_nature = method in {"GET", "PUT", "QUERY"} if idempotent is None else idempotent

    reason = unfit(method, keyed=keyed, idempotent=idempotent, in_memory=in_memory)

    assert (in_memory and (keyed or by_nature)) == (reason is None)


@given(st.integers(200, 599))
def test_what_is_final_is_not_for_a_retry(status: int) -> None:
    """Successes and the caller's mistakes decide."""
    assert is_final(status) == (status not in {408, 421, 425, 429, 500, 502, 503, 504})


@pytest.mark.parametrize(
    ("status", "headers", "waits"),
    [(429, {}, True), (503, {"Retry-After": "1"}, True), (503, {}, False), (200, {}, False)],
)
def test_a_server_that_has_had_enough(status: int, headers: dict[str, str], *, waits: bool) -> None:
    """Says so by its status or by a header."""
    assert waits == says_wait(status, httpx.Headers(headers))
