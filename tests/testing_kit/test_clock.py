"""The virtual clock, alone, shared by threads, and on both loops."""

from __future__ import annotations

import asyncio
import socket
import threading

import anyio
import pytest

from restkit.flow import Flow, Promise, Race, Sleep, Wait, World, run
from restkit.flow.awaiting import arun
from restkit.testing import Deadlock, VirtualClock, run_asyncio, run_trio, threads

SECONDS = 20.0


def test_time_passes_only_by_being_slept_through() -> None:
    """An hour is slept in no time, on both of its faces; no time passes backwards."""
    clock = VirtualClock(now=5.0, wall=100.0)

    clock.sleep(3_600.0)
    clock.sleep(-1.0)
    clock.sleep_until(7.0)

    assert (3_605.0, 3_700.0) == (clock.now(), clock.wall())


def test_a_thread_that_is_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits for nobody."""
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    clock = VirtualClock(now=0.0)
    clock.sleep(3.0)

    assert 3.0 == clock.now()


def test_the_wall_clock_is_set() -> None:
    """Forward or back; no time passes by it."""
    clock = VirtualClock(now=0.0, wall=100.0)
    clock.step(-30.0)

    assert (0.0, 70.0) == (clock.now(), clock.wall())


def test_a_gate_that_stays_shut() -> None:
    """Waiting for a gate takes its timeout, and none if the gate is open."""
    clock, gate = VirtualClock(), threading.Lock()

    assert clock.block(gate, 5.0)
    assert not clock.block(gate, 5.0)
    assert 1_005.0 == clock.now()


def test_a_deadlock_is_an_error() -> None:
    """One thread that waits without limit will never be woken, and is told so."""
    clock = VirtualClock()

    def waits() -> Flow[None]:
        yield from Wait(Promise[None]())

    with pytest.raises(Deadlock, match="nobody left"):
        run(waits(), World(clock=clock))


def test_a_deadlock_on_a_loop_is_an_error() -> None:
    """The same holds for an asyncio loop whose tasks all wait."""
    clock = VirtualClock()

    with pytest.raises(Deadlock, match="nobody left"):
        run_asyncio(lambda: Promise[None]().wait(clock), clock)


def test_threads_sleep_side_by_side() -> None:
    """Of threads that sleep at once each wakes at its own moment, in their order."""
    clock, log = VirtualClock(), list[tuple[float, float]]()

    def contender(seconds: float) -> Flow[float]:
        yield from Sleep(seconds)
        log.append((seconds, clock.now()))
        raise LookupError

    def race() -> Flow[float]:
        return (yield from Race(*map(contender, (3.0, 1.0, 2.0))))

    with pytest.raises(LookupError):
        _ = run(race(), World(clock=clock))

    assert [(1.0, 1_001.0), (2.0, 1_002.0), (3.0, 1_003.0)] == log


def test_a_thread_that_waits_for_something_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread that does not come to wait at the clock holds it back for a while, in real time, and then no longer."""
    monkeypatch.setattr(threads, "PATIENCE", 0.02)
    clock, release = VirtualClock(), threading.Event()
    outside = threading.Thread(target=release.wait, args=(SECONDS,))
    outside.start()

    clock.sleep(5.0)
    assert (1_005.0, True) == (clock.now(), outside.is_alive())
    release.set()
    outside.join(SECONDS)


def test_whoever_waits_without_limit_may_be_woken_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as another thread lives there is no deadlock: it may still open the gate."""
    monkeypatch.setattr(threads, "PATIENCE", 0.02)
    clock, gate, go_on = VirtualClock(), threading.Lock(), threading.Event()
    _ = gate.acquire()

    def outside() -> None:
        _ = go_on.wait(0.1)
        gate.release()

    thread = threading.Thread(target=outside)
    thread.start()

    assert clock.block(gate, None)
    thread.join(SECONDS)


def test_an_asyncio_loop() -> None:
    """Tasks on a loop that has the clock's time sleep side by side."""
    clock = VirtualClock()

    async def main() -> float:
        """What runs on the loop."""
        async with anyio.create_task_group() as group:
            _ = group.start_soon(clock.asleep, 5.0)
            _ = group.start_soon(clock.asleep, 3.0)
        return clock.now()

    assert 1_005.0 == run_asyncio(main, clock)


def test_trio() -> None:
    """On trio its own clock leads, and ours goes on from there afterwards."""
    clock = VirtualClock()

    async def main() -> float:
        """What runs on the loop."""
        async with anyio.create_task_group() as group:
            _ = group.start_soon(clock.asleep, 5.0)
            _ = group.start_soon(clock.asleep, 3.0)
        clock.sleep(1.0)
        return clock.now()

    assert 1_006.0 == run_trio(main, clock)
    clock.sleep(1.0)
    assert 1_007.0 == clock.now()


async def test_another_loop() -> None:
    """On a loop that has its own time each sleep sets the clock forward by itself."""
    clock = VirtualClock()

    await clock.asleep(3_600.0)

    assert 4_600.0 == clock.now()


def test_another_clocks_loop() -> None:
    """A loop in one clock's time is like any other for another clock."""
    clock, other = VirtualClock(), VirtualClock()

    run_asyncio(lambda: other.asleep(5.0), clock)

    assert (1_000.0, 1_005.0) == (clock.now(), other.now())


def test_threads_on_a_virtual_loop() -> None:
    """A loop waits for what its threads give it before it lets time pass."""
    clock = VirtualClock()

    async def main() -> tuple[int, float]:
        """What runs on the loop."""
        seven = await asyncio.get_running_loop().run_in_executor(None, lambda: 7)
        at = clock.now()
        await asyncio.sleep(5.0)  # noqa: TID251 - in virtual time
        return seven, at

    assert (7, 1_000.0) == run_asyncio(main, clock)


def test_sockets_on_a_virtual_loop() -> None:
    """A loop that watches real sockets waits for them in real time."""
    clock = VirtualClock()

    async def main() -> bytes:
        """What runs on the loop."""
        ours, theirs = socket.socketpair()
        ours.setblocking(False)  # noqa: FBT003 - the socket's own spelling
        with ours, theirs:
            reading = asyncio.ensure_future(asyncio.get_running_loop().sock_recv(ours, 10))
            _ = threading.Timer(0.01, theirs.send, (b"hello",)).start()
            return await reading

    assert b"hello" == run_asyncio(main, clock)


def test_loops_in_threads_share_a_clock() -> None:
    """Several loops in their threads live in one time."""
    clock, log = VirtualClock(), list[tuple[float, float]]()
    start = threading.Barrier(2)

    def rests(seconds: float) -> Flow[None]:
        yield from Sleep(seconds)
        log.append((seconds, clock.now()))

    def thread(seconds: float) -> None:
        _ = start.wait(SECONDS)
        run_asyncio(lambda: arun(rests(seconds), World(clock=clock)), clock)

    each = [threading.Thread(target=thread, args=(seconds,)) for seconds in (2.0, 1.0)]
    for one in each:
        one.start()
    for one in each:
        one.join(SECONDS)

    assert [(1.0, 1_001.0), (2.0, 1_002.0)] == log
