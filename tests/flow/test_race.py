"""Race: the first to answer."""

from __future__ import annotations

import threading
from typing import Any

import anyio
import anyio.lowlevel
import httpx
import pytest

from restkit.errors import InputError, ResourceError
from restkit.flow import Abandoned, Flow, Open, Promise, Race, Send, Sleep, Spawn, World, run
from restkit.flow.awaiting import arun
from restkit.testing import VirtualClock, answer
from tests.flow.engines import Engine


def after(seconds: float, value: str, log: list[str]) -> Flow[str]:
    """A contender that answers, or raises an error of that name if it begins with an exclamation mark."""
    try:
        yield from Sleep(seconds)
    except BaseException:
        log.append(f"{value} called off")
        raise
    log.append(value)
    if value.startswith("!"):
        raise LookupError(value)
    return value


def race(*flows: Flow[str], then: float = 1.0) -> Flow[str]:
    """A race, and time afterwards."""
    value = yield from Race(*flows)
    yield from Sleep(then)
    return value


def test_the_first_to_answer_wins(engine: Engine) -> None:
    """The others are called off where they stand, and no time is spent on them."""
    log: list[str] = []

    said = engine.perform(race(after(5.0, "slow", log), after(2.0, "fast", log), after(9.0, "last", log)))

    assert ("fast", 1_003.0) == (said, engine.clock.now())
    assert ["fast", "last called off", "slow called off"] == sorted(log)


def test_one_that_fails_does_not_lose_for_all(engine: Engine) -> None:
    """A contender that fails first leaves the race to the others."""
    log: list[str] = []

    assert "slow" == engine.perform(race(after(1.0, "!fast", log), after(2.0, "slow", log)))


def test_the_last_error_is_raised_when_all_fail(engine: Engine) -> None:
    """When every contender has failed, the last error tells why."""
    log: list[str] = []

    with pytest.raises(LookupError, match="!slow"):
        _ = engine.perform(race(after(1.0, "!fast", log), after(2.0, "!slow", log)))


def test_the_answer_is_closed_should_the_run_fail(engine: Engine) -> None:
    """A winner's response belongs to the run, as one that was sent does."""
    engine.transport.script("GET", "/", answer(200))

    def sends() -> Flow[httpx.Response]:
        return (yield from Send(httpx.Request("GET", "http://api.test/")))

    def flow() -> Flow[None]:
        _ = yield from Race(sends())
        raise LookupError

    with pytest.raises(LookupError):
        engine.perform(flow())

    engine.transport.assert_all_over()


def test_a_race_within_a_race(engine: Engine) -> None:
    """A race that loses calls off its own contenders."""
    log: list[str] = []

    def inner() -> Flow[str]:
        return (yield from Race(after(5.0, "a", log), after(6.0, "b", log)))

    assert "won" == engine.perform(race(inner(), after(1.0, "won", log)))
    assert ["a called off", "b called off", "won"] == sorted(log)


class Answer:
    """Something that a contender answers, and that has to be closed."""

    def __init__(self, closed: list[str], *, broken: bool = False) -> None:
        self.closed, self.broken = closed, broken

    def close(self) -> None:
        """Note it."""
        self.closed.append("closed")
        if self.broken:
            raise OSError

    async def aclose(self) -> None:
        """Note it."""
        self.close()


def stubborn(seconds: float, answered: object) -> Flow[object]:
    """A contender that answers even when it is called off, as none should."""
    try:
        yield from Sleep(seconds)
    except BaseException:  # noqa: BLE001
        return answered
    return "won"


@pytest.mark.parametrize("broken", [False, True])
def test_an_answer_that_comes_second_is_closed(engine: Engine, *, broken: bool) -> None:
    """A contender that answers after the race was decided has its answer closed."""
    closed: list[str] = []

    def flow() -> Flow[object]:
        answered = yield from Race(stubborn(1.0, None), stubborn(9.0, Answer(closed, broken=broken)))
        yield from Sleep(1.0)
        return answered

    assert ("won", ["closed"]) == (engine.perform(flow()), closed)


def test_an_answer_that_comes_second_and_needs_no_closing(engine: Engine) -> None:
    """A plain value that comes second is dropped."""

    def flow() -> Flow[object]:
        answered = yield from Race(stubborn(1.0, None), stubborn(9.0, "second"))
        yield from Sleep(1.0)
        return answered

    assert "won" == engine.perform(flow())


def test_a_race_in_a_run_that_is_called_off(engine: Engine) -> None:
    """A client that is closed during a race abandons it, as it does any other call."""
    stop: Promise[None] = Promise()

    def stops() -> Flow[bool]:
        yield from Sleep(1.0)
        return stop.keep()

    log: list[str] = []

    def flow() -> Flow[str]:
        _ = yield from Spawn(stops())
        return (yield from Race(after(5.0, "a", log), after(6.0, "b", log)))

    engine.stop = stop
    with pytest.raises(Abandoned):
        _ = engine.perform(flow())

    assert 1_001.0 == engine.clock.now()


async def test_a_race_that_is_cancelled_when_it_is_won() -> None:
    """The winner is closed if the caller is cancelled while the losers still clean up."""
    closed: list[str] = []

    class Door:
        """Something whose closing takes until the caller is cancelled."""

        async def aopen(self) -> None:
            """Begin."""

        async def aclose(self) -> None:
            """End."""
            scope.cancel()
            await anyio.lowlevel.checkpoint()

    def wins() -> Flow[Answer]:
        """Answer first."""
        yield from Sleep(0)
        return Answer(closed)

    def loses() -> Flow[Answer]:
        """Answer too late."""
        _ = yield from Open(Door())  # type: ignore[type-var]
        yield from Sleep(60.0)
        raise AssertionError

    with anyio.CancelScope() as scope:
        _ = await arun(iter(Race(wins(), loses())), World())

    assert ["closed"] == closed


async def test_an_interruption_closes_every_answer() -> None:
    """That of the winner as well."""
    closed: list[str] = []

    def interrupted() -> Flow[object]:
        """Be interrupted."""
        try:
            yield from Sleep(60.0)
        finally:
            raise SystemExit

    def wins() -> Flow[object]:
        """Answer first."""
        yield from Sleep(0)
        return Answer(closed)

    with pytest.raises(SystemExit):
        _ = await arun(iter(Race(wins(), interrupted())), World())

    assert ["closed"] == closed


@pytest.mark.parametrize(("most", "said"), [(1, "started"), (0, ResourceError)])
def test_a_thread_that_cannot_be_started(monkeypatch: pytest.MonkeyPatch, most: int, said: Any) -> None:
    """Its contender leaves the race to those that have begun."""
    begin, threads = threading.Thread.start, list[threading.Thread]()

    def start(thread: threading.Thread) -> None:
        if len(threads) == most:
            raise RuntimeError("can't start new thread")
        threads.append(thread)
        begin(thread)

    monkeypatch.setattr(threading.Thread, "start", start)
    try:
        found: Any = run(iter(Race(after(0.0, "started", []), after(0.0, "not started", []))), World())
    except ResourceError as error:
        found = type(error)

    assert said == found


def test_an_interruption_when_the_answer_has_come() -> None:
    """Nobody will take it, so it is closed."""
    closed: list[str] = []

    class Interrupted(VirtualClock):
        """A clock on which Ctrl-C comes just after."""

        def block(self, gate: threading.Lock, timeout: float | None) -> bool:
            """Wait."""
            opened = super().block(gate, timeout)
            if threading.current_thread() is threading.main_thread():
                raise KeyboardInterrupt
            return opened

    def wins() -> Flow[Answer]:
        yield from Sleep(1.0)
        return Answer(closed)

    with pytest.raises(KeyboardInterrupt):
        _ = run(iter(Race(wins())), World(clock=Interrupted()))

    assert ["closed"] == closed


def test_a_race_needs_a_contender() -> None:
    """One at least."""
    with pytest.raises(InputError, match="at least one"):
        _ = Race[str]()
