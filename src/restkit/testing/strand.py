"""One of the flows of a simulation.

Theory of operation. A strand is a stack of flows: what it was started with, and above it the described call or the wire
that the one below asked for. An effect parks the strand; its answer is put on the agenda, and the strand goes on when
it is its turn. What a flow has opened is noted at once, not when the flow hears of it, so that a strand which is
cancelled meanwhile still closes it. How each effect is performed stands in `performing.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, NamedTuple, Protocol

import httpx
from typing_extensions import TypeVar, override

from restkit.flow import Abandoned, Effect, Flow, World
from restkit.flow.blocking import Closes, close_all
from restkit.flow.race import close_loser
from restkit.testing.agenda import Agenda, Timer

T = TypeVar("T")


class AskedOnTheWayOut(AssertionError):
    """A flow that was called off asked for an effect: on the way out it may call plain functions only."""

    def __init__(self, called_off_at: object, asked: object) -> None:
        super().__init__(f"called off at {called_off_at}, the flow asked for {asked}")
        self.called_off_at: object = called_off_at
        self.asked: object = asked


class Step(NamedTuple):
    """One line of a simulation's trace: when which strand asked for which effect."""

    moment: float
    strand: int
    effect: str


class Stage(Protocol):
    """What strands share: a simulation."""

    agenda: Agenda

    def begin(self, flow: Flow[Any], world: World) -> Strand[Any]:
        """Start a further strand."""
        ...

    def carry(self, request: httpx.Request, world: World) -> httpx.Response | Flow[httpx.Response]:
        """Send a request."""
        ...

    def perform(self, effect: Effect[Any], strand: Strand[Any]) -> None:
        """Perform what a strand asks for, and have it `go_on` with the answer."""


class Frame:
    """A flow on a strand's stack: what it has opened, and whether its answer is closed should the one below fail."""

    __slots__ = ("flow", "limit", "opened", "opens")
    flow: Flow[Any]
    opens: bool

    def __init__(self, flow: Flow[Any], opened: list[Closes] | None = None, *, opens: bool = False) -> None:
        self.flow, self.opens = flow, opens
        self.opened: list[Closes] = [] if opened is None else opened
        self.limit: Timer | None = None

    def leave(self) -> None:
        """It is over: its moment does not matter any more."""
        if self.limit is not None:
            self.limit.cancel()

    def fail(self) -> None:
        """It has failed: close it and what it opened."""
        self.flow.close()
        close_all(self.opened)


class Strand(Generic[T]):
    """One flow under way in a simulation: `cancel` it at any moment, and ask for its `result` when it `is_over`."""

    def __init__(self, number: int, flow: Flow[T], world: World, stage: Stage, opened: list[Closes] | None) -> None:
        self.number: int = number
        self.world: World = world
        self.stage: Stage = stage
        self.is_over: bool = False
        self.asked: Effect[Any] | None = None
        """What it asked for last."""
        self.answer: T | None = None
        """What its flow returned."""
        self.error: BaseException | None = None
        """What its flow raised."""
        self._frames = [Frame(flow, opened)]
        self._listeners: list[Callable[[Strand[T]], None]] = []
        self._turn, self._is_running = 0, False
        self._release: Callable[[], object] = nothing
        self.go_on()
        if world.stop is not None and not world.stop.enlist(self._stop):
            _ = self._stop()

    def result(self) -> T:
        """What its flow returned; raises what it raised, Abandoned if it was cancelled."""
        if not self.is_over:
            raise AssertionError(f"{self} is still under way")
        if self.error is not None:
            raise self.error
        return self.answer  # type: ignore[return-value] # a Flow[T] returns T

    def cancel(self) -> None:
        """Call it off where it stands. Raises AskedOnTheWayOut if a flow of it then asks for an effect."""
        if self._is_running:
            self.stage.agenda.soon(self.cancel)
        elif not self.is_over:
            self._finish(None, self._unwind(0))

    def when_over(self, listener: Callable[[Strand[T]], None]) -> None:
        """Have `listener(strand)` called once it is over."""
        self._listeners.append(listener)

    def go_on(self, answer: object = None, error: BaseException | None = None) -> None:
        """Go on with that answer when it is this strand's turn, unless it has gone on otherwise by then."""
        turn = self._turn

        def resume() -> None:
            if turn == self._turn and not self.is_over:
                self._resume(answer, error)

        self.stage.agenda.soon(resume)

    def note(self, opened: Any) -> None:  # noqa: ANN401 - whatever an effect that opens answers
        """The flow has opened this, though it does not know yet."""
        self._frames[-1].opened.append(opened)

    def meanwhile(self, release: Callable[[], object]) -> None:
        """Have `release()` called when the strand waits no longer, for whatever reason."""
        self._release = release

    def enter(
        self, flow: Flow[Any], until: float | None = None, late: Exception | None = None, *, opens: bool = False
    ) -> None:
        """Go on with another flow, whose answer becomes the effect's; `late` is raised if it is not over by then.

        With `opens` its answer is closed should the flow that asked fail.
        """
        frame, depth = Frame(flow, opens=opens), len(self._frames)
        self._frames.append(frame)
        if until is not None:
            frame.limit = self.stage.agenda.at(until, lambda: self._cut(depth, late))
        self.go_on()

    def _cut(self, depth: int, late: Exception | None) -> None:
        _ = self._unwind(depth)
        self._resume(None, late)

    def _stop(self) -> bool:
        """Be called off soon: whoever keeps the promise `stop` may be a flow of this very strand."""
        self.stage.agenda.soon(self.cancel)
        return True

    def _resume(self, answer: Any, error: BaseException | None) -> None:  # noqa: ANN401 - the effect's
        self._let_go()
        while self._frames:
            frame, self._is_running = self._frames[-1], True
            try:
                effect = frame.flow.send(answer) if error is None else frame.flow.throw(error)
            except StopIteration as stop:
                answer, error = stop.value, None
                self._leave(frame)
                if frame.opens:
                    self.note(answer)
            except BaseException as failed:  # noqa: BLE001 - not swallowed: the flow below has it, or the result
                answer, error = None, failed
                self._leave(frame)
                frame.fail()
            else:
                self.asked, self._is_running = effect, False
                return self.stage.perform(effect, self)
        return self._finish(answer, error)

    def _leave(self, frame: Frame) -> None:
        self._is_running = False
        _ = self._frames.pop()
        frame.leave()

    def _let_go(self) -> None:
        """Wait for nothing any more."""
        self._turn += 1
        release, self._release = self._release, nothing
        _ = release()

    def _unwind(self, depth: int) -> BaseException:
        """Call off the flows above that depth, and answer how the last of them ended."""
        self._let_go()
        ended: BaseException = Abandoned()
        while len(self._frames) > depth:
            frame = self._frames[-1]
            self._leave(frame)
            try:
                effect = frame.flow.throw(Abandoned())
            except StopIteration as stop:
                close_loser(stop.value)
            except BaseException as error:  # noqa: BLE001 - it is answered
                ended = error
            else:
                frame.fail()
                raise AskedOnTheWayOut(self.asked, effect)
            frame.fail()
        return ended

    def _finish(self, answer: Any, error: BaseException | None) -> None:  # noqa: ANN401 - the flow's own
        self.answer, self.error, self.is_over = answer, error, True
        if self.world.stop is not None:
            self.world.stop.forget(self._stop)
        for listener in self._listeners:
            listener(self)

    @override
    def __repr__(self) -> str:
        return f"<Strand {self.number}, {'over' if self.is_over else f'at {self.asked}'}>"


def nothing() -> None:
    """Wait for nothing."""
