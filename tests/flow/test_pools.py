"""One pool for each event loop: loops that end, loops closed by hand, and forks."""

from __future__ import annotations

import asyncio
import gc
import os
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Coroutine, Iterator

import httpx
import pytest
import trio

from restkit.flow import Flow, Send, World, run
from restkit.wire import PerLoop, Stock
from restkit.wire.pools import is_closed
from tests.loopback import Loopback

SECONDS = 20.0


class Counted(httpx.AsyncBaseTransport):
    """A transport that notes its requests and its end."""

    def __init__(self) -> None:
        self.requests = self.closes = 0

    async def handle_async_request(self, _: httpx.Request) -> httpx.Response:
        """Answer."""
        self.requests += 1
        return httpx.Response(200)

    async def aclose(self) -> None:
        """Note it."""
        self.closes += 1


class Made(list[Counted]):
    """Every transport that was made."""

    def __call__(self) -> Counted:
        """Make one."""
        self.append(Counted())
        return self[-1]


async def use(pools: PerLoop) -> None:
    """Send twice on this loop."""
    for _ in range(2):
        response = await pools.handle_async_request(httpx.Request("GET", "http://api.test/"))
        assert 200 == response.status_code


def test_each_loop_has_its_own() -> None:
    """Loops that end close their pool, on asyncio and on trio."""
    made = Made()
    pools = PerLoop(made)

    asyncio.run(use(pools))
    trio.run(use, pools)
    asyncio.run(use(pools))

    assert [(2, 1), (2, 1), (2, 1)] == [(each.requests, each.closes) for each in made]
    assert not pools.is_open


def test_closed_where_it_is_used() -> None:
    """Closing closes the pool of this loop, which may open another one."""
    made = Made()
    pools = PerLoop(made)

    async def main() -> None:
        """What runs on the loop."""
        await use(pools)
        await pools.aclose()
        await pools.aclose()
        assert not pools.is_open
        await use(pools)

    asyncio.run(main())
    trio.run(main)

    assert [1, 1, 1, 1] == [each.closes for each in made]


@pytest.mark.parametrize("other", ["asyncio", "trio"])
def test_closed_from_another_loop(other: str) -> None:
    """Closing on one loop has the pools of the others closed on theirs."""
    made, used, go_on = Made(), threading.Event(), threading.Event()
    pools = PerLoop(made)

    async def uses() -> None:
        """Use the pool until it is closed from elsewhere."""
        import anyio

        await use(pools)
        used.set()
        await anyio.to_thread.run_sync(go_on.wait, SECONDS)
        for _ in range(5):
            await anyio.lowlevel.checkpoint()
        assert 1 == made[0].closes

    def run_other() -> None:
        if other == "trio":
            trio.run(uses)
        else:
            asyncio.run(uses())

    thread = threading.Thread(target=run_other)
    thread.start()
    assert used.wait(SECONDS)
    asyncio.run(closes(pools))
    go_on.set()
    thread.join(SECONDS)

    assert [1, 1] == [each.closes for each in made]


async def closes(pools: PerLoop) -> None:
    """Use and close."""
    await use(pools)
    await pools.aclose()


@pytest.mark.parametrize("then", [PerLoop.aclose, use])
def test_a_loop_closed_by_hand(then: Callable[[PerLoop], Coroutine[None, None, None]]) -> None:
    """The pool of a loop that was closed by hand is dropped, unclosed, at the next occasion."""
    made = Made()
    pools = PerLoop(made)
    loop = asyncio.new_event_loop()
    loop.run_until_complete(use(pools))
    loop.close()
    assert is_closed(loop)

    asyncio.run(then(pools))

    assert (False, 0) == (pools.is_open, made[0].closes)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _ = gc.collect()


FORKED = """
import asyncio, os, sys, warnings
warnings.simplefilter("error")
import httpx
from restkit.flow import Background, World
from restkit.pipeline import Pipeline

pipeline = Pipeline()
url = sys.argv[1]

def get():
    response = pipeline.handle_request(httpx.Request("GET", url))
    response.read()
    return response.status_code

async def aget():
    response = await pipeline.handle_async_request(httpx.Request("GET", url))
    await response.aread()
    return response.status_code

async def main():
    assert (get(), await aget()) == (200, 200)
    child = os.fork()
    if not child:
        status = 1
        try:
            assert not pipeline.world.transport.is_open
            assert get() == 200
            status = 0
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert (get(), await aget()) == (200, 200)
    child = os.fork()
    if not child:
        status = 1
        try:
            asyncio._set_running_loop(None)
            status = 0 if asyncio.run(aget()) == 200 else 2
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    await pipeline.aclose()
    pipeline.close()

asyncio.run(main())
"""


@pytest.fixture
def server() -> Iterator[Loopback]:
    """A real server."""
    with Loopback() as listening:
        yield listening


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_forked_child_has_pools_of_its_own(server: Loopback) -> None:
    """A child uses neither its parent's connections nor its locks, and the parent goes on with its own."""
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", FORKED, f"{server.url}/echo"], capture_output=True, text=True, check=False, timeout=60
    )

    assert (0, "") == (done.returncode, done.stderr)
    assert 4 == server.connections


def sends(url: str) -> Flow[httpx.Response]:
    """Send once."""
    return (yield from Send(httpx.Request("GET", url), whole=True))


def test_threads_share_the_blocking_pool(server: Loopback) -> None:
    """Whoever uses the stock transport first opens its pool, and all threads share it."""
    stock, start = Stock(), threading.Barrier(4)
    statuses: list[int] = []

    def work() -> None:
        _ = start.wait(SECONDS)
        statuses.append(run(sends(f"{server.url}/echo"), World(stock)).status_code)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    assert stock.is_open
    stock.close()
    stock.close()

    assert ([200] * 4, False) == (statuses, stock.is_open)
