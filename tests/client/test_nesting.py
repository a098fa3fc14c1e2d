"""Hooks and observers that make calls, raise or hang."""

from __future__ import annotations

import logging
from collections.abc import Awaitable
from typing import Any

import anyio
import anyio.lowlevel
import httpx
import pytest

from restkit import AsyncClient, AttemptStarted, CallStarted, Client, DeadlineExceeded, InputError
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

    with pytest.raises(InputError, match="call is made by a hook of a call, 9 deep; let no hook call itself"):
        nesting.perform(backend)

    assert (0 if place in {"before", "request"} else 1 + DEEPEST) == nesting.sent


def test_the_depth_is_of_one_call(world: World) -> None:
    """Calls one after the other are as deep as the first."""
    client = world.mocked(lambda _: httpx.Response(200), before=[lambda _: None])

    assert [200] * 20 == [world(client.get("/x")).status_code for _ in range(20)]


class Watching:
    """A blocking client whose observer makes a call whenever it is told of such an event."""

    def __init__(self, kind: type, **more: Any) -> None:
        self.kind, self.sent = kind, 0
        transport = httpx.MockTransport(self.answer)
        self.client = Client(base_url="https://api.test", transport=transport, observers=[self.told], **more)

    def answer(self, _: httpx.Request) -> httpx.Response:
        """Count."""
        self.sent += 1
        return httpx.Response(200)

    def told(self, event: object) -> None:
        """Call again."""
        if isinstance(event, self.kind):
            self.client.get("/x")


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        pytest.param(CallStarted, {}, id="call"),
        pytest.param(AttemptStarted, {}, id="attempt"),
        pytest.param(AttemptStarted, {"hedge": 30}, id="in-the-threads-of-a-race"),
    ],
)
def test_an_observer_that_calls_itself_without_end(caplog: pytest.LogCaptureFixture, kind: type, more: Any) -> None:
    """Is stopped as well, wherever it is told; that is logged, and the calls go on."""
    caplog.set_level(logging.ERROR, "restkit")
    watching = Watching(kind, **more)

    with watching.client as client:
        assert 200 == client.get("/x").status_code

    assert (1 + DEEPEST, ["an observer failed, and the call went on"]) == (watching.sent, caplog.messages)


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
