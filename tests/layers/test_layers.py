"""The layers, each stepped by hand: no clock runs, no loop, no network."""

from __future__ import annotations

import logging
from collections.abc import Generator
from typing import Any

import httpx
import pytest

from restkit import (
    AttemptEnded,
    AttemptStarted,
    CallEnded,
    CallStarted,
    Clock,
    Context,
    Deadline,
    DeadlineExceeded,
    Flow,
    Hooks,
    Log,
    Observe,
    Pipeline,
    Proceed,
    Send,
    Sleep,
)
from restkit.flow.deadline import EARLY
from restkit.testing import VirtualClock
from tests.client.worlds import World
from tests.loopback import Loopback


class Standing(Clock):
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.time = 100.0

    def now(self) -> float:
        """What it was set to."""
        return self.time


def request() -> httpx.Request:
    """A request."""
    return httpx.Request("GET", "https://api.test/users/7?token=canary")


def below(request: httpx.Request) -> Flow[httpx.Response]:
    """The layers below: they send."""
    return (yield from Send(request))


Step = Generator[Any, Any, httpx.Response]


def finish(flow: Step, response: httpx.Response) -> httpx.Response:
    """Answer what a flow asked for, and take its result."""
    with pytest.raises(StopIteration) as stop:
        flow.send(response)
    answer: httpx.Response = stop.value.value
    return answer


@pytest.mark.parametrize(
    "layer",
    [
        pytest.param(Deadline(5), id="deadline"),
        pytest.param(Deadline(None), id="no-deadline"),
        pytest.param(Hooks(), id="hooks"),
        pytest.param(Log(), id="log"),
        pytest.param(Observe([]), id="observe"),
        pytest.param(Observe.attempts([]), id="attempts"),
    ],
)
def test_a_layer_proceeds_once_and_answers_what_came(layer: Any) -> None:
    """Each asks for one send, and hands the response on."""
    sent, response = request(), httpx.Response(200, request=request())
    flow = layer(sent, below)

    effect = next(flow)

    assert (Send(sent), response) == (effect, finish(flow, response))


def test_a_deadline_is_a_moment_of_the_context() -> None:
    """For all layers below."""
    sent, clock = request(), Standing()

    _ = next(Deadline(5, clock)(sent, below))

    assert 105.0 == Context.of(sent).deadline


@pytest.mark.parametrize("error", [httpx.ReadTimeout("x"), httpx.PoolTimeout("x"), TimeoutError("x")])
def test_a_timeout_after_the_deadline_is_the_deadlines(error: Exception) -> None:
    """Whichever step it hit."""
    clock = Standing()
    flow = Deadline(5, clock)(request(), below)
    _ = next(flow)
    clock.time = 105.0

    with pytest.raises(DeadlineExceeded, match="within its deadline of 5 s") as caught:
        flow.throw(error)

    assert error is caught.value.__cause__


def test_a_timer_may_be_a_little_early() -> None:
    """Less than a millisecond counts as in time."""
    clock = Standing()
    flow = Deadline(5, clock)(request(), below)
    _ = next(flow)
    clock.time = 105.0 - EARLY / 2

    with pytest.raises(DeadlineExceeded):
        flow.throw(httpx.ReadTimeout("x"))


def test_a_timeout_before_the_deadline_is_its_own() -> None:
    """It may be tried again."""
    clock, error = Standing(), httpx.ReadTimeout("x")
    flow = Deadline(5, clock)(request(), below)
    _ = next(flow)
    clock.time = 104.0

    with pytest.raises(httpx.ReadTimeout) as caught:
        flow.throw(error)

    assert error is caught.value


def test_another_error_after_the_deadline_is_its_own() -> None:
    """It says more."""
    clock = Standing()
    flow = Deadline(5, clock)(request(), below)
    _ = next(flow)
    clock.time = 200.0

    with pytest.raises(httpx.ReadError):
        flow.throw(httpx.ReadError("x"))


def test_a_calls_own_deadline_goes_first() -> None:
    """Though it be None."""
    sent = httpx.Request("GET", "https://api.test/", extensions={"restkit": Context(options={"deadline": None})})

    _ = next(Deadline(5, Standing())(sent, below))

    assert None is Context.of(sent).deadline


def test_observers_are_told_of_calls_and_attempts() -> None:
    """With their moments, by the clock of the client."""
    events: list[Any] = []
    clock = Standing()
    sent = request()
    inner = Observe.attempts([events.append], clock)
    flow = Observe([events.append], clock)(sent, lambda request: inner(request, below))
    _ = next(flow)
    clock.time = 103.0

    _ = finish(flow, httpx.Response(204, request=sent, content=b""))

    where = ("GET", "https://api.test/users/7?token=[redacted]", "")
    assert [
        CallStarted(*where),
        AttemptStarted(*where),
        AttemptEnded(*where, 204, None, 3.0, 0),
        CallEnded(*where, 204, None, 3.0, 0),
    ] == events


def test_observers_are_told_of_a_cancellation() -> None:
    """It is an end as well."""
    events: list[Any] = []
    flow = Observe([events.append])(request(), below)
    _ = next(flow)

    flow.close()

    assert [None, GeneratorExit] == [events[-1].status, type(events[-1].error)]


def test_the_log_names_an_error(caplog: pytest.LogCaptureFixture) -> None:
    """Where there is no status to tell."""
    caplog.set_level(logging.INFO, "restkit")
    flow = Log()(request(), below)
    _ = next(flow)

    with pytest.raises(httpx.ReadError):
        flow.throw(httpx.ReadError("x"))

    assert ["GET https://api.test/users/7?token=[redacted] ReadError"] == caplog.messages


class Twice:
    """A layer of a user's own: it sends once more after an error status."""

    def __call__(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Proceed, wait, proceed."""
        response = yield from proceed(request)
        if response.is_error:
            yield from Sleep(0)
            response = yield from proceed(httpx.Request(request.method, request.url, extensions=request.extensions))
        return response


def flaky(statuses: list[int]) -> httpx.MockTransport:
    """Answers these statuses, one after the other."""
    return httpx.MockTransport(lambda _: httpx.Response(statuses.pop(0)))


@pytest.mark.parametrize("place", ["layers", "attempt_layers"])
def test_a_layer_of_ones_own_sees_every_call(world: World, place: str) -> None:
    """Each send is an attempt, and the answer knows them all."""
    client = world.client(base_url="https://api.test", transport=flaky([503, 200]), **{place: [Twice()]})

    answer = world(client.get("/x"))

    assert (200, [(1, 503), (2, 200)]) == (answer.status_code, [attempt[:2] for attempt in answer.attempts])


def test_layers_work_in_a_plain_httpx_client(world: World) -> None:
    """`httpx.Client(transport=Pipeline([...]))`: no client of ours is needed."""
    kind: Any = httpx.AsyncClient if world.awaits else httpx.Client
    pipeline = Pipeline([Deadline(5), Twice(), Log()], flaky([503, 200]))

    with world.open(kind(transport=pipeline)) as client:
        answer = world(client.get("https://api.test/x"))

    assert (200, False) == (answer.status_code, "restkit" in answer.request.extensions)


def test_pipelines_can_be_stacked(world: World) -> None:
    """The outer one's context is the call's."""
    kind: Any = httpx.AsyncClient if world.awaits else httpx.Client
    inner = Pipeline([Twice()], flaky([503, 503, 200]))

    with world.open(kind(transport=Pipeline([Twice()], inner))) as client:
        answer = world(client.get("https://api.test/x"))

    assert 200 == answer.status_code


def test_a_pipeline_has_an_attempt_timeout(world: World, server: Loopback) -> None:
    """Of its own, without a client."""
    kind: Any = httpx.AsyncClient if world.awaits else httpx.Client

    with (
        pytest.raises(httpx.ReadTimeout),
        world.open(kind(transport=Pipeline(attempt_timeout=0.05), timeout=None)) as client,
    ):
        world(client.get(f"{server.url}/slow"))


class Rests:
    """A layer that sleeps first."""

    def __call__(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Sleep for long."""
        yield from Sleep(1_000.0)
        return (yield from proceed(request))


def test_nobody_sleeps_into_a_deadline(world: World) -> None:
    """That a sleep would outlast it is clear before it begins."""
    clock = VirtualClock()
    client = world.mocked(lambda _: httpx.Response(200), layers=[Rests()], clock=clock)

    with pytest.raises(DeadlineExceeded, match="within its deadline of 60 s"):
        world(client.get("/x"))

    assert 1_000.0 == clock.now()


def test_the_time_of_hooks_counts(world: World) -> None:
    """Nothing cuts a hook short, but that it was slow is noticed when it comes back."""
    clock, sent = VirtualClock(), list[httpx.Request]()

    def slow(_: httpx.Request) -> None:
        clock.sleep(61.0)

    def handler(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200)

    client = world.mocked(handler, before=[slow], clock=clock)

    with pytest.raises(DeadlineExceeded):
        world(client.get("/x"))

    assert [] == sent
