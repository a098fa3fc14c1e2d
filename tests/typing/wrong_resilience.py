"""What a type checker must refuse of resilience."""

from __future__ import annotations

import httpx

from restkit import Client, Op, Pipeline, RateLimiter, Retry, RetryPolicy, SlidingWindow, operation, rate_limit, retry
from restkit.testing import FaultServer, simulate
from tests.typing.sdk_resilience import Acme, Users


class Hasty:
    """Half a strategy."""

    def should_retry(self, tried: object) -> bool:
        return tried is not None


def wrong_settings() -> None:
    Client(retry="3")  # error
    Client(retry=2.5)  # error
    Client(retry=Hasty())  # error
    Client(bulkhead="5")  # error
    Client(bulkhead=2.5)  # error
    Client(rate_limit="10/s")  # error
    Client(rate_limit=[SlidingWindow(10), "5"])  # error
    Client(breaker=5)  # error
    Client(hedge="fast")  # error
    Client(idempotency=7)  # error
    Client(redirects="yes")  # error
    Client(cookies=["session"])  # error
    Client(dice=7)  # error


def wrong_values() -> None:
    RetryPolicy(attempts="3")  # error
    RetryPolicy(wait="1")  # error
    RetryPolicy(on_retry=lambda: None)  # error
    RateLimiter()  # error
    RateLimiter(10, max_wait="2")  # error
    SlidingWindow("10")  # error


def wrong_options(client: Acme) -> None:
    client.with_options(bulkhead=5)  # error
    client.with_options(rate_limit=5)  # error
    client.users.get.with_options(breaker=True)  # error
    client.users.get.with_options(retry="3")(7)  # error
    client.get("/x", retries=3)  # error
    client.get("/x", total=30)  # error
    client.execute(client.users.get.op(7), total="30")  # error
    client.execute(client.users.get.op(7), bulkhead=5)  # error


class Wrong(Users):
    @operation(bulkhead=5)  # error
    def crowd(self) -> Op[int]:
        return self.call("GET", "crowd")


@retry  # error
def bare() -> None: ...


@retry(3)
def plain(number: int) -> int:
    return number


@rate_limit(10)
async def asynchronous(number: int) -> int:
    return number


async def wrong_calls() -> None:
    plain("7")  # error
    plain(number=7, word="x")  # error
    await plain(7)  # error
    name: int = asynchronous(7)  # error
    print(name)
    rate_limit()  # error
    retry(3, deadline="5")  # error


def wrong_layers() -> None:
    Pipeline([Retry])  # error
    Pipeline(Retry(3))  # error
    httpx.Client(transport=Retry(3))  # error


def wrong_tests() -> None:
    FaultServer(lambda: "ok")  # error
    FaultServer(api=lambda request: "{}")  # error
    simulate(Acme)  # error
    simulate(Acme, 7, engine="threads")  # error
