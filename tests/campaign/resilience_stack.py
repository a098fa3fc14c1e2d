"""A client with everything on, as its seed decides, and what is seen of it while it is at work."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache
from typing import Any

import attrs
import httpx
from attrs import field, frozen

from restkit import GCRA, Client, FixedWindow, LeakyBucket, SlidingWindow, TokenBucket
from restkit.admission.breaker import Breaker
from restkit.admission.gate import Gate
from restkit.admission.limiter import RateLimiter
from restkit.admission.origins import origin_of
from restkit.admission.slots import Slots
from restkit.attempt import HEDGE, WAITED
from restkit.flow import Clock, Flow
from restkit.layers.admission import Admission
from restkit.layers.retry import Retry
from restkit.pipeline import Exchange, Layer, Proceed
from restkit.policies.bucket import Limit
from restkit.policies.bulkhead import Bulkhead
from restkit.policies.circuit_breaker import CircuitBreaker
from restkit.policies.hedging import Hedging
from restkit.policies.retry import RetryBudget, RetryPolicy
from restkit.retrying.budgets import Budgets
from restkit.testing import Report, Scene, Weather
from restkit.testing.weather.scene import URL

HOME = origin_of(httpx.Request("GET", URL))
PRICE = 14
"""Tokens of the budget that a retry takes."""
WEATHER = Weather(redirected=0.05)
LIMITS: tuple[tuple[Limit, ...], ...] = (
    (GCRA(3.0, burst=2),),
    (TokenBucket(2, burst=5),),
    (LeakyBucket(4),),
    (SlidingWindow(8, per=3),),
    (FixedWindow(10, per=4),),
    (GCRA(5), SlidingWindow(60, per=20)),
)


@frozen(kw_only=True)
class Plan:
    """What a client is told, but what all are told."""

    limits: tuple[Limit, ...]
    adapts: bool
    size: int
    capacity: int
    probes: int
    window: int
    open_seconds: float
    delay: float | None
    keys: bool

    @property
    def circuit(self) -> CircuitBreaker:
        """When calls stop being sent."""
        return CircuitBreaker(
            window=self.window,
            min_calls=self.window // 2,
            open_seconds=self.open_seconds,
            most_open_seconds=8.0,
            probes=self.probes,
        )

    def settings(self) -> dict[str, Any]:
        """Those that hold no state."""
        budget = RetryBudget(self.capacity, transient=PRICE, throttle=PRICE)
        return {
            "retry": RetryPolicy(budget=budget, adaptive=self.adapts),
            "bulkhead": Bulkhead(self.size),
            "hedge": Hedging(self.delay),
            "idempotency": self.keys,
            "redirects": True,
        }


@cache
def plan_of(seed: int) -> Plan:
    """That of a seed."""
    dice = random.Random(f"plan {seed}")  # noqa: S311 - to be repeated, not to be secret
    return Plan(
        limits=dice.choice(LIMITS),
        adapts=dice.random() < 0.25,
        size=dice.choice((2, 4, 8)),
        capacity=dice.choice((56, 140, 500)),
        probes=dice.choice((1, 3, 5)),
        window=dice.choice((10, 30)),
        open_seconds=dice.choice((1.0, 4.0)),
        delay=dice.choice((None, 0.3, 2.0)),
        keys=dice.random() < 0.25,
    )


@attrs.define(eq=False)
class Watch:
    """What is seen of a client while it is at work: it stands around each attempt, below all that holds it up."""

    plan: Plan
    limiter: RateLimiter
    gate: Gate
    clock: Clock
    slots: Slots = field(init=False)
    budgets: Budgets = field(init=False)
    moments: list[float] = field(factory=list[float])
    """When each request was handed to the wire."""
    retries: int = 0
    recovered: int = 0
    """Retries that were answered, and not with an error."""
    answered: int = 0
    """First attempts of which that is true, and whatever else pays a token back."""
    hedges: int = 0
    debt: int = 0
    """The most tokens that the budget was short of."""
    probed: int = 0
    """Requests that tried a circuit which is half open."""

    def __call__(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Look, and pass it on."""
        if origin_of(request) != HOME:
            return (yield from proceed(request))
        self.moments.append(self.clock.now())
        is_retry, is_hedge = WAITED in request.extensions, HEDGE in request.extensions
        self.retries += is_retry and not is_hedge
        self.hedges += is_hedge
        self.probed += self.gate.state == "half_open"
        self.debt = max(self.debt, *self.budgets.debts.values(), 0)
        response = yield from proceed(request)
        self.recovered += is_retry and response.status_code < 400
        self.answered += not is_retry or response.status_code >= 400
        return response

    @property
    def is_spent(self) -> bool:
        """Whether there was a moment without tokens for a retry."""
        return self.debt + PRICE > self.plan.capacity

    def circuit(self) -> int:
        """Which time it is that the circuit is half open; 0 if it is not."""
        return self.gate._circuit.number if self.gate.state == "half_open" else 0  # noqa: SLF001 - nobody else asks


def whole(scene: Scene) -> Client[Any]:
    """The client, with everything on."""
    plan = plan_of(scene.seed)
    limiter = RateLimiter(list(plan.limits), adaptive=plan.adapts)
    breaker = Breaker(plan.circuit, dice=scene.dice)
    watch = Watch(plan, limiter, breaker.gate(HOME), scene.clock)
    shared: dict[str, Any] = {"rate_limit": limiter, "breaker": breaker, "attempt_layers": [watch]}
    client = scene.client(Client, **shared, **plan.settings())
    layers = list(layers_of(client))
    watch.slots, watch.budgets = slots_of(layers), budgets_of(layers)
    scene.gauge("watch", lambda: watch)
    scene.gauge("circuit", watch.circuit)
    return client


def layers_of(client: Client[Any]) -> Iterator[Layer]:
    """The layers of a client, which hold its state."""
    proceed: Any = client._session.pipeline.proceed  # noqa: SLF001 - what is in them is what is looked at
    while not isinstance(proceed, Exchange):
        bound = dict(zip(proceed.__code__.co_freevars, proceed.__closure__, strict=True))
        call = bound["call"].cell_contents
        yield getattr(call, "__self__", call)
        proceed = bound["below"].cell_contents


def slots_of(layers: list[Layer]) -> Slots:
    """The slots of the bulkhead."""
    (found,) = [each._slots for each in layers if isinstance(each, Admission)]  # noqa: SLF001 - likewise
    assert found is not None
    return found


def budgets_of(layers: list[Layer]) -> Budgets:
    """What is left for retries."""
    (found,) = [each._memory.budgets for each in layers if isinstance(each, Retry)]  # noqa: SLF001 - likewise
    return found


def watch_of(report: Report) -> Watch:
    """What was seen."""
    found: Any = report.after["watch"]
    assert isinstance(found, Watch)
    return found
