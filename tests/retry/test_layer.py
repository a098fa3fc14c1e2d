"""The layer, in every engine and in virtual time: what is sent again, when, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import httpx
import pytest
import tenacity

from restkit import (
    CircuitOpen,
    Context,
    FixedWait,
    Pipeline,
    RateLimitTimeout,
    Retrial,
    Retry,
    RetryBudget,
    RetryPolicy,
    Tried,
)
from restkit.flow import Flow, Race, Sleep
from restkit.flow.witness import WANTED
from restkit.pipeline import Layer, Proceed
from restkit.testing import Stepper, answer
from tests.flow.engines import Engine
from tests.retry.rolled import dice

Answers = Sequence[Any]
TWO = RetryPolicy(wait=2)


def request(method: str = "GET", **how: Any) -> httpx.Request:
    """A request, as in a plain client."""
    return httpx.Request(method, "http://api.test/", **how)


def performed(
    engine: Engine, layers: Sequence[Layer], asked: httpx.Request, context: Context | None = None
) -> httpx.Response | Exception:
    """What comes of a request through these layers: an error, too, is answered."""
    asked.extensions["restkit"] = context or Context(streamed=False)
    pipeline = Pipeline(layers, engine.transport, clock=engine.clock)
    try:
        return engine.perform(pipeline.proceed(asked))
    except Exception as error:  # noqa: BLE001 - it is what the test is about
        return error


def retry(engine: Engine, policy: Any = TWO, **how: Any) -> Retry:
    """The layer on an engine's clock."""
    return Retry(policy, clock=engine.clock, dice=dice(1), **how)


def gone_through(engine: Engine, answers: Answers, policy: Any = TWO, **how: Any) -> tuple[Any, float, int]:
    """The status or the error's name, the seconds it took, and how often it was sent."""
    engine.transport.script("GET", "/", list(answers))
    began = engine.clock.now()
    found = performed(engine, [retry(engine, policy)], request(), **how)
    said = found.status_code if isinstance(found, httpx.Response) else type(found).__name__
    return said, round(engine.clock.now() - began, 6), len(engine.transport.requests)


def test_what_fails_is_sent_again(engine: Engine) -> None:
    """After a wait, as often as the policy says."""
    assert (200, 4.0, 3) == gone_through(engine, [httpx.ReadError("cut"), answer(503), answer(200)])
    engine.transport.assert_all_over()


def test_what_succeeds_is_sent_once(engine: Engine) -> None:
    """At once."""
    assert (200, 0.0, 1) == gone_through(engine, [answer(200)])


def test_the_last_answer_is_the_answer(engine: Engine) -> None:
    """With its body."""
    engine.transport.script("GET", "/", [answer(503, text="one"), answer(502, text="two"), answer(500, text="three")])
    found = performed(engine, [retry(engine)], request())

    assert isinstance(found, httpx.Response)
    assert (500, "three") == (found.status_code, found.text)


def test_the_last_error_is_the_error(engine: Engine) -> None:
    """The same object, with nothing around it."""
    errors = [httpx.ReadError("one"), httpx.ReadError("two"), httpx.ReadTimeout("three")]
    engine.transport.script("GET", "/", errors)
    found = performed(engine, [retry(engine)], request())

    assert (errors[2], None, None) == (found, found.__cause__, found.__context__)


def test_no_policy_is_no_retry(engine: Engine) -> None:
    """The layer stands aside."""
    assert (503, 0.0, 1) == gone_through(engine, [answer(503), answer(200)], policy=False)


@pytest.mark.parametrize(("asked", "sent"), [(False, 1), (2, 2), (RetryPolicy(wait=0, attempts=4), 4), (True, 3)])
def test_the_option_of_a_call_goes_first(engine: Engine, asked: Any, sent: int) -> None:
    """Whatever its client has."""
    context = Context(options={"retry": asked}, streamed=False)

    assert sent == gone_through(engine, [answer(503)] * 4, context=context)[2]


def test_attempts_are_known(engine: Engine) -> None:
    """When each began, how long it took, what came of it, and how long was waited before it."""
    context = Context(streamed=False)
    engine.transport.script("GET", "/", [httpx.ReadError("x"), answer(503, headers={"Retry-After": "0"}), answer(200)])
    found = performed(engine, [retry(engine)], request(), context)

    assert [(1, None, "ReadError", 0.0, 0.0, None), (2, 503, None, 2.0, 2.0, 0.0), (3, 200, None, 4.0, 2.0, None)] == [
        (each.number, each.status, each.error, each.started, each.waited, each.retry_after) for each in context.history
    ]
    assert isinstance(found, httpx.Response)
    assert context.history[2] is found.extensions["restkit.attempt"]


def test_each_attempt_has_a_request_of_its_own(engine: Engine) -> None:
    """What a layer below has set on one is not on the next."""

    def marks(asked: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        asked.headers["X-Mark"] = f"{asked.headers.get('X-Mark', '')}x"
        asked.extensions["timeout"]["read"] = 0
        return proceed(asked)

    engine.transport.script("GET", "/", [answer(503), answer(503), answer(200)])
    _ = performed(engine, [retry(engine), marks], request(extensions={"timeout": {"read": 5}}))

    assert ["x"] * 3 == [each.headers["X-Mark"] for each in engine.transport.requests]


def test_what_is_discarded_is_closed_before_the_sleep() -> None:
    """Its connection would be idle for nothing."""
    body = answer(503, chunks=[b"x"])
    steps = Stepper(Retry(TWO)(request(), lambda each: iter(_send(each))))
    steps.answer(body)
    asked = steps.effect
    steps.answer()

    assert (type(asked).__name__, Sleep) == ("Ask", type(steps.effect))


def _send(asked: httpx.Request) -> Any:
    from restkit.flow import Send

    return Send(asked)


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_write_that_may_have_been_done_is_not_sent_again(engine: Engine, method: str) -> None:
    """And its error says why."""
    engine.transport.script(method, "/", [httpx.ReadError("cut")])
    found = performed(engine, [retry(engine)], request(method))

    assert ["not sent again: the server may have acted on it"] == getattr(found, "__notes__", None)


@pytest.mark.parametrize(
    ("declared", "method", "sent"), [(True, "POST", 3), (False, "GET", 1), (None, "POST", 1), (None, "GET", 3)]
)
def test_an_operation_says_whether_it_may_be_sent_twice(engine: Engine, declared: Any, method: str, sent: int) -> None:
    """If it does not, its method does."""
    engine.transport.script(method, "/", [answer(503)] * 3)
    _ = performed(engine, [retry(engine)], request(method), Context(idempotent=declared, streamed=False))

    assert sent == len(engine.transport.requests)


def test_a_keyed_write_is_sent_again(engine: Engine) -> None:
    """Whoever has set the key."""
    engine.transport.script("POST", "/", [httpx.ReadError("cut"), answer(409), answer(201)])
    found = performed(engine, [retry(engine)], request("POST", headers={"Idempotency-Key": "k"}))

    assert (201, ["k"] * 3) == (
        getattr(found, "status_code", None),
        [each.headers["Idempotency-Key"] for each in engine.transport.requests],
    )


def test_the_servers_wait_is_kept(engine: Engine) -> None:
    """And up to a tenth more."""
    _, seconds, sent = gone_through(engine, [answer(503, headers={"Retry-After": "30"}), answer(200)])

    assert (2, True) == (sent, 30 <= seconds <= 31)


def test_a_date_is_kept_as_well(engine: Engine) -> None:
    """Measured by the answer's own."""
    headers = {"Retry-After": "Wed, 01 Jan 2020 00:00:30 GMT", "Date": "Wed, 01 Jan 2020 00:00:00 GMT"}
    _, seconds, _ = gone_through(engine, [answer(429, headers=headers), answer(200)])

    assert 30 <= seconds <= 31


def test_a_wait_that_is_too_long_is_not_waited(engine: Engine) -> None:
    """The answer says why."""
    engine.transport.script("GET", "/", [answer(429, headers={"Retry-After": "61"})])
    found = performed(engine, [retry(engine)], request())

    assert isinstance(found, httpx.Response)
    assert (
        "not sent again: the server asks for a longer wait than max_retry_after"
        == (found.extensions["restkit.stopped"])
    )


def test_nobody_sleeps_into_a_deadline(engine: Engine) -> None:
    """The last failure is raised at once."""
    context = Context(streamed=False)
    context.deadline = engine.clock.now() + 3

    assert ("ReadError", 2.0, 2) == gone_through(engine, [httpx.ReadError("x")] * 3, context=context)


def test_a_deadline_that_has_passed_within_an_attempt_ends_the_call(engine: Engine) -> None:
    """It is not sent again, though it is a timeout."""
    context = Context(streamed=False)
    context.deadline = engine.clock.now() + 100
    late = _late(context.deadline)

    assert ("MomentPassed", 0.0, 1) == gone_through(engine, [late, answer(200)], context=context)


def _late(until: float) -> Exception:
    from restkit.flow.deadline import MomentPassed

    return MomentPassed("x", until)


def test_a_refusal_of_a_further_attempt_is_not_the_failure(engine: Engine) -> None:
    """What really failed is."""
    refuses = iter([False, True])

    def breaker(asked: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        if next(refuses):
            raise CircuitOpen("open")
        return proceed(asked)

    engine.transport.script("GET", "/", [httpx.ReadError("cut")])
    found = performed(engine, [retry(engine), breaker], request())

    assert (httpx.ReadError, 1) == (type(found), len(engine.transport.requests))
    assert "not sent again: the rate limit, the bulkhead or the circuit breaker" in found.__notes__[0]


def test_a_refusal_after_an_answer_that_is_gone_is_raised(engine: Engine) -> None:
    """An answer that was to be streamed was closed unread."""
    refuses = iter([False, True])

    def breaker(asked: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        if next(refuses):
            raise CircuitOpen("open")
        return proceed(asked)

    engine.transport.script("GET", "/", [answer(503, chunks=[b"x"])])
    found = performed(engine, [retry(engine), breaker], request(), Context())

    assert CircuitOpen is type(found)
    engine.transport.assert_all_over()


def test_who_knows_of_the_breaker_says_whether_to_go_on(engine: Engine) -> None:
    """Before anything is waited for."""
    engine.transport.script("GET", "/", [answer(503)])
    found = performed(engine, [retry(engine, admits=lambda _: False)], request())

    assert (503, 1_000.0) == (getattr(found, "status_code", None), engine.clock.now())


def test_a_stream_is_handed_out_once_it_is_no_error(engine: Engine) -> None:
    """What was an error before is closed."""
    engine.transport.script("GET", "/", [answer(503, chunks=[b"no"]), answer(200, chunks=[b"yes"])])
    found = performed(engine, [retry(engine)], request(), Context())

    assert isinstance(found, httpx.Response)
    assert (200, False, True) == (
        found.status_code,
        found.is_closed,
        engine.transport.responses[0].is_closed,
    )


def test_a_body_that_broke_off_is_a_failed_attempt(engine: Engine) -> None:
    """Where it was read within it."""
    broken = answer(200, chunks=[b"x", httpx.ReadError("cut")])

    assert (200, 2.0, 2) == gone_through(engine, [broken, answer(200)])


def test_a_cancellation_is_not_caught() -> None:
    """Nor anything else that is no Exception."""
    steps = Stepper(Retry(TWO)(request(), lambda each: iter(_send(each))))

    with pytest.raises(KeyboardInterrupt):
        steps.throw(KeyboardInterrupt())


def test_hedges_count_as_attempts(engine: Engine) -> None:
    """Two that were sent side by side are two."""

    def hedge(asked: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        twin = httpx.Request("GET", asked.url, extensions={**asked.extensions, "restkit.hedge": True})

        def later() -> Flow[httpx.Response]:
            yield from Sleep(0.1)
            return (yield from proceed(twin))

        def slow() -> Flow[httpx.Response]:
            yield from Sleep(5.0)
            return (yield from proceed(asked))

        return (yield from Race(slow(), later()))

    engine.transport.script("GET", "/", answer(503))
    context = Context(streamed=False)
    _ = performed(engine, [retry(engine, RetryPolicy(wait=1, attempts=4)), hedge], request(), context)

    assert [True, True] == [each.hedge for each in context.history]


def test_who_wants_to_know_is_told(engine: Engine) -> None:
    """Of each further attempt; what they raise stops nothing."""
    told: list[Retrial] = []

    def tell(retrial: Retrial) -> None:
        told.append(retrial)
        raise ValueError("mine")

    error = httpx.ReadError("cut")
    found = gone_through(engine, [error, answer(503), answer(200)], RetryPolicy(wait=2, on_retry=tell))

    assert (200, 4.0, 3) == found
    assert [Retrial(1, 2.0, error), Retrial(2, 2.0, None, 503)] == told


def test_who_would_have_to_be_awaited_is_not_told(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    """Which is logged, and stops nothing."""

    async def told() -> None:
        """What nobody awaits."""

    policy = RetryPolicy(wait=2, on_retry=lambda _: told())
    found = gone_through(engine, [answer(503), answer(200)], policy)

    assert ((200, 2.0, 2), ["on_retry failed, and the call went on"]) == (found, caplog.messages)


def test_tenacity_configures_a_call(engine: Engine) -> None:
    """With its own objects, and in our time."""
    told: list[Any] = []
    policy = RetryPolicy(
        stop=tenacity.stop_after_attempt(5) | tenacity.stop_after_delay(30),
        wait=tenacity.wait_fixed(1) + tenacity.wait_incrementing(1, 1),
        retry=tenacity.retry_if_exception_type(httpx.ReadError)
        | tenacity.retry_if_result(lambda response: response.status_code == 418),
        before_sleep=lambda state: told.append((state.attempt_number, state.next_action.sleep, state.idle_for)),
    )

    assert (503, 5.0, 3) == gone_through(engine, [httpx.ReadError("x"), answer(418), answer(503)], policy)
    assert [(1, 2.0, 2.0), (2, 3.0, 5.0)] == told


class Own:
    """A strategy of the user's own."""

    def should_retry(self, tried: Tried) -> bool:
        """Only what the wire did."""
        return isinstance(tried.error, httpx.TransportError)

    def get_delay(self, tried: Tried) -> float:
        """Ten seconds for each attempt."""
        return 10.0 * tried.number


def test_a_strategy_of_ones_own_configures_a_call(engine: Engine) -> None:
    """By its two methods."""
    assert (503, 30.0, 3) == gone_through(engine, [httpx.ReadError("x"), httpx.ReadError("y"), answer(503)], Own())


def test_equal_seeds_wait_equally() -> None:
    """And others otherwise."""

    def waited(seed: int) -> float:
        engine = Engine("blocking")
        engine.transport.script("GET", "/", [answer(503), answer(503), answer(200)])
        _ = performed(engine, [Retry(clock=engine.clock, dice=dice(seed))], request())
        return engine.clock.now()

    assert (True, False) == (waited(1) == waited(1), waited(1) == waited(2))


def test_dice_of_ones_own_are_rolled_if_none_are_given() -> None:
    """Others in a forked child."""
    layer = Retry()
    mine = layer._memory.dice  # noqa: SLF001 - nobody sees them otherwise
    again = layer._memory.dice  # noqa: SLF001 - likewise
    layer._memory.after_fork()  # noqa: SLF001 - likewise

    assert (True, False) == (mine is again, mine is layer._memory.dice)  # noqa: SLF001 - likewise


def test_calls_wait_together_while_an_origin_is_too_busy(engine: Engine) -> None:
    """The next call as well, though nothing of it has failed yet; and none once the origin is well."""
    policy = RetryPolicy(wait=FixedWait(1), attempts=2, adaptive=True)
    layer = retry(engine, policy)
    times: list[float] = []
    for answers in ([answer(429, headers={"Retry-After": "10"}), answer(429)], [answer(200)], [answer(200)]):
        engine.transport.script("GET", "/", answers)
        _ = performed(engine, [layer], request())
        times.append(engine.clock.now() - 1_000)

    assert (True, True, True) == (10 <= times[0] <= 11, times[0] <= times[1] <= times[0], times[1] == times[2])


def test_a_call_waits_for_a_busy_origin_before_it_is_sent() -> None:
    """And is refused if there is no time for that: nothing is sent."""
    engine = Engine("blocking")
    layer = retry(engine, RetryPolicy(adaptive=True))
    layer._memory.pauses.extend(("http", "api.test", 80), 1_030.0)  # noqa: SLF001 - as another call would
    engine.transport.script("GET", "/", answer(200))
    hurried = Context(streamed=False)
    hurried.deadline = 1_010.0
    refused = performed(engine, [layer], request(), hurried)
    first = engine.clock.now()
    _ = performed(engine, [layer], request())

    assert isinstance(refused, RateLimitTimeout)
    assert (True, 1_000.0, 1) == (30 <= (refused.retry_after or 0) <= 31, first, len(engine.transport.requests))
    assert 1_030 <= engine.clock.now() <= 1_031


@pytest.mark.parametrize(
    ("how", "method", "until"),
    [
        pytest.param({}, "POST", 1_010.0, id="deadline"),
        pytest.param({"attempts": 1}, "GET", 1_030.0, id="attempts"),
        pytest.param({"budget": RetryBudget(capacity=1)}, "GET", 1_030.0, id="budget"),
        pytest.param({"max_retry_after": 20}, "GET", 1_020.0, id="too-long"),
        pytest.param({"statuses": {503}}, "GET", 1_030.0, id="answer"),
    ],
)
def test_a_busy_origin_is_left_alone_though_nothing_is_sent_again(
    engine: Engine, how: dict[str, Any], method: str, until: float
) -> None:
    """Whyever that is: others wait, as long as the server says and as `max_retry_after` allows."""
    layer, context = retry(engine, RetryPolicy(adaptive=True, **how)), Context(streamed=False)
    seconds = 10 if method == "POST" else 30
    context.deadline = 1_005.0 if method == "POST" else None
    engine.transport.script(method, "/", [answer(429, headers={"Retry-After": str(seconds)})])
    _ = performed(engine, [layer], request(method), context)

    assert [until] == list(layer._memory.pauses.moments.values())  # noqa: SLF001 - nobody else tells


def test_a_drop_in_asks_the_transport_what_was_written() -> None:
    """Only for calls that must not be sent twice."""
    marked: list[bool] = []

    def looks(asked: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        marked.append(WANTED in asked.extensions)
        return proceed(asked)

    engine = Engine("blocking")
    for method in ("GET", "POST"):
        engine.transport.script(method, "/", answer(200))
        _ = performed(engine, [retry(engine), looks], request(method))

    assert [False, True] == marked


def test_a_budget_ends_retries(engine: Engine) -> None:
    """Before an outage is multiplied."""
    layer = retry(engine, RetryPolicy(wait=1, budget=RetryBudget(capacity=28)))
    engine.transport.script("GET", "/", answer(503))
    sent = []
    for _ in range(3):
        found = performed(engine, [layer], request())
        sent.append(len(engine.transport.requests))

    assert isinstance(found, httpx.Response)
    assert ([3, 4, 5], "not sent again: the budget for retries of this origin is used up") == (
        sent,
        found.extensions["restkit.stopped"],
    )


def test_a_poller_waits_before_it_fails_for_want_of_budget(engine: Engine) -> None:
    """Then it answers what it has."""
    policy = RetryPolicy(wait=7, budget=RetryBudget(capacity=0), long_poll=True)

    assert (503, 7.0, 1) == gone_through(engine, [answer(503)], policy)


Make = Callable[[Engine], Retry]


@pytest.mark.parametrize(
    ("answers", "left"),
    [
        ([answer(503), answer(200)], 500),
        ([answer(503), answer(503), answer(200)], 486),
        ([answer(503), answer(503), answer(503)], 472),
        ([answer(503), answer(404)], 487),
    ],
    ids=["second", "third", "never", "404"],
)
def test_what_a_retry_costs_comes_back_with_success(answers: Answers, left: int) -> None:
    """Of the one that succeeded."""
    engine = Engine("blocking")
    layer = retry(engine)
    engine.transport.script("GET", "/", answers)
    _ = performed(engine, [layer], request())

    assert left == layer._memory.budgets.left(RetryBudget(), ("http", "api.test", 80))  # noqa: SLF001 - nobody else tells


@pytest.mark.parametrize("policy", [TWO, RetryPolicy(wait=2, budget=None)], ids=["budget", "none"])
@pytest.mark.parametrize("refusal", [None, CircuitOpen("open")])
def test_a_retry_that_was_never_sent_costs_nothing(policy: RetryPolicy, refusal: Exception | None) -> None:
    """Since it was called off while it waited, or refused by a layer below."""
    layer, outcomes = Retry(policy), iter([httpx.ReadError("cut"), refusal])

    def below(_: httpx.Request) -> Flow[httpx.Response]:
        raise next(outcomes)
        yield

    steps = Stepper(layer(request(), below))
    if refusal is None:
        steps.cancel()
    else:
        with pytest.raises(httpx.ReadError):
            steps.answer()

    assert {} == layer._memory.budgets.debts  # noqa: SLF001 - nobody else tells


def test_a_retry_that_before_sleep_stops_costs_nothing(engine: Engine) -> None:
    """What it raises ends the call, as tenacity has it."""
    error = ValueError("enough")

    def stop(_: tenacity.RetryCallState) -> None:
        raise error

    layer = retry(engine, RetryPolicy(wait=2, before_sleep=stop))
    engine.transport.script("GET", "/", [answer(503)])

    assert error is performed(engine, [layer], request())
    assert {} == layer._memory.budgets.debts  # noqa: SLF001 - nobody else tells


def test_each_success_gives_back_a_token() -> None:
    """Until there is no debt, of which nothing is remembered then."""
    engine = Engine("blocking")
    layer = retry(engine, RetryPolicy(wait=1, budget=RetryBudget(transient=2), attempts=2))
    budgets = layer._memory.budgets  # noqa: SLF001 - nobody else tells
    engine.transport.script("GET", "/", [answer(503), answer(503), *[answer(200)] * 3])
    debts = []
    for _ in range(3):
        _ = performed(engine, [layer], request())
        debts.append(dict(budgets.debts))

    origin = ("http", "api.test", 80)
    assert [{origin: 2}, {origin: 1}, {}] == debts
