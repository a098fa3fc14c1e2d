"""Several flows side by side, of which the first to answer wins."""

from __future__ import annotations

import contextlib
import contextvars
import threading
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, ClassVar

from typing_extensions import TypeVar, override

from restkit.errors import InputError, ResourceError
from restkit.flow.blocking import run
from restkit.flow.effects import GRACE, Effect, Flow
from restkit.flow.promise import Abandoned, Promise
from restkit.flow.world import World

T = TypeVar("T")


class Race(Effect[T]):
    """Run flows side by side: tasks when awaiting, threads when blocking.

    The first to return wins; the others are cancelled, and what they answer after all is closed. If all fail, the
    last error is raised. Threads that have not ended a tenth of a second after `until`, since nothing can cut what they
    do, are left behind: then TimeoutError is raised.
    """

    __slots__ = ("flows", "until")
    opens: ClassVar[bool] = True
    lasts: ClassVar[bool] = True
    flows: tuple[Flow[T], ...]
    until: float | None

    def __init__(self, *flows: Flow[T], until: float | None = None) -> None:
        if not flows:
            raise InputError("flows", "are none", "a race needs at least one")
        self.flows, self.until = flows, until

    @override
    def block(self, world: World) -> T:
        finish: Promise[tuple[T, None, Promise[None]] | tuple[None, BaseException, None]] = Promise()
        winner: Promise[None] | None = None
        stops: list[Promise[None]] = [Promise(shared=True) for _ in self.flows]
        errors: list[BaseException] = []

        def leave(error: BaseException) -> None:
            errors.append(error)
            if len(errors) == len(self.flows) or not isinstance(error, Exception | Abandoned):
                _ = finish.keep((None, error, None))

        def contend(flow: Flow[T], stop: Promise[None]) -> None:
            try:
                answer = run(flow, world.with_stop(stop))
            except BaseException as error:  # noqa: BLE001 - it is reported to the thread that waits
                leave(error)
            else:
                if not finish.keep((answer, None, stop)):
                    close_loser(answer)

        try:
            begin(self.flows, stops, contend, leave)
            left = None if self.until is None else world.left(self.until + GRACE)
            answer, error, winner = finish.block(world.clock, left, world.stop)
        except BaseException:
            if not finish.abandon():  # it has come meanwhile
                close_loser(finish.value[0])
            raise
        finally:
            call_off(stops, winner)  # the winner's answer may be a body that is still to be read
        if error is not None:
            raise error
        return answer  # type: ignore[return-value] # no error, so there is an answer

    @override
    async def wait(self, world: World) -> T:
        answers: list[T] = []
        try:
            await compete(self.flows, world, answers)
            await aclose_losers(answers[1:])
        except BaseException:
            await aclose_losers(answers)
            raise
        return answers[0]


def begin(
    flows: Sequence[Flow[T]],
    stops: Sequence[Promise[None]],
    contend: Callable[[Flow[T], Promise[None]], None],
    leave: Callable[[Exception], None],
) -> None:
    """Have each flow contend in a thread of its own, or leave the race, if there is none to be had."""
    for flow, stop in zip(flows, stops, strict=True):
        context = contextvars.copy_context()
        try:
            threading.Thread(target=context.run, args=(contend, flow, stop), daemon=True).start()
        except RuntimeError:  # there are too many, or the interpreter is about to end
            flow.close()
            leave(ResourceError("there is no thread left for another contender of a race"))


def call_off(stops: Sequence[Promise[None]], winner: Promise[None] | None) -> None:
    """Stop everybody but the winner."""
    for stop in stops:
        if stop is not winner:
            _ = stop.keep()


async def compete(flows: Sequence[Flow[T]], world: World, answers: list[T]) -> None:
    """Run flows in tasks until the first of them, or more at once, have answered."""
    import anyio

    from restkit.flow.awaiting import arun

    cancelled = anyio.get_cancelled_exc_class()
    errors: list[BaseException] = []
    async with anyio.create_task_group() as group:

        async def contend(flow: Flow[T]) -> None:
            try:
                answer = await arun(flow, world)
            except cancelled:
                raise
            except BaseException as error:  # noqa: BLE001 - raised below if nobody does better
                errors.append(error)
                if not isinstance(error, Exception | Abandoned):
                    group.cancel_scope.cancel()
            else:
                answers.append(answer)
                group.cancel_scope.cancel()

        for flow in flows:
            _ = group.start_soon(contend, flow)
    fatal = [error for error in errors if not isinstance(error, Exception | Abandoned)]
    if fatal or not answers:
        raise (fatal or errors)[-1]


def close_loser(answer: Any) -> None:  # noqa: ANN401 - whatever a flow may answer
    """Close an answer that crossed the line second, if it can be closed."""
    if hasattr(answer, "close"):
        with contextlib.suppress(Exception):
            answer.close()


async def aclose_losers(answers: Sequence[Any]) -> None:
    """Close answers that nobody wants, as far as they can be closed, whatever cancels us."""
    closing: list[Callable[[], Awaitable[object]]] = [each.aclose for each in answers if hasattr(each, "aclose")]
    if not closing:
        return
    import anyio

    with anyio.move_on_after(GRACE, shield=True):
        for aclose in closing:
            with contextlib.suppress(Exception):
                _ = await aclose()
