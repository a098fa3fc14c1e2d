"""Spawn: work in the background of a client."""

from __future__ import annotations

import logging

import pytest

from restkit.flow import Abandoned, Background, Flow, Promise, Sleep, Spawn
from tests.flow.engines import Engine


def works(seconds: float, log: list[str]) -> Flow[None]:
    """Background work that notes how it ended."""
    try:
        yield from Sleep(seconds)
        log.append("done")
    except BaseException:
        log.append("called off")
        raise


def breaks() -> Flow[None]:
    """Background work that fails."""
    yield from Sleep(1.0)
    raise LookupError("the work broke")


def test_outlives_what_asked_for_it(engine: Engine) -> None:
    """The flow goes on at once, and the work is done beside it."""
    log: list[str] = []

    def flow() -> Flow[tuple[bool, float, int]]:
        admitted = yield from Spawn(works(2.0, log))
        at, under_way = engine.clock.now(), len(engine.background)
        yield from Sleep(3.0)
        return admitted, at, under_way

    assert (True, 1_000.0, 1) == engine.perform(flow())
    assert (["done"], 0) == (log, len(engine.background))


def test_is_bounded(engine: Engine) -> None:
    """Where there is no room the answer is False, and the flow is closed before it began."""
    engine.background = Background(limit=1)
    log: list[str] = []

    def flow() -> Flow[tuple[bool, bool]]:
        first = yield from Spawn(works(2.0, log))
        second = yield from Spawn(works(2.0, log))
        yield from Sleep(1.0)
        return first, second

    assert (True, False) == engine.perform(flow())
    assert ["called off"] == log


def test_ends_when_its_owner_closes(engine: Engine) -> None:
    """Closing calls off what is under way, and refuses what comes later."""
    log: list[str] = []

    def flow() -> Flow[None]:
        _ = yield from Spawn(works(60.0, log))
        yield from Sleep(1.0)

    engine.perform(flow())

    assert (["called off"], 0) == (log, len(engine.background))
    assert None is engine.background.admit(works(1.0, log))


def test_a_failure_is_logged(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    """Nobody waits for background work, so its error is written to the log; being called off is none."""
    log: list[str] = []

    def flow() -> Flow[None]:
        _ = yield from Spawn(breaks())
        _ = yield from Spawn(works(60.0, log))
        yield from Sleep(2.0)

    with caplog.at_level(logging.WARNING, "restkit"):
        engine.perform(flow())

    assert ["background work failed: the work broke"] == caplog.messages


def test_work_that_is_stopped_before_it_begins(engine: Engine) -> None:
    """Work that was admitted and then called off at once never runs to its end."""
    log: list[str] = []

    def flow() -> Flow[bool]:
        return (yield from Spawn(works(60.0, log)))

    assert engine.perform(flow())
    assert ("done" in log, len(engine.background)) == (False, 0)


def test_work_that_will_not_end_holds_nobody_up(caplog: pytest.LogCaptureFixture) -> None:
    """Closing waits a tenth of a second for each piece of work, and not for ever."""
    engine, parked = Engine("blocking"), Promise[None]()
    job = engine.background.admit(works(1.0, []))
    assert job is not None

    engine.background.close(engine.world)

    assert (1_000.1, True, False) == (round(engine.clock.now(), 6), job.stop.is_kept, parked.is_kept)
    assert [] == caplog.messages
    job.flow.close()


def test_awaited_work_that_will_not_end_holds_nobody_up(awaiting: Engine) -> None:
    """The same holds when closing is awaited."""

    def flow() -> Flow[None]:
        yield from Sleep(1.0)

    job = awaiting.background.admit(works(1.0, []))
    assert job is not None

    awaiting.perform(flow())

    assert 1_001.1 == round(awaiting.clock.now(), 6)
    job.flow.close()


def test_a_forked_child_has_no_background_work() -> None:
    """The jobs of the parent are not the child's."""
    background = Background()
    job = background.admit(works(1.0, []))
    assert job is not None

    background.after_fork()

    assert 0 == len(background)
    job.flow.close()


def test_abandoned_is_no_exception() -> None:
    """A flow that catches Exception does not catch being called off."""
    assert not issubclass(Abandoned, Exception)
