"""Through a whole client and a real socket: what arrives at the server, and how often."""

from __future__ import annotations

import contextlib
import socket
from typing import Any

import httpx
import pytest

from restkit import (
    ConnectError,
    Op,
    Pipeline,
    ReadError,
    Retry,
    RetryPolicy,
    ServerError,
    TooManyRequests,
    WireTransport,
)
from restkit.flow.witness import Witness
from tests.client.worlds import World
from tests.loopback import Loopback

SOON = RetryPolicy(wait=0)


@pytest.mark.parametrize("fault", ["down", "busy", "hang-up", "reset", "truncated", "half-chunk", "down/reset"])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD"])
def test_what_may_be_sent_twice_gets_through(world: World, server: Loopback, fault: str, method: str) -> None:
    """Whatever goes wrong at first."""
    client = world.client(base_url=server.url, retry=RetryPolicy(wait=0, throttle_wait=0))
    answer = world(client.request(method, f"/once/{fault}"))

    if method == "HEAD" and fault == "truncated":  # its answer has no body that could be cut
        return
    assert (200, len(answer.attempts)) == (answer.status_code, len(server.received))


@pytest.mark.parametrize("fault", ["down", "hang-up", "reset", "truncated", "half-chunk"])
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_what_must_not_be_sent_twice_is_sent_once(world: World, server: Loopback, fault: str, method: str) -> None:
    """Since the server has seen it."""
    client = world.client(base_url=server.url, retry=SOON)

    with pytest.raises((ServerError, ReadError)):
        world(client.request(method, f"/once/{fault}", json={"a": 1}))

    assert 1 == len(server.received)


def test_a_write_that_a_limit_refused_is_sent_again(world: World, server: Loopback) -> None:
    """The server says when."""
    client = world.client(base_url=server.url, retry=RetryPolicy(throttle_wait=0))
    answer = world(client.post("/once/busy", json={"a": 1}))

    assert (200, [429, 200]) == (answer.status_code, [each.status for each in answer.attempts])


def test_an_error_knows_how_long_to_wait(world: World) -> None:
    """From a date as well."""
    headers = {"Retry-After": "Wed, 01 Jan 2020 00:02:00 GMT", "Date": "Wed, 01 Jan 2020 00:00:00 GMT"}
    client = world.mocked(lambda _: httpx.Response(429, headers=headers), retry=True)

    with pytest.raises(TooManyRequests) as caught:
        world(client.get("/x"))

    error = caught.value
    assert (120.0, ["not sent again: the server asks for a longer wait than max_retry_after"], 120.0) == (
        error.retry_after,
        error.__notes__,
        error.attempts[0].retry_after,
    )


def test_nobody_listens(world: World) -> None:
    """A write, too, is tried again: no byte of it was written."""
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        client = world.client(base_url=f"http://127.0.0.1:{line.getsockname()[1]}", retry=SOON)

        with pytest.raises(ConnectError) as caught:
            world(client.post("/x", json=1))

    assert [0, 0, 0] == [each.bytes_sent for each in caught.value.attempts]


def test_attempts_know_what_the_wire_knows(world: World, server: Loopback) -> None:
    """How much was written, and whether the connection was used before."""
    client = world.client(base_url=server.url, retry=SOON)
    _ = world(client.get("/echo"))
    attempts = world(client.get("/once/down")).attempts

    assert [(True, True), (True, True)] == [(each.bytes_sent > 50, each.reused) for each in attempts]


@pytest.mark.parametrize("how", [1, RetryPolicy(wait=3_600.0)], ids=["one attempt", "long waits"])
def test_a_connection_that_was_idle_for_too_long_is_replaced(world: World, server: Loopback, how: Any) -> None:
    """Which counts as no attempt, and waits for nothing."""
    client = world.client(base_url=server.url, retry=how)
    _ = world(client.get("/echo"))
    attempts = world(client.get("/once/hang-up")).attempts

    assert [("ReadError", True), (None, False)] == [(each.error, each.reused) for each in attempts]


def test_a_connection_is_replaced_once_a_call(world: World, server: Loopback) -> None:
    """From then on it is the server that is not well."""
    client = world.client(base_url=server.url, retry=RetryPolicy(attempts=2, wait=0))
    _ = world(client.get("/echo"))

    with pytest.raises(ReadError) as caught:
        world(client.get("/hang-up"))

    assert [True, False, False] == [each.reused for each in caught.value.attempts]


def test_what_broke_within_its_answer_is_an_attempt(world: World, server: Loopback) -> None:
    """Its connection was well."""
    client = world.client(base_url=server.url, retry=1)
    _ = world(client.get("/echo"))

    with pytest.raises(ReadError) as caught:
        world(client.get("/once/truncated"))

    assert [True] == [each.reused for each in caught.value.attempts]


def test_a_stream_that_was_handed_out_is_not_begun_anew(world: World, server: Loopback) -> None:
    """What came of it before that is."""
    client = world.client(base_url=server.url, retry=SOON)

    with world.open(client.stream(Op("GET", "once/down/truncated"))) as response, pytest.raises(ReadError):
        world(response.http.aread() if world.awaits else response.http.read())

    assert 2 == len(server.received)


def test_the_error_of_a_stream_has_its_body(world: World, server: Loopback) -> None:
    """That of the last attempt."""
    client = world.client(base_url=server.url, retry=SOON)

    with pytest.raises(ServerError) as caught, world.open(client.stream(Op("GET", "down"))):
        pass

    assert ("Out of order", 3) == (caught.value.problem and caught.value.problem.title, len(caught.value.attempts))


def own(world: World, layer: Any, transport: Any = None) -> Any:
    """A plain httpx client with one layer."""
    kind: Any = httpx.AsyncClient if world.awaits else httpx.Client
    return kind(transport=Pipeline([layer], transport or WireTransport()))


def foreign(world: World) -> Any:
    """Httpx's own transport of this world."""
    return httpx.AsyncHTTPTransport() if world.awaits else httpx.HTTPTransport()


def test_a_plain_client_may_have_the_layer(world: World, server: Loopback) -> None:
    """With any transport."""
    for transport in (None, foreign(world)):
        with world.open(own(world, Retry(SOON), transport)) as client:
            answer = world(client.get(f"{server.url}/once/down?{transport is None}"))

            assert (200, 1) == (answer.status_code, answer.json()["method"].count("GET"))


def test_a_plain_clients_bytes_are_sent_again(world: World, server: Loopback) -> None:
    """An iterator is not: of that nobody knows whether it gives the same again."""
    with world.open(own(world, Retry(SOON), foreign(world))) as client:
        _ = world(client.put(f"{server.url}/once/down", content=b"0123456789"))
        content = aparts() if world.awaits else iter([b"0123456789"])
        answer = world(client.put(f"{server.url}/once/down?again", content=content))

    assert (503, [b"0123456789"] * 3) == (answer.status_code, [each.body for each in server.received])


async def aparts() -> Any:
    """A body that is awaited."""
    yield b"0123456789"


@pytest.mark.parametrize("path", ["once/hang-up", "once/down"])
def test_a_write_over_httpxs_transport_is_sent_once(world: World, server: Loopback, path: str) -> None:
    """It has told that it began to write."""
    with world.open(own(world, Retry(SOON), foreign(world))) as client, contextlib.suppress(httpx.RemoteProtocolError):
        _ = world(client.post(f"{server.url}/{path}", content=b"x"))

    assert 1 == len(server.received)


def test_a_write_over_httpxs_transport_that_nobody_took_is_sent_again(world: World) -> None:
    """It has told of connecting, and of nothing else."""
    context: list[Any] = []

    def looks(request: httpx.Request, proceed: Any) -> Any:
        context.append(request.extensions["restkit"])
        return proceed(request)

    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        kind: Any = httpx.AsyncClient if world.awaits else httpx.Client
        pipeline = Pipeline([Retry(SOON), looks], foreign(world))
        with world.open(kind(transport=pipeline)) as client, pytest.raises(httpx.ConnectError):
            world(client.post(f"http://127.0.0.1:{line.getsockname()[1]}/x", content=b"x"))

    assert [0, 0, 0] == [each.bytes_sent for each in context[0].history]


def test_a_trace_of_the_callers_own_stays(world: World, server: Loopback) -> None:
    """Then nobody knows what was written."""
    told: list[str] = []

    def tell(event: str, _: Any) -> None:
        told.append(event)

    async def atell(event: str, _: Any) -> None:
        """The same, in the other world."""
        told.append(event)

    with world.open(own(world, Retry(SOON), foreign(world))) as client:
        _ = world(client.post(f"{server.url}/echo", extensions={"trace": atell if world.awaits else tell}))

    assert any(each.endswith("send_request_headers.started") for each in told)


def test_a_transport_that_tells_nothing_leaves_it_open() -> None:
    """So does one that has begun to write."""
    silent, writing = Witness(), Witness()
    request = httpx.Request("POST", "http://api.test")
    writing.attend(request, awaits=False)
    request.extensions["trace"]("http11.send_request_headers.started", {})

    assert (None, None) == (silent.bytes_sent, writing.bytes_sent)
