"""Responses that nobody closes, threads, loops that end, and forks: places come back all the same."""

from __future__ import annotations

import asyncio
import gc
import os
import subprocess
import sys
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
import trio

from restkit import WireTransport
from tests.campaign.wire_script import Ask, Say, Script, Stall, answer
from tests.loopback import PATIENCE
from tests.wire.direct.conftest import Play, Road, awaited, get, started, url

OPEN: Script = (Ask(), Say(answer(length=10)), Stall())


def test_a_response_that_is_dropped(road: Road, play: Play) -> None:
    """Its finalizer gives its place back."""
    server, transport = play(OPEN), road.one()
    response = road.send(transport, get(server))

    del response
    _ = gc.collect()

    assert b"/own" == road.body(transport, get(server, "/own", extensions={"timeout": {"pool": PATIENCE}}))


def test_a_response_that_is_dropped_on_another_thread(road: Road, play: Play) -> None:
    """Whichever that is."""
    server, transport = play(OPEN), road.one()
    left = [road.send(transport, get(server))]

    started(left.clear).result(PATIENCE)
    _ = gc.collect()

    assert b"/own" == road.body(transport, get(server, "/own", extensions={"timeout": {"pool": PATIENCE}}))


def test_many_threads(play: Play) -> None:
    """Each gets its own answer, over no more connections than there may be."""
    server = play()
    with WireTransport(limits=httpx.Limits(max_connections=3)) as transport, ThreadPoolExecutor(16) as pool:
        targets = [f"/{at}" for at in range(300)]
        found = list(pool.map(lambda target: transport.handle_request(get(server, target)).read(), targets))

    assert ([each.encode() for each in targets], True) == (found, server.seen.most <= 3)


async def test_many_tasks(anyio_backend: str, play: Play) -> None:
    """Likewise."""
    import anyio

    server, found = play(), dict[str, bytes]()

    async def ask(transport: WireTransport, target: str) -> None:
        """Ask once."""
        found[target] = (await awaited(transport, get(server, target))).content

    async with WireTransport(limits=httpx.Limits(max_connections=3)) as transport, anyio.create_task_group() as group:
        for at in range(300):
            _ = group.start_soon(ask, transport, f"/{at}")

    assert ({f"/{at}": b"/%d" % at for at in range(300)}, True) == (found, server.seen.most <= 3)
    assert anyio_backend in ("asyncio", "trio")


def test_a_loop_that_was_closed_by_hand(play: Play) -> None:
    """Its connection is dropped at the next occasion, and what is closed late closes the socket."""
    server, transport = play(OPEN), WireTransport()
    loop = asyncio.new_event_loop()
    response = loop.run_until_complete(transport.handle_async_request(get(server)))
    loop.close()

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        del response
        _ = gc.collect()
        body = asyncio.run(awaited(transport, get(server, "/own"))).content
        _ = gc.collect()

    assert (b"/own", True) == (body, server.until_open(0, PATIENCE))


def test_loops_that_end(play: Play) -> None:
    """Each has its own connections, which end with it."""
    server, transport = play(), WireTransport()

    bodies = [asyncio.run(awaited(transport, get(server, f"/{at}"))).content for at in range(2)]
    bodies.append(trio.run(awaited, transport, get(server, "/2")).content)

    assert ([b"/0", b"/1", b"/2"], 3, False) == (bodies, server.seen.connections, transport.is_open)
    assert server.until_open(0, PATIENCE)


FORKED = """
import os, sys, warnings
warnings.simplefilter("error")
{alias}
import httpx
from restkit import WireTransport

transport = WireTransport()

def ask(target):
    return transport.handle_request(httpx.Request("GET", sys.argv[1] + target)).read().decode()

said = [ask("/parent")]
child = os.fork()
if not child:
    print(ask("/child"), flush=True)
    os._exit(0)
os.waitpid(child, 0)
said.append(ask("/again"))
transport.close()
print(*said)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on Windows")
@pytest.mark.parametrize("alias", ["", "import httpx2; httpx2.alias_httpx()"], ids=["httpx", "httpx2"])
def test_a_fork(play: Play, alias: str) -> None:
    """The child opens a connection of its own; the parent's stays as it was."""
    server = play()

    done = subprocess.run(  # noqa: S603 - this Python
        [sys.executable, "-c", FORKED.format(alias=alias), url(server, "")],
        capture_output=True,
        text=True,
        check=False,
    )

    assert ("/child\n/parent /again\n", "", 2) == (done.stdout, done.stderr, server.seen.connections)


WITHOUT = """
import asyncio, sys
import httpx, trio
from restkit import WireTransport

names = [name for name in sys.modules if name.partition(".")[0] in ("httpcore", "httpcore2")]
for name in names:
    del sys.modules[name]

class Refusing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("httpcore", "httpcore2"):
            raise ImportError(name)

sys.meta_path.insert(0, Refusing())
transport = WireTransport()
url = sys.argv[1]

async def ask(target):
    response = await transport.handle_async_request(httpx.Request("GET", url + target))
    return (await response.aread()).decode()

said = [transport.handle_request(httpx.Request("GET", url + "/blocking")).read().decode()]
said += [asyncio.run(ask("/asyncio")), trio.run(ask, "/trio")]
transport.close()
print(*said, [name for name in sys.modules if name.partition(".")[0] == "httpcore"])
"""


@pytest.mark.parametrize("alias", ["", "import httpx2; httpx2.alias_httpx()\n"], ids=["httpx", "httpx2"])
def test_httpcore_is_not_needed(play: Play, alias: str) -> None:
    """It is not there, and cannot be imported: the calls go out in all worlds."""
    done = subprocess.run(  # noqa: S603 - this Python
        [sys.executable, "-c", alias + WITHOUT, url(play(), "")], capture_output=True, text=True, check=False
    )

    assert ("/blocking /asyncio /trio []\n", "") == (done.stdout, done.stderr)


def test_threads_that_close(play: Play) -> None:
    """While others ask: each gets an answer, or is told that its connection was closed."""
    server, transport, go = play(), WireTransport(), threading.Event()

    def close() -> None:
        while not go.is_set():
            transport.close()

    closing = started(close)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda at: attempted(transport, get(server, f"/{at}")), range(200)))
    go.set()
    closing.result(PATIENCE)
    transport.close()

    assert all(each in (b"/%d" % at, None) for at, each in enumerate(found))
    assert server.until_open(0, PATIENCE)


def attempted(transport: WireTransport, request: httpx.Request) -> bytes | None:
    """What was answered; None if the connection was closed."""
    try:
        return transport.handle_request(request).read()
    except httpx.NetworkError:
        return None
