"""A flow that must be over by a moment, whatever it asks for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import httpx
from typing_extensions import TypeVar

from restkit.errors import DeadlineExceeded
from restkit.flow.deadline import EARLY
from restkit.flow.effects import Effect, Flow, Sleep, Wait
from restkit.flow.send import Send

if TYPE_CHECKING:
    from restkit.flow.race import Race

T = TypeVar("T")
Now = Callable[[], float]
Late = Callable[[], Exception]
Narrow = Callable[[Effect[Any]], Effect[Any]]


def itself(effect: Effect[Any]) -> Effect[Any]:
    """What a flow asks for, as it is."""
    return effect


def bounded(  # noqa: PLR0913 - a moment, and all that has to do with it
    flow: Flow[T], until: float, now: Now, late: Late, narrow: Narrow = itself, *, renames: bool = False
) -> Flow[T]:
    """Step a flow, and throw `late()` into it where it asks for something that is not over by `until`.

    A sleep that would last until then fails at once. A wait is cut. What cannot be cut is noticed when it comes back;
    a Send has its moment from whoever asks for it, or from `narrow`, which gives an effect that knows of the moment.
    If it `renames`, a timeout that the flow ends with at that moment is `late()` as well.
    """
    steps = iter(flow)
    try:
        effect = next(steps)
        while True:
            try:
                if narrow is not itself or effect.lasts:
                    answer = yield from within(effect, until, now, late, narrow)
                elif type(effect) is Send:  # most calls ask for nothing else
                    answer = yield effect
                else:
                    refuse_late(now, until, late)
                    answer = yield effect
                    refuse_late(now, until, late)
            except BaseException as error:  # noqa: BLE001 - not swallowed: the flow has it
                effect = steps.throw(error)
            else:
                effect = steps.send(answer)
    except StopIteration as stop:
        return stop.value  # type: ignore[no-any-return] # a Flow[T] returns T
    except (httpx.TimeoutException, TimeoutError) as error:
        if not renames or isinstance(error, DeadlineExceeded) or now() < until - EARLY:
            raise
        raise late() from error


def within(effect: Effect[Any], until: float, now: Now, late: Late, narrow: Narrow) -> Flow[Any]:
    """Ask for one effect, as far as time allows."""
    refuse_late(now, until, late, effect.seconds if isinstance(effect, Sleep) else 0.0)
    answer = yield from held(effect, until, now, late, narrow)
    refuse_late(now, until, late)
    return answer


def refuse_late(now: Now, until: float, late: Late, seconds: float = 0.0) -> None:
    """Raise what `late` makes, if the moment has come, or comes within so many seconds."""
    if now() + seconds >= until:
        raise late()


def held(effect: Effect[Any], until: float, now: Now, late: Late, narrow: Narrow) -> Flow[Any]:
    """Ask for an effect in a form that does not outlast that moment, where there is one."""
    from restkit.flow.race import Race

    if isinstance(effect, Wait) and (effect.until is None or effect.until > until):
        return (yield from cut(effect, until, late))
    if isinstance(effect, Race):
        flows = [bounded(each, until, now, late, narrow) for each in effect.flows]
        return (yield from left_behind(Race(*flows, until=until), until, now, late))
    return (yield from narrow(effect))


def left_behind(race: Race[T], until: float, now: Now, late: Late) -> Flow[T]:
    """Ask for a race, some of whose threads may not have ended by then."""
    try:
        return (yield from race)
    except TimeoutError as error:
        if now() < until:
            raise
        raise late() from error


def cut(wait: Wait[T], until: float, late: Late) -> Flow[T]:
    """Wait until that moment instead of longer."""
    try:
        return (yield from Wait(wait.promise, until))
    except TimeoutError:
        raise late() from None
