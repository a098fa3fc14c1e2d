"""Without a limit: the awaiting half of the stock transport beside httpx's own, on asyncio and trio."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import httpx
import pytest

from restkit.wire import Stock
from tests.loopback import Loopback
from tests.wire.conftest import Speak, Wire

Connect = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture(params=[pytest.param(httpx.AsyncHTTPTransport, id="httpx"), pytest.param(Stock, id="restkit")])
def connect(request: pytest.FixtureRequest) -> Connect:
    """A plain httpx client, on either transport."""

    @asynccontextmanager
    async def make(**settings: Any) -> AsyncIterator[httpx.AsyncClient]:
        """Make it."""
        transport = request.param(**settings)
        async with httpx.AsyncClient(transport=transport, timeout=5, trust_env=False) as client:
            yield client

    return make


async def test_an_answer(connect: Connect, server: Loopback) -> None:
    """Status, reason, version, headers and body."""
    async with connect() as client:
        answer = await client.post(f"{server.url}/echo?a=1", json={"name": "ü"}, headers={"X-Case": "Kept"})
    received = server.received[0]

    assert (200, "OK", "HTTP/1.1", "application/json") == (
        answer.status_code,
        answer.reason_phrase,
        answer.http_version,
        answer.headers["content-type"],
    )
    assert ("POST", "/echo?a=1", "Kept") == (received.method, received.target, received.headers["X-Case"])


async def test_a_connection_is_used_again(connect: Connect, server: Loopback) -> None:
    """As long as its answers are read."""
    async with connect() as client:
        for _ in range(3):
            _ = await client.get(f"{server.url}/echo")

    assert (3, 1) == (len(server.received), server.connections)


async def test_a_connection_that_was_left_early_is_not_used_again(connect: Connect, server: Loopback) -> None:
    """Somebody's rest would be the next one's beginning."""
    async with connect() as client:
        async with client.stream("GET", f"{server.url}/drip"):
            pass
        _ = await client.get(f"{server.url}/echo")

    assert 2 == server.connections


async def test_a_body_in_pieces(connect: Connect, server: Loopback) -> None:
    """In both directions."""

    async def pieces() -> AsyncIterator[bytes]:
        """Three of them, one of which is empty."""
        for piece in (b"one", b"", b"two"):
            yield piece

    async with connect() as client:
        _ = await client.post(f"{server.url}/echo", content=pieces())
        answer = await client.get(f"{server.url}/chunked")

    assert (b"onetwo", b"one\ntwo\nthree\n") == (server.received[0].body, answer.content)


async def test_a_large_body_arrives(connect: Connect, server: Loopback) -> None:
    """Though no socket takes it at once."""
    async with connect() as client:
        _ = await client.post(f"{server.url}/echo", content=b"x" * 8_000_000)

    assert 8_000_000 == len(server.received[0].body)


async def test_extensions_pass_in_both_directions(connect: Connect, server: Loopback) -> None:
    """A trace function is told, a target is sent as it is, and the connection can be asked."""
    told: list[str] = []

    async def trace(name: str, _: object) -> None:
        """Note it."""
        told.append(name)

    extensions = {"trace": trace, "target": b"/echo?as=it%20is"}
    async with connect() as client, client.stream("GET", server.url, extensions=extensions) as answer:
        host, _ = answer.extensions["network_stream"].get_extra_info("server_addr")
        _ = await answer.aread()

    assert ("127.0.0.1", "/echo?as=it%20is") == (host, server.received[0].target)
    assert {"connection.connect_tcp.complete", "http11.receive_response_headers.complete"} <= set(told)


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
async def test_what_breaks(connect: Connect, server: Loopback, path: str, error: type[Exception]) -> None:
    """In the head or in the body: the same error, and the next call is well."""
    async with connect() as client:
        with pytest.raises(httpx.HTTPError) as caught:
            _ = await client.get(f"{server.url}/{path}")
        after = await client.get(f"{server.url}/echo")

    assert (error, 200) == (type(caught.value), after.status_code)


async def test_a_scheme_that_nobody_speaks(connect: Connect) -> None:
    """Refused before a connection is opened."""
    async with connect() as client:
        with pytest.raises(httpx.UnsupportedProtocol):
            _ = await client.get("ftp://127.0.0.1/x")


@pytest.mark.parametrize("path", ["slow", "drip"])
async def test_a_read_timeout(connect: Connect, server: Loopback, path: str) -> None:
    """Nothing comes, or nothing more."""
    async with connect() as client:
        with pytest.raises(httpx.ReadTimeout):
            _ = await client.get(f"{server.url}/{path}", timeout=httpx.Timeout(5, read=0.05))


async def test_a_write_timeout(speak: Speak) -> None:
    """The server takes nothing more; on trio, httpx leaves the body's iterator to nobody."""
    async with httpx.AsyncClient(transport=Stock(), trust_env=False) as client:
        with pytest.raises(httpx.WriteTimeout):
            _ = await client.post(speak(lambda _: None), content=b"x" * 10**8, timeout=httpx.Timeout(5, write=0.05))


async def test_a_pool_that_is_empty(connect: Connect, server: Loopback) -> None:
    """Nobody gives a connection back."""
    async with connect(limits=httpx.Limits(max_connections=1)) as client:
        async with client.stream("GET", f"{server.url}/drip"):
            with pytest.raises(httpx.PoolTimeout):
                _ = await client.get(f"{server.url}/echo", timeout=httpx.Timeout(5, pool=0.01))

        assert 200 == (await client.get(f"{server.url}/echo")).status_code


async def test_tls(connect: Connect, secure: Loopback, trust: ssl.SSLContext) -> None:
    """By a context that knows the certificate; the connection is used again."""
    async with connect(verify=trust) as client:
        answers = [(await client.get(f"{secure.url}/echo")).status_code for _ in range(2)]

    assert ([200, 200], 1) == (answers, secure.connections)


async def test_a_certificate_that_nobody_vouches_for(secure: Loopback) -> None:
    """The reason can be found in the error; on trio, httpx does not say it."""
    async with httpx.AsyncClient(transport=Stock(), trust_env=False) as client:
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            _ = await client.get(f"{secure.url}/echo")


def test_an_idle_connection_that_ended(wire: Wire, server: Loopback) -> None:
    """It is noticed before it is used: the next request goes over another one."""
    stock = wire.stock()
    _ = wire.whole(stock, httpx.Request("GET", f"{server.url}/echo"))

    server.hang_up()
    server.wait_until_left()

    assert 200 == wire.whole(stock, httpx.Request("GET", f"{server.url}/echo")).status_code
