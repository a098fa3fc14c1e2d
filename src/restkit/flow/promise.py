"""The one way to wait for another caller.

Theory of operation. A `Promise` is kept once, by any thread, task or loop, and waited for by any number of them. Each
waiter leaves a *waker* that rouses it in its own thread or on its own loop. A waker answers False when its loop is
gone; if every waiter has gone, `keep` answers False and the giver still owns what it meant to hand over. That, and
`abandon` for a waiter that leaves, is all it takes to build slots, rate lines, token leaders and coalescing.

    RUNNING --keep--> KEPT --abandon--> TAKEN      the value came first: the leaving waiter passes it on
    RUNNING --abandon--> GONE                      the waiter left first: `keep` answers False
    KEPT --every loop dead--> GONE                 unless it is shared

A stop is no hand-over but a broadcast: a `shared` promise stays kept, whoever was there to hear of it.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Iterable
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, Generic

from typing_extensions import TypeVar

if TYPE_CHECKING:
    import anyio

    from restkit.flow.clock import Clock

T = TypeVar("T", default=None)
Waker = Callable[[], bool]


class Abandoned(BaseException):
    """This run has lost its race, or its client was closed: the blocking world's cancellation."""


class State(Enum):
    """Where a promise stands."""

    RUNNING = auto()
    KEPT = auto()
    TAKEN = auto()
    GONE = auto()


RUNNING, KEPT, TAKEN, GONE = State
"""By names of their own: Python 3.11 takes longer to find a member in its class than to do all the rest."""


class Promise(Generic[T]):
    """A value that arrives once, from any thread or loop.

    A `shared` one belongs to nobody in particular: once kept it stays so, even if every waiter's loop is dead.
    """

    __slots__ = ("__weakref__", "_lock", "_shared", "_state", "_value", "_wakers")

    def __init__(self, *, shared: bool = False) -> None:
        self._lock = threading.RLock()  # reentrant: a finalizer on the same thread may keep a promise
        self._shared = shared
        self._state = RUNNING
        self._value: Any = None
        self._wakers: dict[Waker, None] = {}

    @property
    def is_kept(self) -> bool:
        """Whether the value has come."""
        return self._state is KEPT or self._state is TAKEN

    @property
    def value(self) -> T:
        """What came; None before that."""
        return self._value  # type: ignore[no-any-return] # set by keep(), whose argument is T

    def keep(self, value: T = None) -> bool:  # type: ignore[assignment] # a bare Promise is kept with None
        """Deliver. False if every waiter had gone: the giver still owns what it wanted to hand over.

        Every waiter is roused, even if one of the wakers raises; the first error is raised then.
        """
        with self._lock:
            if self._state is not RUNNING:
                return False
            self._state, self._value = KEPT, value
            wakers, self._wakers = self._wakers, {}
        return not wakers or rouse(wakers) or self._shared or self._gone()

    def _gone(self) -> bool:
        """Every waiter's loop is dead; but one that was dying may have taken the value, and passes it on."""
        with self._lock:
            if self._state is TAKEN:
                return True
            self._state = GONE
            return False

    def abandon(self) -> bool:
        """The only waiter leaves. False if the value had come already: then the waiter must pass it on."""
        with self._lock:
            if self._state is RUNNING:
                self._state = GONE
            elif self._state is KEPT:
                self._state = TAKEN
            return self._state is GONE

    def enlist(self, wake: Waker) -> bool:
        """Have `wake` called when the value comes. False if it has come already, or never will."""
        with self._lock:
            if self._state is RUNNING:
                self._wakers[wake] = None
                return True
            return False

    def forget(self, wake: Waker) -> None:
        """Take back what `enlist` was told."""
        with self._lock:
            self._wakers.pop(wake, None)

    def after_fork(self) -> None:
        """In the child: the waiters are the parent's, and the lock may have been theirs. What has come stays."""
        self._lock, self._wakers = threading.RLock(), {}

    def block(self, clock: Clock, seconds: float | None = None, stop: Promise[Any] | None = None) -> T:
        """Wait in this thread, for so many `seconds` at most.

        Raises TimeoutError when they are over, and Abandoned once `stop` is kept.
        """
        if self._state is RUNNING:
            gate = threading.Lock()
            _ = gate.acquire()
            wake = opener(gate)
            try:
                self._block(clock, seconds, stop, gate, wake)
            finally:
                self.forget(wake)
                if stop is not None:
                    stop.forget(wake)
        return self.value

    def _block(
        self, clock: Clock, seconds: float | None, stop: Promise[Any] | None, gate: threading.Lock, wake: Waker
    ) -> None:
        if stop is not None and not stop.enlist(wake):
            raise Abandoned
        if self.enlist(wake) and not clock.block(gate, seconds) and self._state is RUNNING:
            raise TimeoutError
        if self._state is RUNNING:
            raise Abandoned

    async def wait(self, clock: Clock, seconds: float | None = None, stop: Promise[Any] | None = None) -> T:
        """Wait in this task, for so many `seconds` at most.

        Raises TimeoutError when they are over, and Abandoned once `stop` is kept.
        """
        if self._state is RUNNING:
            import anyio

            event = anyio.Event()
            wake = rouser(event.set)
            try:
                await self._wait(clock, seconds, stop, event, wake)
            finally:
                self.forget(wake)
                if stop is not None:
                    stop.forget(wake)
        return self.value

    async def _wait(
        self, clock: Clock, seconds: float | None, stop: Promise[Any] | None, event: anyio.Event, wake: Waker
    ) -> None:
        if stop is not None and not stop.enlist(wake):
            raise Abandoned
        if self.enlist(wake) and not await clock.park(event, seconds) and self._state is RUNNING:
            raise TimeoutError
        if self._state is RUNNING:
            raise Abandoned


def rouse(wakers: Iterable[Waker]) -> bool:
    """Call every waker; False if all of them tell that their loop is gone. Raises the first error, after the last."""
    reached, errors = False, list[BaseException]()
    for wake in wakers:
        try:
            reached = wake() or reached
        except BaseException as error:  # noqa: BLE001 - raised below, when the others are roused
            errors.append(error)
    if errors:
        raise errors[0]
    return reached


def opener(gate: threading.Lock) -> Waker:
    """A waker for a thread that blocks on `gate`."""

    def wake() -> bool:
        with contextlib.suppress(RuntimeError):  # open already: two may keep what this thread waits for
            gate.release()
        return True

    return wake


def rouser(function: Callable[[], object]) -> Waker:
    """A waker that calls `function` on the loop that is running now."""
    call = loop_caller()

    def wake() -> bool:
        try:
            _ = call(function)
        except RuntimeError:  # that loop is closed; trio's RunFinishedError is one as well
            return False
        return True

    return wake


def loop_caller() -> Callable[[Callable[[], object]], object]:
    """How another thread has something called on the running loop."""
    trio = sys.modules.get("trio")
    if trio is not None and trio.lowlevel.in_trio_run():
        return trio.lowlevel.current_trio_token().run_sync_soon  # type: ignore[no-any-return] # trio may be absent
    import asyncio

    return asyncio.get_running_loop().call_soon_threadsafe
