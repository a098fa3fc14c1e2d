"""Spawn: work in the background of a client."""

from __future__ import annotations

import asyncio
import logging
import threading
from contextvars import ContextVar, copy_context

import pytest

from restkit.flow import Abandoned, Background, Flow, Promise, Sleep, Spawn, World
from restkit.flow.awaiting import arun
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


WHO: ContextVar[str] = ContextVar("who", default="nobody")


def test_knows_the_context_of_whoever_asked(engine: Engine) -> None:
    """What is bound to the call, such as a trace, is bound to the work."""
    seen: list[str] = []

    def looks() -> Flow[None]:
        yield from Sleep(1.0)
        seen.append(WHO.get())

    def flow() -> Flow[None]:
        _ = WHO.set("me")
        _ = yield from Spawn(looks())
        yield from Sleep(2.0)

    copy_context().run(engine.perform, flow())

    assert ["me"] == seen


def test_a_thread_that_cannot_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no room for it, and its place is free for the next."""
    engine = Engine("blocking")

    def start(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)

    assert not engine.perform(iter(Spawn(works(1.0, []))))
    assert 0 == len(engine.background)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_work_of_a_loop_that_was_closed_by_hand_is_dropped() -> None:
    """It cannot go on: it is cleaned up, and its place is free for the next."""
    background, log = Background(limit=1), list[str]()

    def begin(flow: Flow[None]) -> tuple[bool, asyncio.Task[None] | None]:
        loop = asyncio.new_event_loop()
        admitted = loop.run_until_complete(arun(iter(Spawn(flow)), World(background=background)))
        loop.run_until_complete(asyncio.sleep(0))  # noqa: TID251 - it takes no time
        loop.close()
        (job,) = background._jobs  # noqa: SLF001 - whose task is destroyed on purpose
        job.task._log_destroy_pending = False  # type: ignore[union-attr] # noqa: SLF001
        return admitted, job.task

    first, forgotten = begin(works(60.0, log))[0], begin(works(60.0, log))[1]

    assert (True, ["called off"]) == (first, log)
    background.close(World())
    assert (["called off"] * 2, 0, True) == (log, len(background), forgotten is not None)
