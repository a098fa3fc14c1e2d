"""One promise, and one client, shared by many threads and loops."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anyio
import httpx
import trio

from restkit import AsyncClient, Client, Op
from restkit.flow import Flow, Promise, Wait, World, run
from restkit.flow.awaiting import arun
from restkit.wire import Stock
from tests.campaign.figure import Amounts, Measured
from tests.loopback import Loopback

THREADS, GIVERS, SECONDS = 16, 3, 60.0


def hammer_promises(asked: Amounts) -> Measured:
    """For each seed three threads wait, on asyncio, on trio and blocked, and three others keep the promise."""
    wrong = calls = 0
    with ThreadPoolExecutor(3 + GIVERS) as pool:
        for seed in range(asked.seeds):
            promise: Promise[int] = Promise()
            order = [lambda promise=promise, wait=wait: wait(promise) for wait in WAITS]
            order += [lambda promise=promise, value=value: promise.keep(value) for value in range(GIVERS)]
            random.Random(seed).shuffle(order)  # noqa: S311 - to be repeated, not to be secret
            found = [future.result(SECONDS) for future in [pool.submit(act) for act in order]]
            delivered = [value for value in found if isinstance(value, bool)]
            waited = [value for value in found if not isinstance(value, bool)]
            wrong += sum(delivered) != 1 or set(waited) != {promise.value}
            calls += len(found)
    return Measured(value=f"{wrong} wrong", ok=not wrong, done=Amounts(seeds=asked.seeds, calls=calls))


def waits(promise: Promise[int]) -> Flow[int]:
    """A flow that waits."""
    return (yield from Wait(promise))


WAITS: tuple[Callable[[Promise[int]], int], ...] = (
    lambda promise: run(waits(promise), World()),
    lambda promise: asyncio.run(arun(waits(promise), World())),
    lambda promise: trio.run(arun, waits(promise), World()),
)


def op(number: int) -> Op[Any]:
    """A call whose answer tells which call it was."""
    return Op("GET", f"/echo/{number}")


def is_own(answered: object, number: int) -> bool:
    """Whether an answer is that call's own."""
    return f"/echo/{number}" in str(answered)


def share_by_threads(asked: Amounts) -> Measured:
    """Sixteen threads share one blocking client."""
    start = threading.Barrier(THREADS)
    # On a busy machine some of the connections idle for long.
    kept = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=None)
    with Loopback() as server, Client(base_url=server.url, limits=kept) as client:

        def work(thread: int) -> int:
            _ = start.wait(SECONDS)
            numbers = range(thread, asked.calls, THREADS)
            return sum(is_own(client.execute(op(number)), number) for number in numbers)

        with ThreadPoolExecutor(THREADS) as pool:
            right = sum(pool.map(work, range(THREADS)))
        received, connections = len(server.received), server.connections
    value = f"{right} right, {received} received, {connections} connections"
    ok = right == received == asked.calls and connections <= THREADS
    return Measured(value=value, ok=ok, done=Amounts(calls=received))


def share_by_loops(asked: Amounts) -> Measured:
    """Two asyncio loops and a trio run share one awaiting client."""
    right: list[int] = []
    with Loopback() as server:
        pools = Stock()
        client = AsyncClient(base_url=server.url, transport=pools)

        async def work(first: int) -> None:
            """One loop's share of the calls."""

            async def one(number: int) -> None:
                """One call."""
                async with limit:
                    right.append(is_own(await client.execute(op(number)), number))

            limit = anyio.CapacityLimiter(10)
            async with anyio.create_task_group() as group:
                for number in range(first, asked.calls, 3):
                    _ = group.start_soon(one, number)

        def on_asyncio(main: Callable[[], Awaitable[None]]) -> None:
            asyncio.run(main())  # type: ignore[arg-type]

        runs = (on_asyncio, trio.run, on_asyncio)
        with ThreadPoolExecutor(3) as pool:
            futures = [pool.submit(each, lambda first=first: work(first)) for first, each in enumerate(runs)]
            for future in futures:
                future.result(SECONDS)
        is_open = pools.is_open
        asyncio.run(client.aclose())
        received = len(server.received)
    value = f"{sum(right)} right, {received} received, pools left: {'yes' if is_open else 'none'}"
    ok = sum(right) == received == asked.calls and not is_open
    return Measured(value=value, ok=ok, done=Amounts(calls=received))
