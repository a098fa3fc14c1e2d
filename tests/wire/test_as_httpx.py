"""Without a limit: the blocking half of the stock transport beside httpx's own."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from typing import Any

import httpcore
import httpx
import pytest

from restkit.wire import Stock
from restkit.wire.exchange import FROM_HTTPCORE, as_httpx
from restkit.wire.facts import Tally
from restkit.wire.incoming import Incoming
from tests.loopback import Loopback
from tests.wire.conftest import Speak

ERRORS = [
    name
    for name in dir(httpcore)
    if isinstance(kind := getattr(httpcore, name), type) and issubclass(kind, FROM_HTTPCORE)
]


@pytest.fixture(params=[pytest.param(httpx.HTTPTransport, id="httpx"), pytest.param(Stock, id="restkit")])
def client(request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    """A plain httpx client, on either transport."""
    with httpx.Client(transport=request.param(), timeout=5, trust_env=False) as made:
        yield made


def test_an_answer(client: httpx.Client, server: Loopback) -> None:
    """Status, reason, version, headers and body."""
    answer = client.post(f"{server.url}/echo?a=1", json={"name": "ü"}, headers={"X-Case": "Kept"})
    received = server.received[0]

    assert (200, "OK", "HTTP/1.1", "application/json") == (
        answer.status_code,
        answer.reason_phrase,
        answer.http_version,
        answer.headers["content-type"],
    )
    assert ("POST", "/echo?a=1", "Kept") == (received.method, received.target, received.headers["X-Case"])
    assert received.body.decode() == answer.json()["body"].encode("latin-1").decode()


def test_a_connection_is_used_again(client: httpx.Client, server: Loopback) -> None:
    """As long as its answers are read."""
    for _ in range(3):
        _ = client.get(f"{server.url}/echo")

    assert (3, 1) == (len(server.received), server.connections)


def test_a_connection_that_was_left_early_is_not_used_again(client: httpx.Client, server: Loopback) -> None:
    """Somebody's rest would be the next one's beginning."""
    with client.stream("GET", f"{server.url}/drip") as answer:
        _ = next(answer.iter_raw())
    _ = client.get(f"{server.url}/echo")

    assert 2 == server.connections


def test_a_body_is_sent_in_pieces(client: httpx.Client, server: Loopback) -> None:
    """In chunks, since its length is not known."""
    _ = client.post(f"{server.url}/echo", content=iter([b"one", b"", b"two"]))

    assert b"onetwo" == server.received[0].body


def test_a_large_body_arrives(client: httpx.Client, server: Loopback) -> None:
    """Though no socket takes it at once."""
    _ = client.post(f"{server.url}/echo", content=b"x" * 8_000_000)

    assert 8_000_000 == len(server.received[0].body)


def test_extensions_pass_in_both_directions(client: httpx.Client, server: Loopback) -> None:
    """A trace function is told, a target is sent as it is, and the connection can be asked."""
    told: list[str] = []
    extensions = {"trace": lambda name, _: told.append(name), "target": b"/echo?as=it%20is"}

    with client.stream("GET", server.url, extensions=extensions) as answer:
        host, _ = answer.extensions["network_stream"].get_extra_info("server_addr")
        _ = answer.read()

    assert ("127.0.0.1", "/echo?as=it%20is") == (host, server.received[0].target)
    assert {"connection.connect_tcp.complete", "http11.receive_response_headers.complete"} <= set(told)


def test_a_connection_that_is_handed_over(client: httpx.Client, speak: Speak) -> None:
    """After an upgrade it speaks for itself."""

    def upgrade(connection: socket.socket) -> None:
        _ = connection.recv(65536)
        connection.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\n\r\n")
        connection.sendall(connection.recv(5))

    with client.stream("GET", speak(upgrade), headers={"Connection": "upgrade", "Upgrade": "echo"}) as answer:
        stream = answer.extensions["network_stream"]
        stream.write(b"hello", timeout=5)

        assert (101, b"hello") == (answer.status_code, stream.read(5, timeout=5))


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("hang-up", httpx.RemoteProtocolError),
        ("reset", httpx.ReadError),
        ("garbage", httpx.RemoteProtocolError),
        ("truncated", httpx.RemoteProtocolError),
        ("half-chunk", httpx.RemoteProtocolError),
    ],
)
def test_what_breaks(client: httpx.Client, server: Loopback, path: str, error: type[Exception]) -> None:
    """In the head or in the body: the same error, and the next call is well."""
    with pytest.raises(httpx.HTTPError) as caught:
        _ = client.get(f"{server.url}/{path}")

    assert error is type(caught.value)
    assert 200 == client.get(f"{server.url}/echo").status_code


def test_nobody_listens(client: httpx.Client) -> None:
    """A connection that is refused."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

    with pytest.raises(httpx.ConnectError) as caught:
        _ = client.get(f"http://127.0.0.1:{port}")

    assert httpx.ConnectError is type(caught.value)


def test_a_scheme_that_nobody_speaks(client: httpx.Client) -> None:
    """Refused before a connection is opened."""
    with pytest.raises(httpx.UnsupportedProtocol):
        _ = client.get("ftp://127.0.0.1/x")


def test_a_read_timeout(client: httpx.Client, server: Loopback) -> None:
    """Nothing comes."""
    with pytest.raises(httpx.ReadTimeout):
        _ = client.get(f"{server.url}/slow", timeout=httpx.Timeout(5, read=0.05))


def test_a_read_timeout_within_a_body(client: httpx.Client, server: Loopback) -> None:
    """Nothing comes any more."""
    with pytest.raises(httpx.ReadTimeout):
        _ = client.get(f"{server.url}/drip", timeout=httpx.Timeout(5, read=0.05))


def endless() -> Iterator[bytes]:
    """A body without an end."""
    while True:
        yield b"x" * 65536


def test_a_write_timeout(client: httpx.Client, speak: Speak) -> None:
    """The server takes nothing more."""
    with pytest.raises(httpx.WriteTimeout):
        _ = client.post(speak(lambda _: None), content=endless(), timeout=httpx.Timeout(5, write=0.05))


def test_a_pool_that_is_empty(server: Loopback) -> None:
    """Nobody gives a connection back."""
    stock = Stock(limits=httpx.Limits(max_connections=1))
    with httpx.Client(transport=stock, timeout=httpx.Timeout(5, pool=0.01), trust_env=False) as client:
        with client.stream("GET", f"{server.url}/drip"), pytest.raises(httpx.PoolTimeout):
            _ = client.get(f"{server.url}/echo")

        assert 200 == client.get(f"{server.url}/echo").status_code


def test_tls(secure: Loopback, trust: ssl.SSLContext) -> None:
    """By a context that knows the certificate; the connection is used again."""
    with httpx.Client(transport=Stock(trust), trust_env=False) as client:
        answers = [client.get(f"{secure.url}/echo").status_code for _ in range(2)]

    assert ([200, 200], 1) == (answers, secure.connections)


def test_a_certificate_that_nobody_vouches_for(secure: Loopback) -> None:
    """The reason can be found in the error."""
    with httpx.Client(transport=Stock(), trust_env=False) as client, pytest.raises(httpx.ConnectError) as caught:
        _ = client.get(f"{secure.url}/echo")

    assert "CERTIFICATE_VERIFY_FAILED" in str(caught.value)


@pytest.mark.parametrize("name", ERRORS)
def test_each_error_has_its_name(name: str) -> None:
    """All of httpcore's that httpx knows."""
    assert (getattr(httpx, name), "why") == (type(made := as_httpx(getattr(httpcore, name)("why"))), str(made))


def test_there_are_errors_to_name() -> None:
    """The list is made from httpcore itself."""
    assert {"ReadTimeout", "ConnectError", "RemoteProtocolError", "ProxyError", "UnsupportedProtocol"} <= set(ERRORS)


def test_an_error_of_somebody_elses() -> None:
    """It is what it inherits."""

    class Odd(httpcore.ReadTimeout):
        """A backend's own."""

    assert httpx.ReadTimeout is type(as_httpx(Odd("why")))


def test_closing_twice(server: Loopback) -> None:
    """The second time nothing happens, and the transport can be used again."""
    stock = Stock()
    statuses = []

    for _ in range(2):
        answer = stock.handle_request(httpx.Request("GET", f"{server.url}/echo"))
        _ = answer.read()
        statuses.append(answer.status_code)
        stock.close()
        stock.close()

    assert ([200, 200], 2) == (statuses, server.connections)


def test_a_body_that_needs_no_closing() -> None:
    """As a mock may answer."""
    parts: Any = [b"one", b"two"]
    body = Incoming(parts, Tally())

    body.close()

    assert [b"one", b"two"] == list(body)
