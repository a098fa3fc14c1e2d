"""Calls that are called off at each of their effects, at each place of the stack, in every world."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import anyio
import anyio.lowlevel
import httpx
from typing_extensions import override

from restkit.context import Context
from restkit.flow import Abandoned, Ask, Background, Effect, Flow, Open, Promise, Race, Sleep, Spawn, Wait, World, run
from restkit.flow.awaiting import arun
from restkit.pipeline import Layer, Pipeline, Proceed
from restkit.policies.circuit_breaker import CircuitBreaker
from restkit.policies.retry import RetryPolicy
from restkit.settings import Settings
from restkit.stack import STACK, with_state
from restkit.testing import (
    AskedOnTheWayOut,
    ScriptedTransport,
    Simulation,
    Stepper,
    VirtualClock,
    answer,
    run_asyncio,
    run_trio,
)

T = TypeVar("T")
WHOLE = "the whole stack"
READ = f"{WHOLE}, bodies read"
PLACES = (*(place.name for place in STACK), WHOLE, READ)
WORLDS = ("by hand", "interrupted", "abandoned", "asyncio", "trio", "simulation")


class Everything:
    """A layer that asks for every effect there is, and counts what is under way."""

    def __init__(self) -> None:
        self.live = 0
        self.doors = 0

    def __call__(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Ask for each, then proceed, twice."""
        self.live += 1
        try:
            yield from Ask.of(len, "a")
            _ = yield from Open(self)
            promise: Promise[None] = Promise()
            _ = yield from Spawn(keeps(promise))
            yield from Wait(promise)
            yield from Race(rests(1.0), rests(2.0))
            discarded = yield from proceed(fresh(request))
            yield from Ask(discarded.close, discarded.aclose)
            yield from Sleep(1.0)
            return (yield from proceed(request))
        finally:
            self.live -= 1

    def open(self) -> None:
        """Something is open from now on."""
        self.doors += 1

    def close(self) -> None:
        """It is closed."""
        self.doors -= 1

    async def aopen(self) -> None:
        """Something is open from now on."""
        self.open()

    async def aclose(self) -> None:
        """It is closed."""
        self.close()


def keeps(promise: Promise[None]) -> Flow[None]:
    """Keep a promise in the background, and stay there for a while."""
    yield from Sleep(1.0)
    _ = promise.keep()
    yield from Sleep(60.0)


def rests(seconds: float) -> Flow[float]:
    """Sleep."""
    yield from Sleep(seconds)
    return seconds


def fresh(request: httpx.Request) -> httpx.Request:
    """A copy for a further attempt."""
    return httpx.Request(request.method, request.url, extensions=dict(request.extensions))


def all_on(clock: VirtualClock, own: Everything, attempts: Everything) -> Settings:
    """Settings under which every place of the stack is taken: a new place is turned on here."""
    return Settings(
        before=[note],
        after=[note],
        event_hooks={"request": [note], "response": [note]},
        observers=[note],
        layers=[own],
        attempt_layers=[attempts],
        redirects=True,
        cookies=True,
        idempotency=True,
        retry=RetryPolicy(wait=2),
        hedge=1.0,
        rate_limit=2,
        bulkhead=1,  # so that one slot that is lost is one too many
        breaker=CircuitBreaker(consecutive=1_000),
        deadline=86_400.0,  # however far the clock runs ahead while this machine is busy
        transport=httpx.MockTransport(lambda _: httpx.Response(200)),  # not ours, so bodies are guarded
        clock=clock,
    )


def note(_: object) -> None:
    """Hear of something."""


class Strike(Effect[Any]):
    """What is performed in place of an effect: the call is called off there."""

    __slots__ = ("cancel", "error")

    def __init__(self, error: type[BaseException], cancel: Callable[[], object] = bool) -> None:
        self.error, self.cancel = error, cancel

    @override
    def block(self, world: World) -> Any:
        """Perform it, blocking."""
        raise self.error

    @override
    async def wait(self, world: World) -> Any:
        """Perform it, awaiting."""
        _ = self.cancel()
        await anyio.lowlevel.checkpoint()


def struck(flow: Flow[T], at: int, strike: Strike) -> Flow[T]:
    """A flow in which effect number `at` is a strike. Raises AskedOnTheWayOut if it asks for anything after that."""
    number, effect = 0, next(flow)
    try:
        while True:
            try:
                answered = yield from strike if number == at else effect
            except BaseException as error:  # noqa: BLE001 - not swallowed: the flow has it
                asked, effect = effect, flow.throw(error)
                if number == at:
                    raise AskedOnTheWayOut(asked, effect) from None
            else:
                effect = flow.send(answered)
            number += 1
    except StopIteration as stop:
        return stop.value  # type: ignore[no-any-return]
    finally:
        flow.close()


class Trial:
    """One place of the stack, or all of them, over a transport that is never left open."""

    def __init__(self, place: str) -> None:
        self.clock = VirtualClock()
        moved = answer(302, content=b"moved", headers={"Location": "/"})
        self.transport = ScriptedTransport({("GET", "/"): answer(chunks=[b"a", b"b"]), ("GET", "/old"): moved})
        self.path = "/old" if place in {"redirects", WHOLE, READ} else "/"
        self.is_raced = place in {"hedge", READ}  # what streams is not
        self.own, self.attempts = Everything(), Everything()
        settings = all_on(self.clock, self.own, self.attempts)
        layers: list[Layer] = [
            layer for each in STACK if place in (each.name, WHOLE, READ) for layer in each.make(with_state(settings))
        ]
        assert layers, f"nothing stands at {place!r}: turn it on in all_on()"
        self.pipeline = Pipeline(layers, self.transport, clock=self.clock)
        assert self.is_healthy()
        self.own.doors = self.attempts.doors = 0  # a call that succeeds leaves them open
        self.pipeline.world.background = Background()
        if place in {"retry", WHOLE, READ}:
            self.transport.script("GET", "/", [answer(503, chunks=[b"ill"])])

    def call(self) -> Flow[httpx.Response]:
        """One call through the layers, after another one: the rate limit has it wait."""
        extensions = {"restkit": Context(streamed=not self.is_raced)}
        return self.pipeline.proceed(httpx.Request("GET", f"http://api.test{self.path}", extensions=extensions))

    def struck_at(self, at: int, world: str) -> bool:
        """Call one call off at that effect; False if it has no such effect. Raises AssertionError for what is left."""
        try:
            response = CANCELS[world](self, at)
        except (KeyboardInterrupt, Abandoned):
            response = None
        self.check(response)
        assert self.is_healthy()
        return response is None

    def check(self, response: httpx.Response | None) -> None:
        """See that nothing is left, and that the next call is healthy."""
        if response is not None:
            response.close()
        assert (0, 0) == (self.own.live, self.attempts.live)
        self.transport.assert_all_over()
        if response is None:
            assert 0 == self.own.doors
        if response is None and not self.is_raced:  # the run of a contender that has won has not failed
            assert 0 == self.attempts.doors

    def is_healthy(self) -> bool:
        """Whether a further call through the same layers is answered."""
        world = self.pipeline.world
        world.background = Background()
        response = run(self.call(), world)
        response.close()
        world.background.close(world)
        return (200, 0) == (response.status_code, len(world.background))


def by_hand(trial: Trial, at: int) -> httpx.Response | None:
    """Step the flow, and call it off where it stands: then close what the engine would close."""
    steps, opened, world = Stepper(trial.call()), [], trial.pipeline.world
    for _ in range(at):
        effect = steps.effect
        answered = effect.block(world)
        if effect.opens:
            opened.append(answered)
        steps.answer(answered)
        if steps.is_over:
            return steps.returned
    steps.cancel()
    for each in reversed(opened):
        if hasattr(each, "close"):
            each.close()
    return None


def interrupted(trial: Trial, at: int) -> httpx.Response:
    """Ctrl-C in a blocking call."""
    return run(struck(trial.call(), at, Strike(KeyboardInterrupt)), trial.pipeline.world)


def abandoned(trial: Trial, at: int) -> httpx.Response:
    """A blocking call that has lost a race."""
    return run(struck(trial.call(), at, Strike(Abandoned)), trial.pipeline.world)


async def cancelled(trial: Trial, at: int) -> httpx.Response | None:
    """A task that is cancelled."""
    response = None
    with anyio.CancelScope() as scope:
        strike = Strike(Abandoned, scope.cancel)
        response = await arun(struck(trial.call(), at, strike), trial.pipeline.world)
    await trial.pipeline.world.background.aclose()
    if response is not None:
        await response.aclose()
    return response


def simulated(trial: Trial, at: int) -> httpx.Response | None:
    """A strand that is cancelled."""
    with Simulation(trial.clock, trial.transport, background=trial.pipeline.world.background) as simulation:
        strand = simulation.begin(trial.call(), trial.pipeline.world)
        while sum(step.strand == strand.number for step in simulation.trace) <= at and not strand.is_over:
            _ = simulation.step()
        if strand.is_over:
            return strand.result()
        strand.cancel()
    return None


CANCELS: dict[str, Callable[[Trial, int], httpx.Response | None]] = {
    "by hand": by_hand,
    "interrupted": interrupted,
    "abandoned": abandoned,
    "asyncio": lambda trial, at: run_asyncio(lambda: cancelled(trial, at), trial.clock),
    "trio": lambda trial, at: run_trio(lambda: cancelled(trial, at), trial.clock),
    "simulation": simulated,
}


def cancel_everywhere(place: str, world: str) -> int:
    """Call calls off at every effect that they have there; answers how many effects that were."""
    for at in range(1000):
        if not Trial(place).struck_at(at, world):
            return at
    raise AssertionError("the calls do not end")
