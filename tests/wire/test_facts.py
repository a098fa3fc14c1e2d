"""What is known of a request on the wire, answered or failed (F14, F15, F16, F19): the same in all worlds."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import pytest
from typing_extensions import override

from restkit import ConnectError, WireFacts, WireTimes
from restkit.wire import Stock
from restkit.wire.facts import KEY, Tally
from tests.client.worlds import World
from tests.loopback import PATIENCE, Loopback
from tests.wire.conftest import DEAD, Speak, Wire, asked, at

CHUNKED = {"Host": "api.test", "Transfer-Encoding": "chunked"}
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


def reset(connection: socket.socket) -> None:
    """End a connection at once."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def failed(wire: Wire, request: httpx.Request, stock: Stock | None = None) -> WireFacts:
    """Send in vain: what is known of it."""
    with pytest.raises(httpx.TransportError):
        _ = wire.whole(stock or wire.stock(), request)
    facts: WireFacts = request.extensions[KEY]
    return facts


class Endless(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body without an end, of which all but the first part waits for an event; no generator that somebody drops."""

    def __init__(self, go_on: threading.Event) -> None:
        self.parts = self._parts(go_on)

    def _parts(self, go_on: threading.Event) -> Iterator[bytes]:
        yield b"x" * 65536
        assert go_on.wait(PATIENCE)
        while True:
            yield b"x" * 65536

    @override
    def __iter__(self) -> Iterator[bytes]:
        return self.parts

    @override
    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        """The next part."""
        return next(self.parts)


def test_every_byte_is_counted(wire: Wire, speak: Speak) -> None:
    """As the server saw them, head and body."""
    received: list[bytes] = []

    def answer(connection: socket.socket) -> None:
        received.append(connection.recv(65536))
        while not received[-1].endswith(b"world"):
            received.append(connection.recv(65536))
        connection.sendall(ANSWER)

    response = wire.whole(wire.stock(), asked(speak(answer), method="POST", content=b"world"))
    facts = response.extensions[KEY]

    assert (sum(map(len, received)), len(ANSWER)) == (facts.bytes_sent, facts.bytes_received)


def test_facts_of_a_stream(wire: Wire, server: Loopback) -> None:
    """Those of the head, until the body is over."""
    response = wire.send(wire.stock(), asked(f"{server.url}/drip"))
    before = response.extensions[KEY].bytes_received
    server.release()
    _ = wire.read(response)

    assert 4 <= response.extensions[KEY].bytes_received - before <= 8


def test_a_connection_that_is_used_again(wire: Wire, server: Loopback) -> None:
    """It is known, and it took no time to connect; bytes are counted from the beginning."""
    stock = wire.stock()
    first, second = (wire.whole(stock, asked(f"{server.url}/echo")).extensions[KEY] for _ in range(2))

    assert (False, True, True) == (first.reused, second.reused, first.remote == second.remote)
    assert (True, None, first.bytes_sent) == (first.times.connect > 0, second.times.connect, second.bytes_sent)


def test_where_it_went(wire: Wire, server: Loopback) -> None:
    """The address behind the name, and how long each step took that was taken."""
    port = httpx.URL(server.url).port
    facts = wire.whole(wire.stock(resolver=at("127.0.0.1")), asked(f"http://api.test:{port}/echo")).extensions[KEY]
    times = facts.times

    assert ("127.0.0.1", port, None) == (*facts.remote, times.tls)
    assert all(each is not None and each >= 0 for each in (times.dns, times.connect, times.first_byte))


def test_tls_takes_time(wire: Wire, secure: Loopback, trust: ssl.SSLContext) -> None:
    """That of the handshake; its bytes are not HTTP's."""
    facts = wire.whole(wire.stock(verify=trust), asked(f"{secure.url}/status/404")).extensions[KEY]

    assert (True, None, True) == (facts.times.tls > 0, facts.times.dns, 0 < facts.bytes_sent < 500)


@pytest.mark.parametrize("timeouts", [{}, {"timeout": {"read": 5.0, "write": 5.0}}], ids=["no timeouts", "timeouts"])
def test_a_plain_httpx_request(wire: Wire, server: Loopback, timeouts: dict[str, Any]) -> None:
    """It needs nothing of restkit's."""
    response = wire.whole(wire.stock(), httpx.Request("GET", f"{server.url}/echo", extensions=timeouts))

    assert response.extensions[KEY].bytes_sent > 0


def test_refused(wire: Wire, server: Loopback) -> None:
    """Nothing was sent, and nobody was there."""
    facts = failed(wire, asked(f"http://{DEAD}:{httpx.URL(server.url).port}"))

    assert WireFacts() == facts


def test_a_name_that_leads_nowhere(wire: Wire) -> None:
    """Nothing was sent."""
    assert WireFacts() == failed(wire, asked("http://api.test"), wire.stock(resolver=at()))


def traced(wire: Wire, event: str, wait: Callable[[], object]) -> dict[str, Any]:
    """An extension that waits at one of httpcore's events."""

    def trace(name: str, _: object) -> None:
        if name == event:
            _ = wait()

    async def atrace(name: str, info: object) -> None:
        """Likewise."""
        trace(name, info)

    return {"trace": atrace if wire.world.awaits else trace}


def test_reset_before_the_first_byte(wire: Wire, speak: Speak) -> None:
    """Nothing was sent: whatever it was, it may be sent again (F14)."""
    gone = threading.Event()

    def hang_up(connection: socket.socket) -> None:
        reset(connection)
        gone.set()

    extensions = traced(wire, "connection.connect_tcp.complete", lambda: gone.wait(PATIENCE))
    facts = failed(wire, asked(speak(hang_up), method="POST", content=b"hello", extensions=extensions))

    assert (0, 0, False) == (facts.bytes_sent, facts.bytes_received, facts.reused)


def test_reset_after_the_head(wire: Wire, speak: Speak) -> None:
    """It may have been seen (F15)."""
    gone = threading.Event()

    def hang_up(connection: socket.socket) -> None:
        _ = connection.recv(65536)
        reset(connection)
        gone.set()

    extensions = traced(wire, "http11.send_request_headers.complete", lambda: gone.wait(PATIENCE))
    facts = failed(wire, asked(speak(hang_up), method="POST", content=b"hello", extensions=extensions))

    assert (True, 0) == (facts.bytes_sent > 0, facts.bytes_received)


def test_reset_within_the_body(wire: Wire, speak: Speak) -> None:
    """What was taken is known (F16)."""
    gone = threading.Event()

    def hang_up(connection: socket.socket) -> None:
        received = 0
        while received < 65536:
            received += len(connection.recv(65536))
        reset(connection)
        gone.set()

    request = asked(speak(hang_up), method="POST", stream=Endless(gone), headers=CHUNKED)
    facts = failed(wire, request)

    assert facts.bytes_sent > 65536


def test_closed_after_the_whole_request(wire: Wire, server: Loopback) -> None:
    """Not a byte came back (F19)."""
    facts = failed(wire, asked(f"{server.url}/hang-up"))

    assert (True, 0) == (facts.bytes_sent > 0, facts.bytes_received)


def test_a_reused_connection_that_fails(wire: Wire, server: Loopback) -> None:
    """The one that was used before."""
    stock = wire.stock()
    _ = wire.whole(stock, asked(f"{server.url}/echo"))

    assert failed(wire, asked(f"{server.url}/hang-up"), stock).reused


def test_a_body_that_breaks(wire: Wire, server: Loopback) -> None:
    """Its response has the facts, up to then."""
    response = wire.send(wire.stock(), asked(f"{server.url}/truncated"))
    with contextlib.suppress(httpx.RemoteProtocolError):
        _ = wire.read(response)

    assert response.extensions[KEY].bytes_received > 10


def test_an_error_knows(world: World, server: Loopback) -> None:
    """Through a client: the request of the error below has them."""
    client = world.client(base_url=f"http://{DEAD}:{httpx.URL(server.url).port}")

    with pytest.raises(ConnectError) as caught:
        world(client.post("/", json={"a": 1}))
    below: Any = caught.value.__cause__

    assert 0 == below.request.extensions[KEY].bytes_sent


def test_a_response_knows(world: World, server: Loopback) -> None:
    """Through a client."""
    response = world(world.client(base_url=server.url).get("/echo"))

    assert response.http.extensions[KEY].bytes_received > len(response.http.content)


def test_facts_of_a_request_that_did_nothing() -> None:
    """None."""
    assert (WireFacts(), WireTimes()) == (Tally().facts(), Tally().facts().times)
