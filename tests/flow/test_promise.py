"""Promise: the one way to wait for another caller."""

from __future__ import annotations

import asyncio
import gc
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from restkit.flow import Abandoned, Clock, Promise, World, run
from restkit.flow.awaiting import arun
from restkit.flow.promise import opener
from restkit.testing import VirtualClock, run_trio
from tests.flow.test_waiting import waits

SECONDS = 20.0
"""Seconds after which a test that waits for another thread has failed."""


class Interleaving(RuleBasedStateMachine):
    """Any order of keeping, abandoning, enlisting and forgetting, by waiters some of whose loops are dead."""

    def __init__(self) -> None:
        super().__init__()
        self.promise: Promise[int] = Promise()
        self.calls: list[int] = []
        self.came = 0
        self.wakers: list[tuple[object, bool]] = []
        self.gone = self.taken = False
        self.kept: list[bool] = []

    @rule(alive=st.booleans())
    def enlist(self, *, alive: bool) -> None:
        """A waiter comes, on a loop that lives or not."""
        self.came += 1
        number = self.came

        def wake() -> bool:
            self.calls.append(number)
            return alive

        running = not self.gone and not self.kept
        assert running == self.promise.enlist(wake)
        if running:
            self.wakers.append((wake, alive))

    @rule(which=st.integers(0, 5))
    def forget(self, which: int) -> None:
        """A waiter takes back its waker, or one that was never known is forgotten."""
        if which < len(self.wakers) and not self.kept:
            wake, _ = self.wakers.pop(which)
            self.promise.forget(wake)  # type: ignore[arg-type]
        self.promise.forget(bool)

    @rule(value=st.integers())
    def keep(self, value: int) -> None:
        """The value is given; whoever gives it a second time keeps it."""
        delivered = self.promise.keep(value)
        first = not self.gone and not self.kept
        reached = any(alive for _, alive in self.wakers) or not self.wakers

        assert (first and reached) == delivered
        if first:
            self.kept.append(delivered)
            self.gone = not reached

    @rule()
    def abandon(self) -> None:
        """The only waiter leaves: it must pass on what had come, once."""
        owes_nothing = self.promise.abandon()

        assert owes_nothing == (not self.kept or self.gone)
        self.gone = self.gone or not self.kept

    @invariant()
    def is_consistent(self) -> None:
        """A promise is kept exactly when its value was delivered."""
        assert self.promise.is_kept == (bool(self.kept) and self.kept[0])
        assert len(self.calls) == len(set(self.calls))


TestInterleaving = Interleaving.TestCase


@given(st.lists(st.sampled_from(["keep", "abandon"]), max_size=4), st.integers(0, 3))
def test_a_value_is_never_lost(order: list[str], waiters: int) -> None:
    """Whatever the order, exactly one side owns the value in the end."""
    promise: Promise[int] = Promise()
    for _ in range(waiters):
        assert promise.enlist(Waker())
    delivered = [promise.keep(7) for step in order if step == "keep"]

    assert sum(delivered) <= 1


class Waker:
    """A waker whose loop lives."""

    def __call__(self) -> bool:
        """Rouse it."""
        return True


def test_a_value_comes_from_another_thread() -> None:
    """A blocked thread goes on with the value that another thread gives."""
    promise: Promise[int] = Promise()
    answers: list[int] = []
    thread = threading.Thread(target=lambda: answers.append(run(waits(promise), World())))
    thread.start()

    assert promise.keep(7)
    thread.join(SECONDS)

    assert [7] == answers


def test_a_value_crosses_loops() -> None:
    """Waiters on several loops and in threads are all roused by one `keep`."""
    promise: Promise[int] = Promise()
    answers: list[int] = []
    clock = Clock()

    def on_asyncio() -> None:
        answers.append(asyncio.run(arun(waits(promise), World(clock=clock))))

    def on_trio() -> None:
        import trio

        answers.append(trio.run(lambda: arun(waits(promise), World(clock=clock))))

    def blocked() -> None:
        answers.append(run(waits(promise), World(clock=clock)))

    threads = [threading.Thread(target=each) for each in (on_asyncio, on_trio, blocked)]
    for thread in threads:
        thread.start()
    assert promise.keep(7)
    for thread in threads:
        thread.join(SECONDS)

    assert [7, 7, 7] == answers


def test_a_dead_loop_gives_the_value_back() -> None:
    """If the loop of the only waiter was closed, the giver still owns what it wanted to hand over."""
    promise: Promise[int] = Promise()
    loop = asyncio.new_event_loop()
    task = loop.create_task(arun(waits(promise), World()))
    loop.run_until_complete(let_start())
    loop.close()
    task._log_destroy_pending = False  # type: ignore[attr-defined] # noqa: SLF001 - it is destroyed on purpose

    assert not promise.keep(7)
    assert not promise.keep(8)


async def let_start() -> None:
    """Let other tasks go as far as they can."""
    import anyio.lowlevel

    for _ in range(3):
        await anyio.lowlevel.checkpoint()


def test_a_dead_loop_beside_a_living_one() -> None:
    """A waiter whose loop died does not keep the value from the others."""
    promise: Promise[int] = Promise()
    assert promise.enlist(lambda: False)
    assert promise.enlist(Waker())

    assert promise.keep(7)


def test_a_waiter_that_left_while_its_loop_died() -> None:
    """A value that was taken by a leaving waiter counts as delivered, though no loop could be roused."""
    promise: Promise[int] = Promise()
    left: list[bool] = []

    def wake() -> bool:
        left.append(promise.abandon())
        return False

    assert promise.enlist(wake)

    assert promise.keep(7)
    assert [False] == left


def test_a_finalizer_may_keep_a_promise() -> None:
    """Keeping is safe within a finalizer that runs while this thread is inside the promise."""
    promise: Promise[int] = Promise()

    class Forgotten:
        """Something that is only collected."""

        def __init__(self) -> None:
            self.me = self

        def __del__(self) -> None:
            kept.append(promise.keep(7))

    kept: list[bool] = []
    _ = Forgotten()
    del _
    with promise._lock:  # noqa: SLF001 - where a finalizer may run
        _ = gc.collect()

    assert ([True], 7) == (kept, promise.value)


def test_a_kept_promise_is_not_waited_for_by_an_awaiting_caller() -> None:
    """On trio too, what has come is answered at once, after being abandoned nothing ever comes."""
    clock, kept, gone = VirtualClock(), Promise[int](), Promise[int]()
    _ = kept.keep(7)
    _ = gone.abandon()

    assert 7 == run_trio(lambda: arun(waits(kept), World(clock=clock)), clock)
    assert None is run_trio(lambda: arun(waits(gone), World(clock=clock)), clock)


def test_keep_between_the_look_and_the_enlisting() -> None:
    """A value that comes just before the waker is enlisted is not missed."""

    class Hasty(Promise[int]):
        """Acts just before it is due."""

        __slots__ = ()

        def enlist(self, wake: object) -> bool:
            """Come, just after the value."""
            _ = self.keep(7)
            return super().enlist(wake)  # type: ignore[arg-type]

    clock = VirtualClock()

    assert 7 == Hasty().block(clock)
    assert 7 == run_trio(lambda: Hasty().wait(clock), clock)


def test_whoever_waits_is_called_off_by_another_thread() -> None:
    """A blocked waiter is abandoned as soon as its stop is kept, by whichever thread."""
    promise, stop = Promise[int](), Promise[None]()
    raised: list[type[BaseException]] = []

    def waiter() -> None:
        try:
            _ = run(waits(promise), World(stop=stop))
        except Abandoned as error:
            raised.append(type(error))

    thread = threading.Thread(target=waiter)
    thread.start()

    assert stop.keep()
    thread.join(SECONDS)

    assert [Abandoned] == raised


@pytest.mark.parametrize("threads", [8])
def test_only_one_giver_delivers(threads: int) -> None:
    """Of many threads that keep a promise at once, exactly one delivers."""
    promise: Promise[int] = Promise()
    start, delivered = threading.Barrier(threads), list[bool]()

    def give(value: int) -> None:
        _ = start.wait(SECONDS)
        delivered.append(promise.keep(value))

    givers = [threading.Thread(target=give, args=(value,)) for value in range(threads)]
    for giver in givers:
        giver.start()
    for giver in givers:
        giver.join(SECONDS)

    assert (1, threads) == (sum(delivered), len(delivered))


def test_a_waiter_is_roused_only_once() -> None:
    """A blocked waiter whose value and whose end come together is roused by the first of them."""
    promise, stop = Promise[int](), Promise[None]()

    class Both(VirtualClock):
        """A clock on which both come at once."""

        def block(self, gate: threading.Lock, _: float | None) -> bool:
            """Perform it, blocking."""
            assert (promise.keep(7), stop.keep()) == (True, True)
            return gate.acquire(blocking=False)

    assert 7 == promise.block(Both(), None, stop)


def test_a_shared_promise_stays_kept() -> None:
    """A stop is a broadcast: that every loop of its waiters is dead makes it no less true."""
    stop: Promise[None] = Promise(shared=True)
    assert stop.enlist(lambda: False)

    assert (True, False, True) == (stop.keep(), stop.keep(), stop.is_kept)


def test_a_waker_that_raises_does_not_keep_the_others_asleep() -> None:
    """Every waiter is roused, then the first error is raised."""
    promise: Promise[int] = Promise()
    roused: list[str] = []

    def breaks() -> bool:
        roused.append("breaks")
        raise OSError("broken")

    def wakes() -> bool:
        roused.append("wakes")
        return True

    for wake in (breaks, wakes):
        assert promise.enlist(wake)
    with pytest.raises(OSError, match="broken"):
        _ = promise.keep(7)

    assert (["breaks", "wakes"], 7) == (roused, promise.value)


def test_a_gate_that_two_open_at_once() -> None:
    """Who comes second finds it open, and that is no error."""
    gate = threading.Lock()
    _ = gate.acquire()
    wake = opener(gate)

    assert (True, True, False) == (wake(), wake(), gate.locked())


def test_a_forked_child_waits_for_no_lock_of_its_parent() -> None:
    """Its promise has a lock of its own and no waiters; what has come stays."""
    promise: Promise[int] = Promise()
    assert promise.enlist(lambda: False)
    held = promise._lock  # noqa: SLF001 - another thread may hold it

    promise.after_fork()

    assert (False, True, 7) == (held is promise._lock, promise.keep(7), promise.value)  # noqa: SLF001
