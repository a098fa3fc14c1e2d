"""The end of a client (B30): closing it, using it afterwards, forgetting to."""

from __future__ import annotations

import asyncio
import gc
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import anyio
import httpx
import pytest
from anyio.from_thread import BlockingPortal

from restkit import AsyncClient, Client, ClientClosed, Emit, Emitting, Flow, Op, Sleep, Spawn
from tests.client.worlds import World, settle
from tests.loopback import PATIENCE, Loopback

Start = Callable[[Callable[[], Any]], Future[Any]]


@pytest.fixture
def start(portal: BlockingPortal | None) -> Iterator[Start]:
    """Begin a call in a thread, or in a task of its own."""
    with ThreadPoolExecutor() as threads:
        if portal is None:
            yield threads.submit
        else:
            yield lambda call: portal.start_task_soon(settle, call())


def test_closing_ends_the_connections(world: World, server: Loopback) -> None:
    """All of them."""
    client = world.client(base_url=server.url)
    world(client.get("/echo"))

    world.close(client)

    server.wait_until_left()
    assert (True, 0) == (client.is_closed, server.open_connections)


def test_closing_twice_is_harmless(world: World, server: Loopback) -> None:
    """The second time nothing happens."""
    client = world.client(base_url=server.url)

    world.close(client)
    world.close(client)

    assert client.is_closed


def test_a_with_closes_at_its_end(world: World, server: Loopback) -> None:
    """Also when it is left by an error."""
    client = world.client(base_url=server.url)

    with pytest.raises(ZeroDivisionError), world.open(client):
        raise ZeroDivisionError

    assert client.is_closed


USES: list[Any] = [
    pytest.param(lambda client: client.get("/x"), id="verb"),
    pytest.param(lambda client: client.execute(Op("GET", "x")), id="execute"),
    pytest.param(lambda client: client.execute(Sleep(0)), id="effect"),
    pytest.param(lambda client: client.raw(Op("GET", "x")), id="raw"),
    pytest.param(lambda client: client.respond(Op("GET", "x")), id="respond"),
    pytest.param(lambda client: client.build().get("/x").execute(), id="builder"),
]


@pytest.mark.parametrize("use", USES)
def test_a_closed_client_says_so(world: World, use: Callable[[Any], Any]) -> None:
    """Whatever it is asked, and nothing is sent."""
    sent: list[httpx.Request] = []
    client = world.mocked(lambda request: sent.append(request) or httpx.Response(200))  # type: ignore[func-returns-value]
    world.close(client)

    with pytest.raises(ClientClosed, match=r"this Client.* is closed; make another one"):
        world(use(client))
    assert [] == sent


def test_a_closed_client_opens_no_stream(world: World) -> None:
    """Nor does a stream begin."""
    client = world.mocked(lambda _: httpx.Response(200))
    world.close(client)

    with pytest.raises(ClientClosed), world.open(client.stream(Op("GET", "x"))):
        pass


def test_a_closed_client_iterates_nothing(world: World) -> None:
    """Nor does an iteration."""

    def numbers() -> Emitting[int]:
        yield from Emit(1)

    client = world.mocked(lambda _: httpx.Response(200))
    world.close(client)

    with pytest.raises(ClientClosed):
        _ = list(world.items(client.iterate(numbers())))


def test_a_call_under_way_is_ended_by_closing(world: World, server: Loopback, start: Start) -> None:
    """It was waiting for an answer that does not come; its error says what happened."""
    client = world.client(base_url=server.url)
    call = start(lambda: client.get("/slow"))
    server.wait_for(1)

    world.close(client)

    assert (ClientClosed, False) == (type(call.exception(PATIENCE)), server.released.is_set())


def test_a_flow_that_waits_is_ended_by_closing(world: World, server: Loopback, start: Start) -> None:
    """In either world, and at once: a wait can be called off."""

    def steps() -> Flow[None]:
        yield from Op("GET", "echo")
        yield from Sleep(1000)

    client = world.client(base_url=server.url)
    call = start(lambda: client.execute(steps()))
    server.wait_for(1)

    world.close(client)

    error = call.exception(PATIENCE)
    assert (ClientClosed, True) == (type(error), "closed while the call was under way" in str(error))


def test_an_iteration_that_waits_is_ended_by_closing(world: World, server: Loopback, start: Start) -> None:
    """Likewise."""

    def steps() -> Emitting[int]:
        yield from Op("GET", "echo")
        yield from Sleep(1000)
        yield from Emit(1)

    client = world.client(base_url=server.url)

    async def collect() -> list[int]:
        """All items."""
        return [item async for item in client.iterate(steps())]

    call = start(collect if world.awaits else lambda: list(client.iterate(steps())))
    server.wait_for(1)

    world.close(client)

    assert ClientClosed is type(call.exception(PATIENCE))


def test_background_work_is_ended_by_closing(world: World, server: Loopback) -> None:
    """It belongs to the client."""
    ended: list[str] = []

    def work() -> Flow[None]:
        try:
            yield from Op("GET", "echo")
            yield from Sleep(1000)
        finally:
            ended.append("ended")

    def steps() -> Flow[bool]:
        return (yield from Spawn(work()))

    client = world.client(base_url=server.url)
    accepted = world(client.execute(steps()))
    server.wait_for(1)

    world.close(client)

    assert (True, ["ended"]) == (accepted, ended)


def test_a_forgotten_client_is_a_warning(server: Loopback) -> None:
    """With the connection that it leaves open."""
    client = Client(base_url=server.url)
    _ = client.get("/echo")

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        del client
        _ = gc.collect()
        messages = [str(each.message) for each in told]
        told.clear()  # it holds the client, whose sockets are to go here
        _ = gc.collect()

    assert "unclosed Client: use `with`, or close it" in messages


def test_a_forgotten_awaiting_client_is_a_warning() -> None:
    """While its loop lives."""

    async def main() -> None:
        """What runs on the loop."""
        client = AsyncClient(base_url="https://api.test", transport=Silent)
        _ = await client.get("/x")
        del client
        _ = gc.collect()

    with pytest.warns(ResourceWarning, match="unclosed"):
        asyncio.run(main())


class Silent(httpx.AsyncBaseTransport):
    """A transport without a network."""

    closed = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer nothing."""
        return httpx.Response(204, request=request)

    async def aclose(self) -> None:
        """Count it."""
        Silent.closed += 1


def test_a_client_that_was_never_used_may_be_forgotten() -> None:
    """It holds nothing that would have to be closed."""
    client = Client()

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        del client
        _ = gc.collect()

    assert [] == [each for each in told if "unclosed Client" in str(each.message)]


def test_a_client_that_could_not_be_made_is_forgotten_in_silence() -> None:
    """Its error is enough."""
    from restkit import ConfigError

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        with pytest.raises(ConfigError):
            Client(transport="http")  # type: ignore[arg-type]
        _ = gc.collect()

    assert [] == [each for each in told if "unclosed Client" in str(each.message)]


def test_a_transport_of_the_users_own_is_closed_with_the_client(world: World) -> None:
    """It was handed over."""
    ended: list[str] = []

    class Mine(httpx.MockTransport):
        """A transport that tells of its end."""

        def close(self) -> None:
            """Note it."""
            ended.append("close")

        async def aclose(self) -> None:
            """Note it."""
            ended.append("aclose")

    world.close(world.client(transport=Mine(lambda _: httpx.Response(200))))

    assert ["aclose" if world.awaits else "close"] == ended


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_cancelled_call_leaves_the_client_well(server: Loopback, backend: str) -> None:
    """The connection is given up, the next call gets another."""

    async def main() -> int:
        """What runs on the loop."""
        async with AsyncClient(base_url=server.url) as client, anyio.create_task_group() as group:
            group.start_soon(client.get, "/slow")
            await anyio.to_thread.run_sync(server.wait_for, 1)
            group.cancel_scope.cancel()
            with anyio.CancelScope(shield=True):
                return (await client.get("/echo")).status_code
        raise AssertionError

    assert 200 == anyio.run(main, backend=backend)
