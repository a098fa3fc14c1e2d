"""Real servers, with and without TLS, and servers whose every byte the test decides."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from restkit.flow import Clock
from restkit.wire import Stock
from tests.loopback import PATIENCE, Loopback

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

    def start(conversation: Conversation) -> str:
        listening = socket.create_server(("127.0.0.1", 0))
        open_.append(listening)

        def serve() -> None:
            connection, _ = listening.accept()
            open_.append(connection)
            with contextlib.suppress(OSError):  # the client hung up
                conversation(connection)

        threads.append(threading.Thread(target=serve, daemon=True))
        threads[-1].start()
        return f"http://127.0.0.1:{listening.getsockname()[1]}"

    yield start
    for each in open_:
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()
    for thread in threads:
        thread.join(PATIENCE)


@pytest.fixture
def clock(speak: Speak) -> Iterator[Ticking]:  # noqa: ARG001 - the server waits for it, so it ends first
    """A clock that drips."""
    made = Ticking()
    yield made
    made.drops.release(100)
