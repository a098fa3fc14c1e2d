"""Real servers, with and without TLS, and servers whose every byte the test decides."""

from __future__ import annotations

import contextlib
import errno
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from restkit.flow import Clock, Limit, Promise
from restkit.flow.deadline import KEY
from restkit.wire import Stock
from tests.client.worlds import World, portal, world
from tests.loopback import PATIENCE, Loopback

__all__ = ["portal", "world"]

CERTIFICATE = Path(__file__).parents[1] / "errors" / "loopback.pem"
Conversation = Callable[[socket.socket], None]
Speak = Callable[[Conversation], str]


class Ticking(Clock):
    """A clock on which a second passes whenever somebody looks; a drop falls each time."""

    __slots__ = ("drops", "ticks")

    def __init__(self) -> None:
        self.ticks = 0
        self.drops = threading.Semaphore(0)

    def now(self) -> float:
        """Seconds, one later each time."""
        self.ticks += 1
        self.drops.release()
        return float(self.ticks)

    def drip(self, connection: socket.socket, first: bytes, then: bytes) -> None:
        """Answer a request, a byte for each tick, without an end."""
        _ = connection.recv(65536)
        connection.sendall(first)
        while self.drops.acquire(timeout=PATIENCE):
            connection.sendall(then)


@pytest.fixture
def server() -> Iterator[Loopback]:
    """A real server."""
    with Loopback() as running:
        yield running


@pytest.fixture
def secure() -> Iterator[Loopback]:
    """A real server over TLS."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)
    with Loopback(context) as running:
        yield running


@pytest.fixture
def trust() -> ssl.SSLContext:
    """What knows the certificate of that server."""
    return ssl.create_default_context(cafile=str(CERTIFICATE))


@pytest.fixture
def stock() -> Iterator[Stock]:
    """The transport under test."""
    made = Stock()
    yield made
    made.close()


@pytest.fixture
def speak() -> Iterator[Speak]:
    """A server that holds one conversation: its URL. It ends with the test."""
    open_: list[socket.socket] = []
    threads: list[threading.Thread] = []
    over = threading.Event()

    def start(conversation: Conversation) -> str:
        listening = socket.create_server(("127.0.0.1", 0))
        open_.append(listening)

        def serve() -> None:
            with contextlib.suppress(OSError):  # the client hung up, or never called
                connection, _ = listening.accept()
                open_.append(connection)
                if not over.is_set():
                    conversation(connection)

        threads.append(threading.Thread(target=serve, daemon=True))
        threads[-1].start()
        return f"http://127.0.0.1:{listening.getsockname()[1]}"

    yield start
    over.set()
    for each in open_:
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
    for thread in threads:
        thread.join(PATIENCE)
    for each in open_:  # also whoever was let in at the last moment
        each.close()


@pytest.fixture
def clock(speak: Speak) -> Iterator[Ticking]:  # noqa: ARG001 - the server waits for it, so it ends first
    """A clock that drips."""
    made = Ticking()
    yield made
    made.drops.release(100)


def asked(
    url: str,
    stop: Promise[None] | None = None,
    seconds: float | None = None,
    clock: Clock | None = None,
    extensions: dict[str, Any] | None = None,
    **more: Any,
) -> httpx.Request:
    """A request with a limit, and no timeouts but that."""
    clock = clock or Clock()
    until = None if seconds is None else clock.now() + seconds
    extensions = {KEY: Limit(until, clock, stop), **(extensions or {})}
    return httpx.Request(**{"method": "GET", **more}, url=url, extensions=extensions)


class Wire:
    """The stock transport in each of the three worlds."""

    def __init__(self, world: World) -> None:
        self.world, self._made = world, list[Stock]()

    def stock(self, **settings: Any) -> Stock:
        """A transport, closed with the test."""
        self._made.append(Stock(**settings))
        return self._made[-1]

    def send(self, stock: Stock, request: httpx.Request) -> httpx.Response:
        """Send, and answer the open response."""
        if self.world.awaits:
            response: httpx.Response = self.world(stock.handle_async_request(request))
            return response
        return stock.handle_request(request)

    def read(self, response: httpx.Response) -> bytes:
        """Read a body, and close the response."""
        try:
            body: bytes = self.world(response.aread() if self.world.awaits else response.read())
            return body
        finally:
            self.world(response.aclose() if self.world.awaits else response.close())

    def whole(self, stock: Stock, request: httpx.Request) -> httpx.Response:
        """Send, and read the body."""
        response = self.send(stock, request)
        _ = self.read(response)
        return response

    def close(self, stock: Stock) -> None:
        """Close a transport."""
        self.world(stock.aclose() if self.world.awaits else stock.close())

    def close_all(self) -> None:
        """Close every transport that was made here."""
        for each in self._made:
            self.close(each)


@pytest.fixture
def wire(world: World) -> Iterator[Wire]:
    """Each of the three worlds in turn."""
    made = Wire(world)
    yield made
    made.close_all()


@pytest.fixture
def black_hole(server: Loopback) -> Iterator[str]:
    """An address where, at the server's port, whoever connects waits for ever: its queue is full."""
    port = httpx.URL(server.url).port
    waiting = [socket.socket() for _ in range(4)]
    with socket.socket() as listening:
        listening.bind(("127.0.0.3", port))
        listening.listen(0)
        for each in waiting:
            each.settimeout(0)
            assert each.connect_ex(("127.0.0.3", port)) in (0, errno.EINPROGRESS)
        yield "127.0.0.3"
        for each in waiting:
            each.close()


DEAD = "127.0.0.2"
"""An address where nobody listens."""


def at(*addresses: str) -> Callable[[str, int], list[str]]:
    """A resolver that finds these, whatever it is asked."""
    return lambda _host, _port: list(addresses)


def descriptors() -> int:
    """How many files and sockets this process has open."""
    return len(list(Path("/dev/fd").iterdir()))


def left_open(before: int) -> int:
    """How many more are open than before, once the server's threads, which are of this process, had time to end."""
    over = time.monotonic() + PATIENCE
    while (more := descriptors() - before) > 0 and time.monotonic() < over:
        pass
    return max(0, more)
