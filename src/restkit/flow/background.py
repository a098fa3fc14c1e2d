"""Work that outlives the call that asked for it: owned by a client, bounded, ended at its close."""

from __future__ import annotations

import contextlib
import contextvars
import logging
import sys
import threading
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from restkit.flow.clock import Clock
from restkit.flow.effects import GRACE, Effect, Flow
from restkit.flow.forks import forks, set_aside
from restkit.flow.promise import Abandoned, Promise, rouser

if TYPE_CHECKING:
    import asyncio

    from restkit.flow.world import World

logger: logging.Logger = logging.getLogger("restkit")


class Job:
    """One flow in the background: `stop` ends it, `done` says that it has ended."""

    __slots__ = ("done", "flow", "stop", "task")
    flow: Flow[Any]
    task: asyncio.Task[None] | None

    def __init__(self, flow: Flow[Any]) -> None:
        self.flow, self.task = flow, None  # asyncio keeps tasks by weak references only
        self.stop: Promise[None] = Promise(shared=True)
        self.done: Promise[None] = Promise()

    @property
    def is_lost(self) -> bool:
        """Whether its loop was closed by hand, so that it can never go on."""
        return self.task is not None and self.task.get_loop().is_closed()


class Background:
    """The jobs of one client, `limit` at most."""

    __slots__ = ("__weakref__", "_jobs", "_limit", "_lock", "_open")

    def __init__(self, limit: int = 16) -> None:
        self._limit, self._open = limit, True
        self._jobs: set[Job] = set()
        self._lock = threading.Lock()
        forks.add(self)

    def __len__(self) -> int:
        return len(self._jobs)

    def admit(self, flow: Flow[Any]) -> Job | None:
        """A place for this flow, or None: then it was closed, since there is no room or no client any more."""
        self._sweep()
        with self._lock:
            if self._open and len(self._jobs) < self._limit:
                job = Job(flow)
                self._jobs.add(job)
                return job
        flow.close()
        return None

    def leave(self, job: Job) -> None:
        """A job is over."""
        with self._lock:
            self._jobs.discard(job)
        _ = job.done.keep()

    def _sweep(self) -> None:
        for job in [job for job in self._known() if job.is_lost]:
            job.flow.close()
            self.leave(job)

    def _known(self) -> list[Job]:
        with self._lock:
            return list(self._jobs)

    def _end(self) -> list[Job]:
        self._sweep()
        with self._lock:
            self._open = False
            jobs = list(self._jobs)
        for job in jobs:
            _ = job.stop.keep()
        return jobs

    def close(self, world: World) -> None:
        """Stop every job, and give each a tenth of a second to clean up."""
        for job in self._end():
            with contextlib.suppress(TimeoutError):
                job.done.block(world.clock, GRACE)

    async def aclose(self) -> None:
        """Stop every job, and give each a tenth of a second to clean up."""
        for job in self._end():
            with contextlib.suppress(TimeoutError):
                await job.done.wait(Clock(), GRACE)

    def after_fork(self) -> None:
        """In the child: the jobs are the parent's threads, and the lock may have been theirs."""
        set_aside.append(self._jobs)
        self._jobs, self._lock = set(), threading.Lock()


class Spawn(Effect[bool]):
    """Run a flow in the background of the client. False, and the flow is closed, if there is no room for it."""

    __slots__ = ("flow",)
    flow: Flow[Any]

    def __init__(self, flow: Flow[Any]) -> None:
        self.flow = flow

    @override
    def block(self, world: World) -> bool:
        from restkit.flow.blocking import run

        job = world.background.admit(self.flow)
        if job is None:
            return False

        def work() -> None:
            try:
                run(job.flow, world.with_stop(job.stop))
            except (Exception, Abandoned) as error:  # noqa: BLE001 - nobody awaits it: it is logged
                report(error)
            finally:
                world.background.leave(job)

        context = contextvars.copy_context()
        thread = threading.Thread(target=context.run, args=(work,), name="restkit-background", daemon=True)
        try:
            thread.start()
        except RuntimeError:  # there are too many threads, or the interpreter is about to end
            job.flow.close()
            world.background.leave(job)
            return False
        return True

    @override
    async def wait(self, world: World) -> bool:
        job = world.background.admit(self.flow)
        if job is None:
            return False
        job.task = start_task(lambda: work_on(job, world))
        return True


async def work_on(job: Job, world: World) -> None:
    """Run a job in a task of its own."""
    import anyio

    from restkit.flow.awaiting import arun

    try:
        with anyio.CancelScope() as scope:
            cancel = rouser(scope.cancel)
            if job.stop.enlist(cancel):
                await arun(job.flow, world.with_stop(job.stop))
    except (Exception, Abandoned) as error:  # noqa: BLE001 - nobody awaits it: it is logged
        report(error)
    finally:
        job.flow.close()
        world.background.leave(job)


def report(error: BaseException) -> None:
    """Log a job's failure: there is nobody to raise it to."""
    if not isinstance(error, Abandoned):
        logger.warning("background work failed: %s", error, exc_info=error)


def start_task(function: Callable[[], Coroutine[Any, Any, None]]) -> asyncio.Task[None] | None:
    """Start a task that belongs to no task group: it is owned by a client, not by whoever called it.

    On asyncio that is the task, which somebody has to keep.
    """
    trio = sys.modules.get("trio")
    if trio is not None and trio.lowlevel.in_trio_run():
        trio.lowlevel.spawn_system_task(function, context=contextvars.copy_context())
        return None
    import asyncio

    return asyncio.ensure_future(function())
