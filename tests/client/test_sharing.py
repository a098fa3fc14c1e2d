"""One client, shared by threads, event loops and forked processes (B29)."""

from __future__ import annotations

import asyncio
import gc
import inspect
import subprocess
import sys
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from types import FrameType
from typing import Any

import httpx
import pytest
from anyio.from_thread import start_blocking_portal

from restkit import AsyncClient, Client, PerLoop
from restkit.wire import stock
from tests.client.worlds import settle
from tests.loopback import Loopback


def test_sixteen_threads_share_a_client(server: Loopback) -> None:
    """Each gets its own answers, over at most as many connections as there are threads."""
    together = threading.Barrier(16)

    def work(number: int) -> list[str]:
        _ = together.wait()
        return [client.get(f"/echo/{number}/{each}").data["target"] for each in range(5)]

    with Client(base_url=server.url) as client, ThreadPoolExecutor(16) as threads:
        found = list(threads.map(work, range(16)))

    assert [[f"/echo/{number}/{each}" for each in range(5)] for number in range(16)] == found
    assert server.connections <= 16


class Hesitant(httpx.Limits):
    """Limits that are not read before another thread waits within the same function."""

    def __getattribute__(self, name: str) -> Any:
        if name == "max_connections":
            here = sys._getframe()  # noqa: SLF001 - Python's own
            while not any(inside(frame) for frame in others(here)):
                pass
        return super().__getattribute__(name)


def others(here: FrameType) -> list[FrameType]:
    """Where the other threads are."""
    return [frame for frame in sys._current_frames().values() if frame is not here]  # noqa: SLF001 - Python's own


def inside(frame: FrameType | None) -> bool:
    """Whether a thread is at work in the stock transport, but not making a pool."""
    return frame is not None and frame.f_code.co_filename == inspect.getsourcefile(stock)


def test_threads_that_come_at_once_share_a_pool(server: Loopback) -> None:
    """While one makes it, the others wait for it."""
    transport = stock.Stock(limits=Hesitant(max_connections=5))
    with Client(base_url=server.url, transport=transport) as client, ThreadPoolExecutor(2) as threads:
        found = list(threads.map(lambda _: client.get("/echo").status_code, range(2)))

    server.wait_until_left()
    assert [200, 200] == found


def test_three_loops_share_a_client(server: Loopback) -> None:
    """Two of asyncio and one of trio, at the same time: each has a pool, and keeps it from call to call."""
    client = AsyncClient(base_url=server.url)
    with ExitStack() as stack:
        portals = [stack.enter_context(start_blocking_portal(backend)) for backend in ("asyncio", "trio", "asyncio")]
        for _ in range(2):
            calls = [portal.start_task_soon(settle, client.get("/echo")) for portal in portals]
            assert [200, 200, 200] == [call.result().status_code for call in calls]
        assert 3 == server.connections

        portals[0].call(client.aclose)

        server.wait_until_left()


def test_a_pool_ends_with_its_loop(server: Loopback) -> None:
    """`asyncio.run` again and again leaves nothing behind."""
    client = AsyncClient(base_url=server.url)

    for _ in range(3):
        asyncio.run(client.get("/echo"))

    server.wait_until_left()
    assert 3 == server.connections


class Counted(httpx.AsyncBaseTransport):
    """A transport without a network, that knows where it was made and whether it was closed."""

    made: list[Counted]

    def __init__(self) -> None:
        self.closed = 0
        self.made.append(self)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer which of them it is."""
        return httpx.Response(200, text=str(self.made.index(self)), request=request)

    async def aclose(self) -> None:
        """Count it."""
        self.closed += 1


@pytest.fixture
def counted() -> type[Counted]:
    """A class of its own for each test."""
    return type("Fresh", (Counted,), {"made": []})


def test_a_factory_makes_a_transport_for_each_loop(counted: type[Counted]) -> None:
    """An asynchronous transport of the user's own spans loops when it is given as a factory."""
    client = AsyncClient(base_url="https://api.test", transport=counted)

    found = [asyncio.run(settle(client.get("/x"))).text for _ in range(2)]

    assert (["0", "1"], [1, 1]) == (found, [each.closed for each in counted.made])


def test_a_factory_of_a_blocking_client_makes_one_transport() -> None:
    """Threads share it."""
    made: list[httpx.MockTransport] = []

    def make() -> httpx.MockTransport:
        made.append(httpx.MockTransport(lambda _: httpx.Response(200)))
        return made[-1]

    with Client(base_url="https://api.test", transport=make) as client:
        _ = [client.get("/x") for _ in range(2)]

    assert 1 == len(made)


def test_the_pool_of_a_loop_that_was_closed_by_hand_is_dropped(counted: type[Counted]) -> None:
    """When the next loop turns up; nothing can be awaited on the dead one."""
    pools = PerLoop(counted)
    request = httpx.Request("GET", "https://api.test/x")
    living: list[weakref.ref[Counted]] = []
    for _ in range(2):
        loop = asyncio.new_event_loop()
        _ = loop.run_until_complete(pools.handle_async_request(request))
        loop.close()
        living.append(weakref.ref(counted.made.pop()))

    _ = gc.collect()

    assert [False, True] == [each() is not None for each in living]


def test_closing_from_elsewhere_leaves_a_dead_loop_alone(counted: type[Counted]) -> None:
    """It was closed between the look and the call."""
    pools = PerLoop(counted)
    loop = asyncio.new_event_loop()
    _ = loop.run_until_complete(pools.handle_async_request(httpx.Request("GET", "https://api.test/x")))
    loop.close()

    asyncio.run(settle(pools.aclose()))

    assert [0] == [each.closed for each in counted.made]


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_closing_reaches_every_loop(counted: type[Counted], backend: str) -> None:
    """Each closes its own pool."""
    client = AsyncClient(base_url="https://api.test", transport=counted)
    with start_blocking_portal(backend) as here, start_blocking_portal(backend) as there:
        for portal in (here, there):
            _ = portal.call(settle, client.get("/x"))
        here.call(client.aclose)

    assert [1, 1] == [each.closed for each in counted.made]


FORKS = """
import os, sys
from restkit import Client
with Client(base_url=sys.argv[1]) as client:
    first = client.get("/echo").status_code
    child = os.fork()
    if child == 0:
        ok = [client.get("/echo").status_code for _ in range(2)] == [200, 200]
        client.close()
        os._exit(0 if ok else 1)
    _, status = os.waitpid(child, 0)
    print(first, os.waitstatus_to_exitcode(status), client.get("/echo").status_code)
"""
FORKS_AWAITING = """
import asyncio, os, sys
from restkit import AsyncClient
async def calls(client):
    answers = [(await client.get("/echo")).status_code for _ in range(2)]
    await client.aclose()
    return answers
async def main():
    async with AsyncClient(base_url=sys.argv[1]) as client:
        first = (await client.get("/echo")).status_code
        child = os.fork()
        if child == 0:
            os._exit(0 if asyncio.run(calls(client)) == [200, 200] else 1)
        _, status = os.waitpid(child, 0)
        print(first, os.waitstatus_to_exitcode(status), (await client.get("/echo")).status_code)
asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
@pytest.mark.parametrize("code", [FORKS, FORKS_AWAITING], ids=["blocking", "awaiting"])
def test_a_forked_child_works_on_connections_of_its_own(server: Loopback, code: str) -> None:
    """And the parent goes on with its own: no connection serves both."""
    done = subprocess.run([sys.executable, "-c", code, server.url], capture_output=True, text=True, check=False)  # noqa: S603 - this Python

    assert ("200 0 200\n", "") == (done.stdout, done.stderr)
    assert [1, 2, 2, 1] == [each.connection for each in server.received]


def test_a_pipeline_alone_works_in_both_worlds(server: Loopback) -> None:
    """Its own transport has a pool for threads and one for each loop."""
    from restkit import Pipeline

    async def main() -> Any:
        """What runs on the loop."""
        async with httpx.AsyncClient(transport=pipeline) as client:
            return (await client.get(f"{server.url}/echo")).status_code

    pipeline = Pipeline()
    with httpx.Client(transport=pipeline) as client:
        found = [client.get(f"{server.url}/echo").status_code, asyncio.run(main())]

    assert [200, 200] == found
