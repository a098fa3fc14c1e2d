"""What a client can be told of resilience, what its calls know of it, and the testing kit's part in it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any, assert_type

import httpx
import tenacity
from attrs import define

from restkit import (
    GCRA,
    Admission,
    Async,
    AsyncClient,
    Attempt,
    Breaker,
    Bulkhead,
    BulkheadFull,
    CircuitBreaker,
    CircuitOpen,
    CircuitState,
    Client,
    CookieJar,
    Cookies,
    Deadline,
    ExponentialWait,
    FixedWait,
    FixedWindow,
    Flow,
    Guards,
    Hedge,
    Hedging,
    Idempotency,
    LeakyBucket,
    LinearWait,
    M,
    Op,
    Pipeline,
    RateLimiter,
    RateLimitTimeout,
    Redirects,
    Resource,
    RestkitError,
    Retrial,
    Retry,
    RetryBudget,
    RetryPolicy,
    SlidingWindow,
    StatusError,
    Sync,
    TokenBucket,
    Tried,
    WaitByError,
    Within,
    operation,
)
from restkit.testing import (
    CALM,
    FAULTS,
    Answered,
    Broken,
    Fault,
    FaultServer,
    Ledger,
    Received,
    Report,
    Scene,
    VirtualClock,
    Weather,
    Write,
    by_chance,
    simulate,
)


@define
class User:
    id: int


class Patient:
    """A strategy of one's own."""

    def should_retry(self, tried: Tried) -> bool:
        return tried.number < 9

    def get_delay(self, tried: Tried) -> float:
        return 1.0 * tried.number


class Users(Resource[User, M], path="users"):
    @operation(retry=5, hedge=0.2, cost=10, attempt_timeout=3, follow_redirects=True)
    def search(self) -> Op[User]:
        return self.call("POST", "search", idempotent=True)

    @operation(retry=RetryPolicy(attempts=2), idempotency="X-Request-Id")
    def invite(self) -> Op[User]:
        return self.call("POST", "invite")

    @operation
    def twice(self) -> Flow[User]:
        first = yield from Within(30, self.search.op())
        assert_type(first, User)
        return (yield from Within(5.5, self.again(first)))

    def again(self, user: User) -> Flow[User]:
        return (yield from self.get.op(user.id))


class Acme(
    Client[M],
    base_url="https://api.acme.test",
    retry=RetryPolicy(attempts=5, budget=RetryBudget(capacity=100)),
    bulkhead=50,
    rate_limit=[TokenBucket(10, burst=20), SlidingWindow(1000, per=60)],
    breaker=CircuitBreaker(consecutive=5),
    hedge=Hedging(delay=0.2, extra=2),
    idempotency=True,
    redirects=5,
    cookies={"language": "de"},
):
    users: Users[M]


def told(retrial: Retrial) -> None:
    assert_type(retrial.number, int)


def settings(jar: CookieJar, limiter: RateLimiter, breaker: Breaker, dice: random.Random) -> Sequence[Client]:
    """Each of them in each of its forms."""
    return [
        Client(retry=True),
        Client(retry=3),
        Client(retry=False),
        Client(retry=None),
        Client(retry=Patient()),
        Client(retry=RetryPolicy(wait=2, throttle_wait=ExponentialWait(base=0.1, most=5), on_retry=told)),
        Client(retry=RetryPolicy(wait=LinearWait(base=1, step=2), statuses={503}, budget=None)),
        Client(retry=RetryPolicy(wait=WaitByError({httpx.ConnectError: 5, httpx.ReadTimeout: FixedWait(1)}))),
        Client(retry=RetryPolicy(stop=tenacity.stop_after_attempt(5) | tenacity.stop_after_delay(30))),
        Client(retry=RetryPolicy(wait=tenacity.wait_random_exponential(max=20) + tenacity.wait_fixed(0.1))),
        Client(retry=RetryPolicy(retry=tenacity.retry_if_exception_type(httpx.TransportError))),
        Client(bulkhead=None, rate_limit=None, breaker=None, hedge=None),
        Client(bulkhead=Bulkhead(5, queue=100, max_wait=2.0)),
        Client(rate_limit=10),
        Client(rate_limit=0.5),
        Client(rate_limit=GCRA(10, burst=5)),
        Client(rate_limit=LeakyBucket(10, per=60)),
        Client(rate_limit=[10, FixedWindow(1000, per=3600)]),
        Client(rate_limit=limiter, cost=2),
        Client(breaker=True),
        Client(breaker=False),
        Client(breaker=breaker),
        Client(hedge=True),
        Client(hedge=0.2),
        Client(idempotency="X-Request-Id"),
        Client(redirects=True),
        Client(redirects=3, follow_redirects=False),
        Client(cookies=True),
        Client(cookies=jar),
        Client(attempt_timeout=5, deadline=None, dice=dice),
    ]


def blocking(client: Acme) -> None:
    assert_type(client, Acme[Sync])
    assert_type(client.with_options(retry=False, hedge=True, idempotency_key="order-7", cost=0), Acme[Sync])
    assert_type(client.users.get.with_options(retry=RetryPolicy(attempts=9), follow_redirects=None)(7), User)
    assert_type(client.users.search.op().with_options(retry=2, deadline=9), Op[User])
    assert_type(client.users.twice(), User)
    assert_type(client.execute(client.users.get.op(7), total=30), User)
    assert_type(client.execute(client.users.again(User(7)), total=30, deadline=5, retry=3), User)
    assert_type(client.get("/x", retry=False, attempt_timeout=2).attempts, Sequence[Attempt])
    try:
        _ = client.users.get(7)
    except CircuitOpen as error:
        assert_type(error.retry_after, float | None)
    except (RateLimitTimeout, BulkheadFull) as error:
        assert_type(error.retry_after, float | None)
    except StatusError as error:
        assert_type(error.retry_after, float | None)
    except RestkitError as error:
        assert_type(error.attempts, Sequence[Attempt])
        assert_type(error.attempts[0].bytes_sent, int | None)
        assert_type(error.attempts[0].waited, float)
        assert_type(error.attempts[0].hedge, bool)


async def awaiting(client: Acme[Async], plain: AsyncClient) -> None:
    assert_type(client.with_options(retry=False, hedge=0.1), Acme[Async])
    assert_type(await client.users.get.with_options(retry=2)(7), User)
    assert_type(await client.users.twice(), User)
    assert_type(await client.execute(client.users.get.op(7), total=30), User)
    assert_type(await client.execute(client.users.again(User(7)), total=30, deadline=5), User)
    assert_type((await plain.get("/x", retry=False)).attempts, Sequence[Attempt])


def state(breaker: Breaker) -> None:
    assert_type(breaker.states(), dict[str, CircuitState])
    breaker.isolate("https://api.acme.test")
    breaker.reset()


def by_steps(limiter: RateLimiter, users: Users[Sync]) -> Flow[User]:
    yield from limiter.acquire(cost=2)
    user = yield from limiter.admitted(users.again(User(7)))
    assert_type(user, User)
    return user


def in_httpx() -> Sequence[httpx.Client]:
    """Each alone, and all in order."""
    stack = Pipeline(
        [
            Deadline(10),
            Idempotency("X-Request-Id"),
            Redirects(5),
            Cookies(),
            Retry(3),
            Hedge(0.2),
            Admission(10, 5),
            Guards(),
        ]
    )
    return [
        httpx.Client(transport=stack),
        httpx.Client(transport=Pipeline([Retry(RetryPolicy(wait=1))], httpx.HTTPTransport(), attempt_timeout=4)),
        httpx.Client(transport=Pipeline([Retry(Patient())])),
        httpx.Client(transport=Pipeline([Admission(rate_limit=[10], breaker=CircuitBreaker())])),
        httpx.Client(transport=Pipeline([Guards(max_response_bytes=None)])),
    ]


def in_httpx_awaiting() -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=Pipeline([Retry(3)], httpx.AsyncHTTPTransport()))


def api(request: Received) -> Answered:
    assert_type(request.headers.get("x-api-key"), str | None)
    return Answered(200, b"{}")


def only_writes(request: Received) -> str | None:
    return "reset unanswered" if request.method == "POST" else None


def faults() -> None:
    with FaultServer([503, "reset unanswered", FAULTS["bomb"], "ok"], api=api) as server:
        assert_type(server, FaultServer)
        assert_type(server.url, str)
        assert_type(server.port, int)
        assert_type(server.ledger, Ledger)
        assert_type(server.ledger.requests, list[Received])
        assert_type(server.ledger.writes, list[Write])
        assert_type(FAULTS["bomb"], Fault)
        server.play(only_writes)
        server.play(by_chance(7, 0.5, among=["503", 500]))
        server.play("503")


def ours(scene: Scene) -> Client[Any]:
    assert_type(scene.clock, VirtualClock)
    return scene.client(Acme, retry=False)


def never(report: Report) -> Sequence[Broken]:
    return report.broken


def weather() -> None:
    report = simulate(Acme, seed=7)
    assert_type(report, Report)
    assert_type(report.ok, bool)
    assert_type(report.broken, tuple[Broken, ...])
    report.check()
    _ = simulate(ours, 7, calls=20, seconds=30.0, weather=Weather(refused=0.5), engine="trio", checks=[never])
    _ = simulate(lambda scene: scene.client(Acme[Async]), seed=7, weather=CALM, engine="asyncio")
