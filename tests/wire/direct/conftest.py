"""The transport in each of the three worlds, and servers that play scripts to it."""

from __future__ import annotations

import ssl
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import ExitStack
from typing import Any

import anyio.lowlevel
import httpx
import pytest
from anyio.from_thread import BlockingPortal
from typing_extensions import override

from restkit import WireTransport
from restkit.flow.promise import Promise, Waker
from tests.campaign.wire_certificates import trusting
from tests.campaign.wire_script import Script
from tests.campaign.wire_server import Server
from tests.client.worlds import World, portal, server, world
from tests.loopback import PATIENCE
from tests.wire.conftest import black_hole, secure, speak, trust

__all__ = ["black_hole", "portal", "secure", "server", "speak", "trust", "world"]

HOST = "127.0.0.1"
SOON = 0.05
"""Seconds that something takes of which a test wants to see that it takes too long."""
Play = Callable[..., Server]


class Road:
    """The transport in each of the three worlds."""

    def __init__(self, world: World, portal: BlockingPortal | None) -> None:
        self.world, self._portal = world, portal
        self._made: list[WireTransport] = []

    @property
    def awaits(self) -> bool:
        """Whether it awaits."""
        return self.world.awaits

    def transport(self, **settings: Any) -> WireTransport:
        """A transport, closed with the test."""
        self._made.append(WireTransport(**settings))
        return self._made[-1]

    def one(self, **settings: Any) -> WireTransport:
        """A transport that may have a single connection."""
        return self.transport(limits=httpx.Limits(max_connections=1), **settings)

    def send(self, transport: WireTransport, request: httpx.Request) -> httpx.Response:
        """Send, and answer the open response."""
        if self.awaits:
            response: httpx.Response = self.world(transport.handle_async_request(request))
            return response
        return transport.handle_request(request)

    def read(self, response: httpx.Response) -> bytes:
        """Read a body, and close the response."""
        try:
            body: bytes = self.world(response.aread() if self.awaits else response.read())
            return body
        finally:
            self.leave(response)

    def leave(self, response: httpx.Response) -> None:
        """Close a response."""
        self.world(response.aclose() if self.awaits else response.close())

    def whole(self, transport: WireTransport, request: httpx.Request) -> httpx.Response:
        """Send, and read the body."""
        response = self.send(transport, request)
        _ = self.read(response)
        return response

    def body(self, transport: WireTransport, request: httpx.Request) -> bytes:
        """The body of the answer."""
        return self.whole(transport, request).content

    def start(self, transport: WireTransport, request: httpx.Request) -> Future[httpx.Response]:
        """Send and read in another thread, or in another task of the loop."""
        if self._portal is not None:
            return self._portal.start_task_soon(awaited, transport, request)
        return started(lambda: self.whole(transport, request))

    def settle(self) -> None:
        """Let the loop do what it has to do, if there is one."""
        if self._portal is not None:
            self._portal.call(turns)

    def parts(self, *parts: bytes) -> httpx.SyncByteStream | httpx.AsyncByteStream:
        """A body that has to be read, part by part."""
        return Given(parts)

    def close(self, transport: WireTransport) -> None:
        """Close a transport."""
        self.world(transport.aclose() if self.awaits else transport.close())

    def close_all(self) -> None:
        """Close every transport that was made here."""
        for each in self._made:
            self.close(each)


class Given(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A request's body, in parts."""

    def __init__(self, parts: Sequence[bytes]) -> None:
        self._parts = parts

    @override
    def __iter__(self) -> Iterator[bytes]:
        yield from self._parts

    @override
    async def __aiter__(self) -> AsyncIterator[bytes]:
        for each in self._parts:
            yield each


async def awaited(transport: WireTransport, request: httpx.Request) -> httpx.Response:
    """Send and read, awaiting."""
    response = await transport.handle_async_request(request)
    try:
        _ = await response.aread()
    finally:
        with anyio.CancelScope(shield=True):
            await response.aclose()
    return response


async def turns() -> None:
    """Let every other task have its turn, a few times."""
    for _ in range(10):
        await anyio.lowlevel.checkpoint()


def started(act: Callable[[], Any]) -> Future[Any]:
    """Act in a thread of its own."""
    future: Future[Any] = Future()

    def work() -> None:
        try:
            future.set_result(act())
        except BaseException as error:  # noqa: BLE001 - raised where somebody asks for it
            future.set_exception(error)

    threading.Thread(target=work, daemon=True).start()
    return future


class Watched(Promise[None]):
    """A stop, at which one sees that somebody listens."""

    def __init__(self) -> None:
        super().__init__(shared=True)
        self.heard = threading.Semaphore(0)

    @override
    def enlist(self, wake: Waker) -> bool:
        """Have somebody listen."""
        enlisted = super().enlist(wake)
        self.heard.release()
        return enlisted

    def wait_for(self, times: int) -> None:
        """Wait until somebody has begun to listen, so many times."""
        for _ in range(times):
            assert self.heard.acquire(timeout=PATIENCE), "nobody listens"


@pytest.fixture
def road(world: World, portal: BlockingPortal | None) -> Iterator[Road]:
    """Each of the three worlds in turn."""
    made = Road(world, portal)
    yield made
    made.close_all()


@pytest.fixture
def play() -> Iterator[Play]:
    """Servers that play scripts, one for each connection. They end with the test."""
    with ExitStack() as running:

        def start(*scripts: Script, **settings: Any) -> Server:
            return running.enter_context(Server(*scripts, **settings))

        yield start


@pytest.fixture
def knows() -> ssl.SSLContext:
    """What knows the certificates of these servers."""
    return trusting()


def url(server: Server, target: str = "/") -> str:
    """Where a target of a server is."""
    return server.at(HOST) + target


def get(server: Server, target: str = "/", **more: Any) -> httpx.Request:
    """Ask a server for a target."""
    return httpx.Request("GET", url(server, target), **more)
