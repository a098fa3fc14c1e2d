"""Hooks and observers that make calls, raise or hang."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Awaitable
from typing import Any

import anyio
import anyio.lowlevel
import httpx
import pytest

from restkit import AsyncClient, CallStarted, Client, DeadlineExceeded, InputError
from restkit.flow.nesting import DEEPEST
from restkit.testing import VirtualClock
from tests.client.worlds import World

PLACES = ["before", "after", "request", "response"]


def settings(place: str, hook: Any) -> dict[str, Any]:
    """Where a hook stands."""
    return {place: [hook]} if place in {"before", "after"} else {"event_hooks": {place: [hook]}}


class Nesting:
    """A client whose hook calls that client, so many times within each other, in either world."""

    def __init__(self, place: str, times: int, *, awaits: bool) -> None:
        self.sent, self.left = 0, times
        kind: Any = AsyncClient if awaits else Client
        hook = self.ahook if awaits else self.hook
        self.client = kind(
            base_url="https://api.test", transport=httpx.MockTransport(self.answer), **settings(place, hook)
        )

    def answer(self, _: httpx.Request) -> httpx.Response:
        """Count."""
        self.sent += 1
        return httpx.Response(200)

    def hook(self, _: object) -> None:
        """Call again."""
        self.left -= 1
        if self.left >= 0:
            self.client.get("/x")

    async def ahook(self, _: object) -> None:
        """Call again."""
        self.left -= 1
        if self.left >= 0:
            await self.client.get("/x")

    def perform(self, backend: str) -> None:
        """Call."""
        if backend == "blocking":
            with self.client:
                self.client.get("/x")
            return

        async def main() -> None:
            """What runs on the loop."""
            async with self.client:
                await self.client.get("/x")

        anyio.run(main, backend=backend)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("backend", ["blocking", "asyncio", "trio"])
def test_a_hook_may_make_calls(place: str, backend: str) -> None:
    """Eight within each other."""
    nesting = Nesting(place, DEEPEST, awaits=backend != "blocking")

    nesting.perform(backend)

    assert 1 + DEEPEST == nesting.sent


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("backend", ["blocking", "asyncio", "trio"])
def test_a_hook_that_calls_itself_without_end(place: str, backend: str) -> None:
    """Is stopped before the interpreter stops it."""
    nesting = Nesting(place, 1_000, awaits=backend != "blocking")

    with pytest.raises(InputError, match="call is made by a hook whose calls lie 9 deep; let no hook call itself"):
        nesting.perform(backend)

    assert (0 if place in {"before", "request"} else 1 + DEEPEST) == nesting.sent


def test_the_depth_is_of_one_call(world: World) -> None:
    """Calls one after the other are as deep as the first."""
    client = world.mocked(lambda _: httpx.Response(200), before=[lambda _: None])

    assert [200] * 20 == [world(client.get("/x")).status_code for _ in range(20)]


@pytest.mark.parametrize(
    ("places", "sends"),
    [(["before"], 1 + DEEPEST), (["after"], 1 + DEEPEST), (["before", "after"], 1 + 2 * DEEPEST), (PLACES, 1)],
)
def test_hooks_that_pass_over_the_refusal(world: World, places: list[str], sends: int) -> None:
    """Do not multiply: after the first refusal the outermost one makes no further call, nor do those within it."""
    sent = list[httpx.Request]()

    def hook(_: object) -> None:
        """Call again, come what may."""
        with contextlib.suppress(InputError):
            client.get("/x")

    async def ahook(_: object) -> None:
        """Call again, come what may."""
        with contextlib.suppress(InputError):
            await client.get("/x")

    each = [ahook if world.awaits else hook]
    hooks = {place: each for place in places if place in {"before", "after"}}
    events = {place: each for place in places if place in {"request", "response"}}
    client = world.mocked(lambda request: sent.append(request) or httpx.Response(200), event_hooks=events, **hooks)
    world(client.get("/x"))

    assert sends == len(sent)


@pytest.mark.parametrize("more", [{}, {"hedge": 30}], ids=["plain", "in-the-threads-of-a-race"])
def test_calls_of_an_observer_are_not_told(caplog: pytest.LogCaptureFixture, more: Any) -> None:
    """Neither to it nor to another one, of whatever client: so a call becomes no more than one for each event."""
    caplog.set_level(logging.ERROR, "restkit")
    sent, events = list[str](), list[Any]()
    transport = httpx.MockTransport(lambda request: sent.append(request.url.path) or httpx.Response(200))

    def watch(_: object) -> None:
        """Call again."""
        client.get("/watching")

    observers = [watch, events.append]
    with Client(base_url="https://api.test", transport=transport, observers=observers, **more) as client:
        _ = client.get("/x")

    assert (["/watching"] * 2 + ["/x"] + ["/watching"] * 2, 4, []) == (sent, len(events), caplog.messages)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_calls_that_an_observer_begins_are_not_told(backend: str) -> None:
    """Where it cannot wait for them, and has others do so."""
    events = list[str]()

    async def main() -> None:
        """What runs on the loop."""
        transport = httpx.MockTransport(lambda _: httpx.Response(200))
        async with anyio.create_task_group() as group:

            def watch(event: CallStarted) -> None:
                """Call again."""
                events.append(event.url)
                group.start_soon(client.get, "/watching")

            client = AsyncClient(base_url="https://api.test", transport=transport, observers=[watch])
            await client.get("/x")
        await client.aclose()

    anyio.run(main, backend=backend)

    assert ["https://api.test/x"] * 4 == events


def test_an_observer_is_told_of_the_next_call() -> None:
    """Though the last one was interrupted."""
    events = list[object]()

    def watch(event: object) -> None:
        """Stop everything when it has noted the event."""
        events.append(event)
        raise KeyboardInterrupt

    client = Client(base_url="https://api.test", observers=[watch])
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            _ = client.get("/x")

    assert 2 == len(events)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_an_asynchronous_hook_that_hangs(place: str, backend: str) -> None:
    """Is cut by the deadline."""

    async def hang(_: object) -> None:
        """Wait for ever."""
        await anyio.sleep_forever()

    async def main() -> None:
        """What runs on the loop."""
        transport = httpx.MockTransport(lambda _: httpx.Response(200))
        hooks = settings(place, hang)
        async with AsyncClient(base_url="https://api.test", transport=transport, deadline=0.02, **hooks) as client:
            with pytest.raises(DeadlineExceeded, match=r"within its deadline of 0\.02 s"):
                await client.get("/x")

    anyio.run(main, backend=backend)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_an_asynchronous_hook_that_begins_too_late(backend: str) -> None:
    """What it had done before it was to be awaited took too long: it is not awaited."""
    clock, awaited = VirtualClock(), list[int]()

    async def work() -> None:
        """Note that it was awaited."""
        awaited.append(1)
        await anyio.lowlevel.checkpoint()

    def hook(_: object) -> Awaitable[None]:
        clock.sleep(100)
        return work()

    async def main() -> None:
        """What runs on the loop."""
        transport = httpx.MockTransport(lambda _: httpx.Response(200))
        async with AsyncClient(base_url="https://api.test", transport=transport, clock=clock, before=[hook]) as client:
            with pytest.raises(DeadlineExceeded):
                await client.get("/x")

    anyio.run(main, backend=backend)

    assert [] == awaited
