"""Flows that must be over by a moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from restkit.flow import Ask, Flow, Open, Promise, Race, Send, Sleep, Spawn, Wait
from restkit.flow.bounded import bounded
from restkit.testing import Stepper, VirtualClock, answer
from tests.flow.engines import Engine
from tests.flow.test_ask import Door


class Late(Exception):
    """The moment has passed."""


def within(seconds: float, flow: Flow[Any], clock: VirtualClock) -> Flow[Any]:
    """The flow, which has so many seconds."""
    return bounded(flow, clock.now() + seconds, clock.now, Late)


def asks(*effects: Any) -> Flow[list[Any]]:
    """Ask for these, one after the other."""
    answers: list[Any] = []
    for effect in effects:
        answers += [(yield from effect)]
    return answers


def test_what_is_in_time_is_as_ever(engine: Engine) -> None:
    """Every effect is answered, and every answer returned."""
    engine.transport.script("GET", "/", answer(204))
    promise: Promise[int] = Promise()
    _ = promise.keep(7)
    effects = (
        Send(httpx.Request("GET", "http://api.test/"), whole=True),
        Sleep(1.0),
        Ask.of(len, "abc"),
        Wait(promise),
        Wait(promise, engine.clock.now() + 2.0),
        Race(asks(Sleep(2.0)), asks(Sleep(1.0))),
        Spawn(asks()),
    )

    response, *others = engine.perform(within(5.0, asks(*effects), engine.clock))

    assert (204, [None, 3, 7, 7, [None], True], 1_002.0) == (response.status_code, others, engine.clock.now())


@pytest.mark.parametrize(
    ("ask", "passes"),
    [
        pytest.param(lambda _: Sleep(60.0), 0.0, id="sleep"),
        pytest.param(lambda _: Sleep(5.0), 0.0, id="sleep-to-the-moment"),
        pytest.param(lambda _: Wait(Promise[None]()), 5.0, id="wait"),
        pytest.param(lambda clock: Wait(Promise[None](), clock.now() + 60.0), 5.0, id="wait-longer"),
        pytest.param(lambda clock: Ask.of(clock.sleep, 6.0), 6.0, id="ask"),
        pytest.param(lambda _: Race(asks(Sleep(60.0)), asks(Sleep(70.0))), 0.0, id="race"),
        pytest.param(lambda _: Race(asks(Wait(Promise[None]()))), 5.0, id="race-of-waits"),
    ],
)
def test_what_is_not_in_time(engine: Engine, ask: Callable[[VirtualClock], Any], passes: float) -> None:
    """A sleep that would outlast the moment is not begun, a wait is cut, and what comes back late is no answer."""
    with pytest.raises(Late):
        engine.perform(within(5.0, asks(ask(engine.clock)), engine.clock))

    assert 1_000.0 + passes == engine.clock.now()


def test_a_wait_that_ends_before_is_its_own(engine: Engine) -> None:
    """Its TimeoutError is for whoever asked."""
    wait = Wait(Promise[None](), engine.clock.now() + 1.0)

    with pytest.raises(TimeoutError):
        engine.perform(within(5.0, asks(wait), engine.clock))


def test_a_timeout_within_a_race_is_its_own(engine: Engine) -> None:
    """As long as the moment has not come."""
    wait = Wait(Promise[None](), engine.clock.now() + 1.0)

    with pytest.raises(TimeoutError):
        engine.perform(within(5.0, asks(Race(asks(wait))), engine.clock))


def test_nothing_begins_after_the_moment(engine: Engine) -> None:
    """Whoever goes on nevertheless is told so again."""
    asked: list[str] = []

    def stubborn() -> Flow[str]:
        with pytest.raises(Late):
            yield from Ask.of(engine.clock.sleep, 6.0)
        with pytest.raises(Late):
            yield from Ask.of(asked.append, "later")
        return "went on"

    assert ("went on", []) == (engine.perform(within(5.0, stubborn(), engine.clock)), asked)


def test_what_is_open_is_closed(engine: Engine) -> None:
    """As when any run fails."""
    log: list[str] = []

    with pytest.raises(Late):
        engine.perform(within(5.0, asks(Open(Door(log)), Sleep(60.0)), engine.clock))

    assert ["open door", "close door"] == log


def test_a_flow_that_is_called_off() -> None:
    """It hears of it where it stands."""
    log: list[str] = []

    def flow() -> Flow[None]:
        try:
            yield from Sleep(1.0)
        finally:
            log.append("finally")

    Stepper(within(5.0, flow(), VirtualClock())).cancel()

    assert ["finally"] == log


def test_layers_below_may_be_one_effect() -> None:
    """As they are where a layer is stepped by hand."""
    request, response = httpx.Request("GET", "http://api.test/"), answer(200)
    steps = Stepper(within(5.0, Send(request), VirtualClock()))  # type: ignore[arg-type]
    assert Send(request) == steps.effect

    steps.answer(response)

    assert response is steps.returned
