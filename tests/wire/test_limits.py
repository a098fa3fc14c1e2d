"""With a limit: what a server does, or does not, cannot outlast the call's moment or its client."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from restkit import Client, ClientClosed, DeadlineExceeded, Op, ReadError
from restkit.flow import Clock, Flow, Limit, Promise, Race, Send, World, read, run
from restkit.flow.deadline import KEY, MomentPassed
from restkit.wire import Stock
from tests.loopback import PATIENCE, Loopback
from tests.wire.conftest import Speak, Ticking

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"
NONE = httpx.Timeout(None)
Start = Callable[[Callable[[], Any]], Future[Any]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Begin a call in another thread."""
    with ThreadPoolExecutor() as threads:
        yield threads.submit


@pytest.fixture
def stop() -> Promise[None]:
    """What calls a request off."""
    return Promise()


def asked(
    url: str, stop: Promise[None] | None = None, seconds: float | None = None, clock: Clock | None = None, **more: Any
) -> httpx.Request:
    """A request with a limit, and no timeouts but that."""
    clock = clock or Clock()
    until = None if seconds is None else clock.now() + seconds
    return httpx.Request(**{"method": "GET", **more}, url=url, extensions={KEY: Limit(until, clock, stop)})


def whole(stock: Stock, request: httpx.Request) -> bytes:
    """Send, and read the body."""
    response = stock.handle_request(request)
    try:
        return response.read()
    finally:
        response.close()


def test_an_answer_within_its_limit(stock: Stock, server: Loopback, stop: Promise[None]) -> None:
    """Nothing is noticed of it, and the connection is used again."""
    answers = [whole(stock, asked(f"{server.url}/chunked", stop, 50)) for _ in range(3)]

    assert ([b"one\ntwo\nthree\n"] * 3, 1) == (answers, server.connections)


def test_an_answer_without_a_moment(stock: Stock, server: Loopback, stop: Promise[None]) -> None:
    """A limit that only a client's end sets."""
    assert b"one\ntwo\nthree\n" == whole(stock, asked(f"{server.url}/chunked", stop))


def test_the_request_stays_as_it_was(stock: Stock, server: Loopback, stop: Promise[None]) -> None:
    """Its timeouts are bound in a copy."""
    request = asked(f"{server.url}/chunked", stop, 50)
    timeouts = request.extensions["timeout"] = {"read": 5.0}

    _ = whole(stock, request)

    assert (True, {"read": 5.0}) == (request.extensions["timeout"] is timeouts, timeouts)


def test_a_timeout_within_the_limit(stock: Stock, server: Loopback, stop: Promise[None]) -> None:
    """The step is named that took too long."""
    request = asked(f"{server.url}/slow", stop, 50)
    request.extensions["timeout"] = {"read": 0.05}

    with pytest.raises(httpx.ReadTimeout) as caught:
        _ = whole(stock, request)

    assert httpx.ReadTimeout is type(caught.value)


def test_an_error_within_the_limit(stock: Stock, server: Loopback, stop: Promise[None]) -> None:
    """As without one."""
    with pytest.raises(httpx.ReadError):
        _ = whole(stock, asked(f"{server.url}/reset", stop, 50))


def test_nobody_listens(stock: Stock, stop: Promise[None]) -> None:
    """As without a limit."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

    with pytest.raises(httpx.ConnectError) as caught:
        _ = whole(stock, asked(f"http://127.0.0.1:{port}", stop, 50))

    assert httpx.ConnectError is type(caught.value)


def test_a_head_that_drips(stock: Stock, speak: Speak, clock: Ticking) -> None:
    """Each byte would start a read timeout again; the moment stays where it is."""
    url = speak(lambda connection: clock.drip(connection, b"HTTP/1.1 200 OK\r\n", b"A"))

    with pytest.raises(MomentPassed) as caught:
        _ = stock.handle_request(asked(url, None, 50, clock))

    assert (51.0, True) == (caught.value.until, clock.ticks < 60)


def test_a_head_that_drips_in_a_client(speak: Speak, clock: Ticking) -> None:
    """It is the call that took too long."""
    url = speak(lambda connection: clock.drip(connection, b"HTTP/1.1 200 OK\r\n", b"A"))

    with Client(base_url=url, clock=clock, deadline=50) as client, pytest.raises(DeadlineExceeded):
        _ = client.get("/")


def test_a_body_that_drips(stock: Stock, speak: Speak, clock: Ticking) -> None:
    """Likewise, and the error says how to lift it."""
    url = speak(lambda connection: clock.drip(connection, HEAD, b"x"))

    with pytest.raises(MomentPassed, match="deadline=None") as caught:
        _ = whole(stock, asked(url, None, 50, clock))

    assert 51.0 == caught.value.until


def test_a_stream_that_falls_silent() -> None:
    """It ends at its deadline, which is what its error says."""
    with (
        Loopback() as server,
        Client(base_url=server.url) as client,
        pytest.raises(DeadlineExceeded),
        client.stream(Op("GET", "drip"), deadline=0.1) as response,
    ):
        _ = list(response.iter_bytes())


def endless(first: threading.Event | None = None) -> Iterator[bytes]:
    """A body without an end."""
    while True:
        yield b"x" * 65536
        if first is not None:
            first.set()


def test_a_server_that_takes_nothing(stock: Stock, speak: Speak) -> None:
    """A write ends at the moment as well."""
    with pytest.raises(MomentPassed):
        _ = stock.handle_request(asked(speak(lambda _: None), None, 0.05, method="POST", content=endless()))


def test_a_write_that_drips(stock: Stock, speak: Speak) -> None:
    """However often the server takes a little."""

    def take(connection: socket.socket) -> None:
        while connection.recv(65536):
            pass

    with pytest.raises(MomentPassed):
        _ = stock.handle_request(asked(speak(take), None, 50, Ticking(), method="POST", content=endless()))


def test_a_moment_that_has_passed(stock: Stock, server: Loopback) -> None:
    """No connection is opened."""
    with pytest.raises(MomentPassed):
        _ = stock.handle_request(asked(f"{server.url}/echo", None, 0.0))

    assert 0 == server.connections


def test_a_moment_that_has_passed_on_a_connection(stock: Stock, server: Loopback) -> None:
    """Nothing is sent, and the next call is well."""
    _ = whole(stock, asked(f"{server.url}/echo", None, 50))

    with pytest.raises(MomentPassed):
        _ = stock.handle_request(asked(f"{server.url}/echo", None, 0.0))
    _ = whole(stock, asked(f"{server.url}/echo", None, 50))

    assert 2 == len(server.received)


def test_called_off_before_it_begins(stock: Stock, server: Loopback, stop: Promise[None]) -> None:
    """On a connection that is there, or on one that would have to be opened."""
    _ = stop.keep()

    with pytest.raises(ClientClosed):
        _ = stock.handle_request(asked(f"{server.url}/echo", stop, 50))
    _ = whole(stock, asked(f"{server.url}/chunked"))
    with pytest.raises(ClientClosed):
        _ = stock.handle_request(asked(f"{server.url}/echo", stop, 50))

    assert 1 == len(server.received)


def test_closed_during_a_read(server: Loopback, start: Start) -> None:
    """By another thread: the call ends, though the server says nothing."""
    client = Client(base_url=server.url, timeout=NONE, deadline=None)
    call = start(lambda: client.get("/slow"))
    server.wait_for(1)

    client.close()

    assert ClientClosed is type(call.exception(PATIENCE))
    assert not server.released.is_set()


def test_closed_during_a_streamed_body(server: Loopback, start: Start) -> None:
    """Outside of any engine, where the user reads."""
    client, first = Client(base_url=server.url, timeout=NONE, deadline=None), threading.Event()

    def stream() -> None:
        with client.stream(Op("GET", "drip")) as response:
            for _ in response.iter_bytes():
                first.set()

    call = start(stream)
    assert first.wait(PATIENCE)

    client.close()

    assert ClientClosed is type(call.exception(PATIENCE))


def test_closed_during_a_body_without_a_length(speak: Speak, start: Start) -> None:
    """Whose end would be the connection's: it is not taken for that."""
    first, done = threading.Event(), threading.Event()

    def answer(connection: socket.socket) -> None:
        _ = connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nbeginning")
        first.set()
        assert done.wait(PATIENCE)

    client = Client(base_url=speak(answer), timeout=NONE, deadline=None)
    call = start(lambda: client.get("/"))
    assert first.wait(PATIENCE)

    client.close()
    error = call.exception(PATIENCE)
    done.set()

    assert ClientClosed is type(error)


def test_closed_during_a_write(speak: Speak, start: Start) -> None:
    """Of a body that the server does not take."""
    first, done = threading.Event(), threading.Event()
    client = Client(base_url=speak(lambda _: done.wait(PATIENCE) and None), timeout=NONE, deadline=None)
    call = start(lambda: client.post("/", content=endless(first)))
    assert first.wait(PATIENCE)

    client.close()
    error = call.exception(PATIENCE)
    done.set()

    assert ClientClosed is type(error)


def test_closed_during_tls(secure: Loopback, trust: ssl.SSLContext, start: Start) -> None:
    """A read of an encrypted connection ends as well."""
    client = Client(base_url=secure.url, verify=trust, timeout=NONE, deadline=None)
    call = start(lambda: client.get("/slow"))
    secure.wait_for(1)

    client.close()

    assert ClientClosed is type(call.exception(PATIENCE))


def test_tls_within_a_limit(secure: Loopback, trust: ssl.SSLContext, stop: Promise[None]) -> None:
    """A handshake, and answers over the same connection."""
    stock = Stock(trust)

    answers = [whole(stock, asked(f"{secure.url}/chunked", stop, 50)) for _ in range(2)]
    stock.close()

    assert ([b"one\ntwo\nthree\n"] * 2, 1) == (answers, secure.connections)


def test_a_certificate_that_nobody_vouches_for(stock: Stock, secure: Loopback, stop: Promise[None]) -> None:
    """As without a limit."""
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        _ = whole(stock, asked(f"{secure.url}/echo", stop, 50))


def test_closed_during_a_handshake(speak: Speak, start: Start, trust: ssl.SSLContext) -> None:
    """Which the server does not answer."""
    begun, done = threading.Event(), threading.Event()

    def listen(connection: socket.socket) -> None:
        _ = connection.recv(65536)
        begun.set()
        assert done.wait(PATIENCE)

    url = speak(listen).replace("http:", "https:")
    client = Client(base_url=url, verify=trust, timeout=NONE, deadline=None)
    call = start(lambda: client.get("/"))
    assert begun.wait(PATIENCE)

    client.close()
    error = call.exception(PATIENCE)
    done.set()

    assert ClientClosed is type(error)


def test_a_handshake_that_outlasts_its_moment(speak: Speak, trust: ssl.SSLContext) -> None:
    """Likewise."""
    stock, done = Stock(trust), threading.Event()

    with pytest.raises(MomentPassed):
        _ = stock.handle_request(
            asked(speak(lambda _: done.wait(PATIENCE) and None).replace("http:", "https:"), None, 0.1)
        )
    done.set()
    stock.close()


def test_a_transport_that_is_closed_ends_what_has_no_limit(server: Loopback, start: Start) -> None:
    """A reader in another thread does not stay for its timeout."""
    stock = Stock()
    call = start(lambda: whole(stock, httpx.Request("GET", f"{server.url}/slow")))
    server.wait_for(1)
    started = time.monotonic()
    while not (error := call.exception(PATIENCE) if call.done() else None) and time.monotonic() < started + PATIENCE:
        stock.close()  # the server has the request a little before its thread reads

    assert httpx.ReadError is type(error)


def test_the_body_of_a_winner_may_be_read(stock: Stock, server: Loopback) -> None:
    """What calls off those that lose a race does not touch it."""

    def race() -> Flow[bytes]:
        response = yield from Race(sends(f"{server.url}/drip"), sends(f"{server.url}/slow"))
        server.release()
        return (yield from read(response))

    def sends(url: str) -> Flow[httpx.Response]:
        return (yield from Send(httpx.Request("GET", url)))

    assert b"one\ntwo\n" == run(race(), World(stock))


def test_the_body_of_a_winner_ends_with_its_client(server: Loopback, start: Start) -> None:
    """When its connection is closed."""
    client, first = Client(base_url=server.url, timeout=NONE, deadline=None), threading.Event()

    def race() -> Flow[httpx.Response]:
        return (yield from Race(sends()))

    def sends() -> Flow[httpx.Response]:
        return (yield from Send(httpx.Request("GET", f"{server.url}/drip")))

    def reads() -> None:
        for _ in client.execute(race()).iter_raw():
            first.set()

    call = start(reads)
    assert first.wait(PATIENCE)

    client.close()

    assert isinstance(call.exception(PATIENCE), httpx.ReadError | ReadError)
