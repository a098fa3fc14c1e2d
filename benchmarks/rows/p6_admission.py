"""P6: what it takes to pass a rate limit and a circuit breaker that let all pass, beside aiolimiter and purgatory.

Within a call each is passed as a client would: restkit's limit finds out which server a request goes to, a circuit is
looked up by its name. What the whole layer adds to a call stands beside it: it does more, as hearing what answers say.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from aiolimiter import AsyncLimiter
from attrs import field, frozen
from purgatory import AsyncCircuitBreakerFactory

from benchmarks.compare import Subject, compare
from benchmarks.cost import Cost, Meter
from benchmarks.figures import Reading
from benchmarks.rows.nothing import REQUEST, Awaited, Awaiting, Same, more
from restkit import Admission, Breaker, CircuitBreaker, Clock, Flow, Pipeline, RateLimiter
from restkit.admission.guarded import guarded
from restkit.flow import World
from restkit.flow.awaiting import arun
from restkit.policies.verdict import verdict_of_function

GENEROUS = 1e6
"""Requests a second: nobody waits."""
ORIGIN = REQUEST.url.host


@frozen
class Within:
    """A flow that does its work again and again, as calls do."""

    work: Callable[[], Flow[object]]
    runner: asyncio.Runner
    meter: Meter = field(factory=Meter)

    def run(self, calls: int) -> Cost:
        """Do it so many times."""
        return self.meter.measure(lambda: self.runner.run(arun(self._steps(calls), World())))

    def _steps(self, calls: int) -> Flow[None]:
        for _ in range(calls):
            _ = yield from self.work()


def measure() -> tuple[Reading, ...]:
    """Pass both, then ask through each layer and without it."""
    with asyncio.Runner() as runner:
        return (*limiters(runner), *breakers(runner))


def limiters(runner: asyncio.Runner) -> tuple[Reading, ...]:
    """Have a permit of each."""
    other, own = AsyncLimiter(GENEROUS, 1), RateLimiter(GENEROUS)

    async def acquire() -> None:
        async with other:
            pass

    subjects = {"aiolimiter": Awaited(acquire, runner), "restkit": Within(lambda: own.acquire(REQUEST), runner)}
    return read("limiter", {**subjects, **layered(Admission(GENEROUS, None), runner)}, base="aiolimiter")


def breakers(runner: asyncio.Runner) -> tuple[Reading, ...]:
    """Call something that is well through a circuit of each."""
    others, own, clock = AsyncCircuitBreakerFactory(), Breaker(), Clock()

    async def call() -> None:
        async with await others.get_breaker(ORIGIN):
            pass

    def pass_circuit() -> Flow[None]:
        return guarded(own.gate(ORIGIN), nothing, clock, verdict_of_function)

    subjects = {"purgatory": Awaited(call, runner), "restkit": Within(pass_circuit, runner)}
    return read("breaker", {**subjects, **layered(Admission(None, None, CircuitBreaker()), runner)}, base="purgatory")


def nothing() -> Flow[None]:
    """Ask for nothing."""
    yield from ()


def layered(layer: Admission, runner: asyncio.Runner) -> dict[str, Subject]:
    """A call without the layer and with it."""
    without, through = Pipeline([], Same()), Pipeline([layer], Same())
    return {"without": Awaiting(without, runner), "layer": Awaiting(through, runner)}


def read(of: str, subjects: dict[str, Subject], base: str) -> tuple[Reading, ...]:
    """Read what passing takes, and what the layer adds."""
    compared = compare(subjects, base=base)
    return (compared.reading(of), more(f"{of}, the whole layer", compared, name="layer", over="without"))
