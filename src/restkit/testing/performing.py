"""How a simulation performs each effect of the closed set, upon a strand that waits for the answer."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import httpx

from restkit.flow import Body, Effect, Flow, Race, Send, Sleep, Spawn, Wait
from restkit.flow.background import report
from restkit.flow.deadline import late
from restkit.flow.race import close_loser
from restkit.flow.send import arrived, claim, read_whole
from restkit.op import Described
from restkit.testing.strand import Strand


def perform(effect: Effect[Any], strand: Strand[Any]) -> None:
    """Perform an effect, and have the strand go on with its answer."""
    match effect:
        case Send():
            send(effect, strand)
        case Sleep():
            moment = strand.world.clock.now() + effect.seconds
            strand.meanwhile(strand.stage.agenda.at(moment, strand.go_on).cancel)
        case Wait():
            wait(effect, strand)
        case Race():
            race(effect, strand)
        case Spawn():
            spawn(effect, strand)
        case Described():
            describe(effect, strand)
        case _:  # over at once: Ask, Open, Emit, and effects of a transport's own
            block(effect, strand)


def block(effect: Effect[Any], strand: Strand[Any]) -> None:
    """Perform an effect as the blocking engine does."""
    try:
        answer = effect.block(strand.world)
    except BaseException as error:  # noqa: BLE001 - not swallowed: the flow has it
        return strand.go_on(None, error)
    if effect.opens:
        if strand.is_over:  # it has cancelled itself
            return close_loser(answer)
        strand.note(answer)
    return strand.go_on(answer)


def wait(effect: Wait[Any], strand: Strand[Any]) -> None:
    """Go on when the promise is kept, or with TimeoutError when its moment has passed."""
    promise = effect.promise

    def wake() -> bool:
        strand.go_on(promise.value)
        return True

    if not promise.enlist(wake):
        return strand.go_on(promise.value)
    timer = None
    if effect.until is not None:
        timer = strand.stage.agenda.at(effect.until, lambda: strand.go_on(None, TimeoutError()))

    def release() -> None:
        promise.forget(wake)
        if timer is not None:
            timer.cancel()

    strand.meanwhile(release)
    return None


def describe(effect: Described[Any], strand: Strand[Any]) -> None:
    """Go through what a described call consists of."""
    try:
        flow = strand.world.expand(effect)
    except Exception as error:  # noqa: BLE001 - not swallowed: the flow has it
        return strand.go_on(None, error)
    return strand.enter(flow)


def send(effect: Send, strand: Strand[Any]) -> None:
    """Go through what the wire does with a request, until its moment at most."""
    until, carried = effect.until, exchange(effect, strand)
    if until is None:
        return strand.enter(carried, opens=effect.opens)
    passed = late(effect.request, until)
    if until <= strand.world.clock.now():
        return strand.go_on(None, passed)
    return strand.enter(carried, until, passed, opens=effect.opens)


def exchange(effect: Send, strand: Strand[Any]) -> Flow[httpx.Response]:
    """Send a request, and read its answer if that is to be whole."""
    request, world = effect.request, strand.world
    try:
        carried = strand.stage.carry(request, world)
        response = arrived((yield from carried) if isinstance(carried, Generator) else carried, request)
        if effect.until is not None and not isinstance(response.stream, httpx.ByteStream):
            response.stream = Body(response.stream, effect.until, world.clock)
        if effect.whole:
            read_whole(response)
    except httpx.RequestError as error:
        claim(error, request, effect.until, world)
        raise
    return response


def race(effect: Race[Any], strand: Strand[Any]) -> None:
    """Begin a strand for each flow; the first to answer wins, and the others are cancelled."""
    contenders = [strand.stage.begin(flow, strand.world) for flow in effect.flows]
    failed: list[Strand[Any]] = []

    def end() -> None:
        failed.extend(contenders)  # whoever ends from now on decides nothing
        for each in contenders:
            each.cancel()

    def ended(contender: Strand[Any]) -> None:
        if len(failed) >= len(contenders):
            return
        failed.append(contender)
        if contender.error is None:
            end()
            strand.note(contender.answer)
            strand.go_on(contender.answer)
        elif len(failed) == len(contenders):
            strand.go_on(None, contender.error)

    for each in contenders:
        each.when_over(ended)
    strand.meanwhile(end)


def spawn(effect: Spawn, strand: Strand[Any]) -> None:
    """Begin a strand that goes on after this one, if there is room for it."""
    background = strand.world.background
    job = background.admit(effect.flow)
    if job is None:
        return strand.go_on(False)  # noqa: FBT003 - the effect's answer

    def over(worker: Strand[Any]) -> None:
        if worker.error is not None:
            report(worker.error)
        background.leave(job)

    strand.stage.begin(job.flow, strand.world.with_stop(job.stop)).when_over(over)
    return strand.go_on(True)  # noqa: FBT003 - the effect's answer
