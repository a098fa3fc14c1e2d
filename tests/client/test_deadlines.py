"""Deadlines and attempt timeouts: a server that never answers, and no wall time asserted."""

from __future__ import annotations

import contextlib
import socket
from typing import Any

import anyio
import httpx
import pytest

from restkit import (
    AsyncClient,
    Deadline,
    DeadlineExceeded,
    Flow,
    Op,
    Pipeline,
    ProtocolError,
    ReadTimeout,
    Sleep,
    WireTransport,
    operation,
)
from restkit.flow.deadline import MomentPassed
from restkit.resources import Resources
from tests.client.worlds import World
from tests.loopback import Loopback
from tests.wire.conftest import Conversation, Speak
from tests.wire.transports import Httpx


def test_a_deadline_ends_a_call(world: World, server: Loopback) -> None:
    """The same error in every world, with the facts of its call."""
    client = world.client(base_url=server.url, deadline=0.1)

    with pytest.raises(DeadlineExceeded) as caught:
        world(client.get("/slow"))

    assert ("not over within its deadline of 0.1 s", "GET", f"{server.url}/slow", 1) == (
        caught.value.message,
        caught.value.method,
        caught.value.url,
        len(caught.value.attempts),
    )


def test_the_call_after_a_deadline_is_well(world: World, server: Loopback) -> None:
    """Its connection was given up."""
    client = world.client(base_url=server.url)

    with pytest.raises(DeadlineExceeded):
        world(client.get("/slow", deadline=0.1))

    assert 200 == world(client.get("/echo")).status_code


def test_a_read_timeout_within_the_deadline_is_a_read_timeout(world: World, server: Loopback) -> None:
    """The step that took too long is named."""
    client = world.client(base_url=server.url, timeout=0.1, retry=False)

    with pytest.raises(ReadTimeout) as caught:
        world(client.get("/slow"))

    assert [(1, None, "ReadTimeout")] == [(each.number, each.status, each.error) for each in caught.value.attempts]


@pytest.mark.parametrize(
    ("of_client", "of_call"),
    [pytest.param(0.1, {}, id="client"), pytest.param(50, {"attempt_timeout": 0.1}, id="call")],
)
def test_an_attempt_timeout_ends_an_attempt(
    world: World, server: Loopback, of_client: float, of_call: dict[str, Any]
) -> None:
    """By the client's setting, or by the call's, which goes first."""
    client = world.client(base_url=server.url, attempt_timeout=of_client, retry=False)

    with pytest.raises(ReadTimeout, match="the attempt was not over within its attempt_timeout"):
        world(client.get("/slow", **of_call))


def test_an_attempt_timeout_can_be_lifted(world: World) -> None:
    """By a call, where the client has one."""
    client = world.mocked(lambda _: httpx.Response(200), attempt_timeout=1e-9, deadline=None)

    assert 200 == world(client.get("/x", attempt_timeout=None)).status_code


def test_no_attempt_timeout_is_longer_than_the_deadline(world: World, server: Loopback) -> None:
    """The nearer moment is kept."""
    client = world.client(base_url=server.url, attempt_timeout=50, deadline=0.1)

    with pytest.raises(DeadlineExceeded):
        world(client.get("/slow"))


def test_a_deadline_can_be_lifted(world: World) -> None:
    """`deadline=None`: the layers see none."""
    seen: list[Any] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.extensions["restkit"].deadline)
        return httpx.Response(200)

    client = world.mocked(answer, deadline=None)

    world(client.get("/x"))
    world(client.get("/x", deadline=None))

    assert [None, None] == seen


class Jobs(Resources[Any]):
    """A resource whose operation has a deadline of its own."""

    @operation(deadline=0.1)
    def slow(self) -> Op[None]:
        """Never answered."""
        return self.call("GET", "slow")


def test_an_operation_can_have_a_deadline(world: World, server: Loopback) -> None:
    """`@operation(deadline=...)`."""
    from restkit import Client, M

    class Acme(Client[M]):
        """The client."""

        jobs: Jobs

    client = world.client(Acme, base_url=server.url)

    with pytest.raises(DeadlineExceeded, match=r"0\.1 s"):
        world(client.jobs.slow())


def test_a_flow_of_several_steps_has_no_deadline_of_its_own(world: World) -> None:
    """Each of its calls has."""

    def steps() -> Flow[list[Any]]:
        first = yield from Op[Any]("GET", "x", returns=seen)
        yield from Sleep(0)
        second = yield from Op[Any]("GET", "x", returns=seen)
        return [first, second]

    def seen(response: httpx.Response) -> bool:
        return response.request.extensions["restkit"].deadline is not None

    assert [True, True] == world(world.mocked(lambda _: httpx.Response(200)).execute(steps()))


FLOOD = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"
ENDLESS = [
    pytest.param(b"", FLOOD, id="a-flood-of-hints"),
    pytest.param(b"HTTP/1.1 200 OK\r\n", b"X-More: 1\r\n", id="a-head-without-end"),
    pytest.param(HEAD, b"x", id="a-dripping-body"),
]


def endless(first: bytes, then: bytes) -> Conversation:
    """A server that always has something more to say."""

    def converse(connection: socket.socket) -> None:
        _ = connection.recv(65536)
        connection.sendall(first)
        connection.settimeout(0.02)
        said = b"more"
        while said:
            connection.sendall(then)
            with contextlib.suppress(TimeoutError):
                said = connection.recv(1)

    return converse


@pytest.mark.parametrize(("first", "then"), ENDLESS)
@pytest.mark.parametrize("option", ["deadline", "attempt_timeout"])
def test_an_answer_without_end(world: World, speak: Speak, first: bytes, then: bytes, option: str) -> None:
    """No read timeout breaks it; the call's limit does, or one of the caps before that."""
    client = world.client(**{option: 0.3})

    with pytest.raises((DeadlineExceeded, ReadTimeout, ProtocolError)):
        world(client.get(speak(endless(first, then))))


# httpx leaves httpcore's generators to trio, which warns of them where a body is not read to its end
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(("option", "error"), [("deadline", DeadlineExceeded), ("attempt_timeout", ReadTimeout)])
def test_a_body_without_end_over_httpx(world: World, speak: Speak, option: str, error: type[Exception]) -> None:
    """Its own transport is looked at whenever a piece of the body comes."""
    client = world.client(transport=Httpx(), **{option: 0.1})

    with pytest.raises(error):
        world(client.get(speak(endless(HEAD, b"x"))))


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize(("first", "then"), ENDLESS[:2])
def test_a_head_without_end_over_httpx(speak: Speak, first: bytes, then: bytes, backend: str) -> None:
    """Its own transport is cancelled in the awaiting world; in the blocking one nobody can."""

    async def main() -> None:
        """What runs on the loop."""
        async with AsyncClient(transport=httpx.AsyncHTTPTransport(), deadline=0.1) as client:
            with pytest.raises((DeadlineExceeded, ProtocolError)):
                await client.get(speak(endless(first, then)))

    anyio.run(main, backend=backend)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # likewise
@pytest.mark.parametrize("transport", [WireTransport, Httpx])
def test_a_body_without_end_in_a_plain_client(world: World, speak: Speak, transport: type[Any]) -> None:
    """It is read after the layers are done: the error is the deadline's all the same."""
    pipeline = Pipeline([Deadline(0.1)], transport())
    kind: Any = httpx.AsyncClient if world.awaits else httpx.Client

    with pytest.raises(DeadlineExceeded) as caught, world.open(kind(transport=pipeline)) as client:
        world(client.get(speak(endless(HEAD, b"x"))))

    assert ("GET", MomentPassed) == (caught.value.request.method, type(caught.value.__cause__))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # likewise
def test_the_limit_of_an_attempt_in_a_plain_client_is_its_own(world: World, speak: Speak) -> None:
    """The deadline is further away."""
    pipeline = Pipeline([Deadline(50)], attempt_timeout=0.1)
    kind: Any = httpx.AsyncClient if world.awaits else httpx.Client

    with pytest.raises(httpx.ReadTimeout), world.open(kind(transport=pipeline)) as client:
        world(client.get(speak(endless(HEAD, b"x"))))


@pytest.mark.parametrize("deadline", [0.1, None])
def test_a_body_that_stops_coming_over_httpx(speak: Speak, deadline: float | None) -> None:
    """Blocking, its read timeout is what was left: it is the deadline's, if there is one."""
    pipeline = Pipeline([Deadline(deadline)], Httpx())

    with pytest.raises(httpx.TimeoutException) as caught, httpx.Client(transport=pipeline, timeout=0.3) as client:
        client.get(speak(endless(HEAD, b"")))

    assert (deadline is None) is isinstance(caught.value, httpx.ReadTimeout)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # likewise
def test_a_streamed_body_that_outlasts_its_attempt(world: World, speak: Speak) -> None:
    """The error says which limit it was."""
    client = world.client(transport=Httpx(), attempt_timeout=0.1)
    op: Op[Any] = Op("GET", speak(endless(HEAD, b"x")))

    with pytest.raises(ReadTimeout, match="attempt_timeout"), world.open(client.stream(op)) as response:
        _ = list(world.items(response.aiter_bytes() if world.awaits else response.iter_bytes()))
