"""Hooks: the user's functions around a call and around each of its hops."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import httpx
import pytest

from restkit import Client, ConfigError, DeadlineExceeded
from restkit.testing import VirtualClock
from tests.client.worlds import World

PLACES: list[Any] = [
    pytest.param(lambda function: {"before": [function]}, id="before"),
    pytest.param(lambda function: {"event_hooks": {"request": [function]}}, id="event"),
]
AFTER: list[Any] = [
    pytest.param(lambda function: {"after": [function]}, id="after"),
    pytest.param(lambda function: {"event_hooks": {"response": [function]}}, id="event"),
]
Settings = Callable[[Callable[..., Any]], dict[str, Any]]


def echo(request: httpx.Request) -> httpx.Response:
    """Answer one of the headers."""
    return httpx.Response(200, json=request.headers.get("x-hook"))


@pytest.mark.parametrize("settings", PLACES)
def test_a_hook_may_change_the_request(world: World, settings: Settings) -> None:
    """What it sets is sent."""

    def stamp(request: httpx.Request) -> None:
        request.headers["X-Hook"] = "1"

    assert "1" == world(world.mocked(echo, **settings(stamp)).get("/x")).data


@pytest.mark.parametrize("settings", AFTER)
def test_a_hook_may_change_the_response(world: World, settings: Settings) -> None:
    """What it changes is what the caller gets."""

    def teapot(response: httpx.Response) -> None:
        response.status_code = 418

    answer = world(world.mocked(echo, **settings(teapot)).get("/x", raise_on_error=False))

    assert 418 == answer.status_code


@pytest.mark.parametrize("settings", [*PLACES, *AFTER])
def test_a_hook_may_raise(world: World, settings: Settings) -> None:
    """Its own error passes as it is, and the next call is well."""
    errors = [ZeroDivisionError("no")]

    def fail(_: object) -> None:
        if errors:
            raise errors.pop()

    client = world.mocked(echo, **settings(fail))

    with pytest.raises(ZeroDivisionError, match="no"):
        world(client.get("/x"))
    assert 200 == world(client.get("/x")).status_code


@pytest.mark.parametrize("settings", [*PLACES, *AFTER])
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_hook_may_be_asynchronous(settings: Settings, backend: str) -> None:
    """In an awaiting client."""
    import anyio

    from restkit import AsyncClient

    told: list[str] = []

    async def tell(thing: object) -> None:
        """Note it."""
        await anyio.lowlevel.checkpoint()
        told.append(type(thing).__name__)

    async def main() -> None:
        """What runs on the loop."""
        async with AsyncClient(
            base_url="https://api.test", transport=httpx.MockTransport(echo), **settings(tell)
        ) as client:
            await client.get("/x")

    anyio.run(main, backend=backend)

    assert 1 == len(told)


@pytest.mark.parametrize("settings", [*PLACES, *AFTER])
def test_a_blocking_client_refuses_an_asynchronous_hook(settings: Settings) -> None:
    """When it is made, by the name of the setting."""

    async def hook(_: object) -> None:
        """Wait for nothing."""

    with pytest.raises(ConfigError, match="asynchronous"):
        Client(**settings(hook))


@pytest.mark.parametrize("settings", [*PLACES, *AFTER])
def test_a_blocking_client_refuses_what_turns_out_to_be_asynchronous(settings: Settings) -> None:
    """A plain function that answers a coroutine cannot be known before it is called."""

    async def answer() -> None:
        """Nothing, to be awaited."""

    client = Client(base_url="https://api.test", transport=httpx.MockTransport(echo), **settings(lambda _: answer()))

    with pytest.raises(ConfigError, match="asynchronous"):
        client.get("/x")


def test_a_callable_object_may_be_asynchronous() -> None:
    """Its `__call__` is looked at."""

    class Hook:
        """An object that can be called."""

        async def __call__(self, _: object) -> None: ...

    with pytest.raises(ConfigError, match="before"):
        Client(before=[Hook()])


@pytest.mark.parametrize("settings", [*PLACES, *AFTER])
def test_what_a_plain_hook_gives_is_nothing_to_anybody(world: World, settings: Settings) -> None:
    """Such as `list.append` in a lambda, or a count."""
    assert 200 == world(world.mocked(echo, **settings(lambda _: 7)).get("/x")).status_code


@pytest.mark.parametrize("settings", [PLACES[0], AFTER[0]])
def test_an_asynchronous_hook_that_begins_too_late_is_dropped(world: World, settings: Settings) -> None:
    """Python does not warn that nobody has awaited it. Where nothing can be awaited, it is refused likewise."""
    clock = VirtualClock()

    async def told() -> None:
        """Nobody gets here."""
        raise AssertionError

    def slow(_: object) -> Coroutine[None, None, None]:
        clock.sleep(61.0)
        return told()

    with pytest.raises(DeadlineExceeded):
        world(world.mocked(echo, clock=clock, **settings(slow)).get("/x"))


def test_hooks_are_called_in_their_order(world: World) -> None:
    """Before, then httpx's; on the way back httpx's, then after."""
    told: list[str] = []

    def tell(name: str) -> Callable[[object], None]:
        return lambda _: told.append(name)

    client = world.mocked(
        echo,
        before=[tell("before 1"), tell("before 2")],
        after=[tell("after 1"), tell("after 2")],
        event_hooks={"request": [tell("request")], "response": [tell("response")]},
    )

    world(client.get("/x"))

    assert ["before 1", "before 2", "request", "response", "after 1", "after 2"] == told


def test_a_response_hook_sees_the_request_and_the_body(world: World) -> None:
    """As httpx's hooks do, once the body was read."""
    seen: list[Any] = []
    note = [lambda response: seen.append((response.request.method, response.text))]
    client = world.mocked(lambda _: httpx.Response(200, text="hi"), after=note)

    world(client.get("/x"))

    assert [("GET", "hi")] == seen
