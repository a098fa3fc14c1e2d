"""Very many calls on one transport: cancelled at any moment, or all at once."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import anyio
import attrs
import httpx

from restkit.errors import RestkitError
from tests.campaign.figure import Amounts, Measured
from tests.campaign.wire_echo import ask_stats, body_of, running
from tests.campaign.wire_subject import transport
from tests.campaign.wire_worlds import ASYNCIO, TRIO, Awaiting

WORLDS = (ASYNCIO, TRIO)
CONNECTIONS, TASKS, HEALTHY = 10, 64, 20
SHARE, STEP = 0.7, 0.02
"""Of the calls that are cancelled; how far each call moves the moment at which they are, so that it comes out."""
SECONDS = 60.0
"""What one world may take."""
LONG = {"connect": 30.0, "read": 30.0, "write": 30.0, "pool": 120.0}
SHOWN = 5
C = TypeVar("C", bound="Crowd")


@attrs.define
class Crowd:
    """What became of the calls of one world."""

    subject: Any
    url: str
    timeouts: dict[str, float]
    seconds: float = SECONDS
    own: int = 0
    cancelled: int = 0
    foreign: list[str] = attrs.field(factory=list[str])
    """Answers of another request, or parts of one."""
    failed: list[str] = attrs.field(factory=list[str])
    moment: float = 0.002
    """Within these seconds a call is cancelled: so that the share comes out that is wanted."""

    @property
    def made(self) -> int:
        """Calls that are over."""
        return self.own + self.cancelled + len(self.foreign) + len(self.failed)

    async def call(self, target: str) -> None:
        """Make a call, and look whose answer it gets."""
        request = httpx.Request("GET", self.url + target, extensions={"timeout": self.timeouts})
        try:
            answer = await self.subject.handle_async_request(request)
            try:
                body = await answer.aread()
            finally:
                with anyio.CancelScope(shield=True):
                    await answer.aclose()
        except (httpx.HTTPError, RestkitError, OSError) as error:
            self.failed.append(f"{target}: {error!r}")
            return
        if body == body_of(target):
            self.own += 1
        else:
            self.foreign.append(f"{target} was answered {body[:40]!r} of {len(body)}")

    async def cancel(self, target: str, moment: float) -> None:
        """Make a call, and cancel it at a moment, if it is not over by then."""
        with anyio.move_on_after(moment * self.moment) as scope:
            await self.call(target)
        self.cancelled += scope.cancelled_caught
        self.moment *= 1 + STEP * ((1 - SHARE) if scope.cancelled_caught else -SHARE)

    async def healthy(self) -> int:
        """How many of the next calls get their own answers, one after the other."""
        before = self.own
        for number in range(HEALTHY):
            await self.call(f"/healthy/{self.url[-1]}/{number}")
        return self.own - before


def cancel_many(asked: Amounts) -> Measured:
    """Cancel most of very many calls wherever they stand; then the transport must be as if nothing had been."""
    said: list[str] = []
    made, ok = 0, True
    for world in WORLDS:
        act = partial(cancelling, calls=asked.calls // len(WORLDS))
        crowd, healthy, left, seconds = in_world(world, act, CONNECTIONS, of_transport)
        share = crowd.cancelled / max(1, crowd.made)
        ok = ok and healthy == HEALTHY and not (left or crowd.foreign or crowd.failed) and abs(share - SHARE) < 0.05
        made += crowd.made
        said.append(
            f"{world.name}: {share:.0%} cancelled, {len(crowd.failed)} others failed, {len(crowd.foreign)} foreign,"
            f" {healthy} of {HEALTHY} healthy, {left} leaked, {seconds:.0f} s"
        )
    return Measured(value="; ".join(said), ok=ok, done=Amounts(calls=made))


def gather_many(asked: Amounts) -> Measured:
    """Make very many calls at once; each must get its own answer."""
    said: list[str] = []
    made, ok = 0, True
    for world in WORLDS:
        count = asked.calls // len(WORLDS)
        crowd, healthy, left, seconds = in_world(world, partial(gathering, calls=count), 100, of_transport)
        ok = ok and crowd.own >= count and not (left or crowd.foreign or crowd.failed)
        made += crowd.made
        wrong = len(crowd.failed) + len(crowd.foreign)
        said.append(f"{world.name}: {wrong} errors, {healthy} of {HEALTHY} healthy, {left} leaked, {seconds:.0f} s")
    return Measured(value="; ".join(said), ok=ok, done=Amounts(calls=made))


async def cancelling(crowd: Crowd, calls: int) -> None:
    """Some tasks, each of which makes its share of the calls."""

    async def work(first: int) -> None:
        """One task's share."""
        dice = random.Random(first)  # noqa: S311 - to be repeated, not to be secret
        for number in range(first, calls, TASKS):
            await crowd.cancel(f"/call/{number}", dice.random() * 2)

    async with anyio.create_task_group() as group:
        for first in range(TASKS):
            _ = group.start_soon(work, first)


async def gathering(crowd: Crowd, calls: int) -> None:
    """A task for each call."""
    async with anyio.create_task_group() as group:
        for number in range(calls):
            _ = group.start_soon(crowd.call, f"/gathered/{number}0")


def of_transport(url: str, connections: int) -> Crowd:
    """A crowd on one transport."""
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    return Crowd(transport(limits=limits), url, LONG)


def in_world(
    world: Awaiting, act: Callable[[C], Any], connections: int, make: Callable[[str, int], C]
) -> tuple[C, int, int, float]:
    """Act in a world: what became of the crowd, how many calls were healthy, how many connections leaked."""
    start = time.monotonic()
    with running() as url:
        crowd = make(url, connections)
        found: list[int] = []

        async def main() -> None:
            """Act, and look at what is left."""
            with anyio.move_on_after(crowd.seconds):
                await act(crowd)
            crowd.timeouts = {**LONG, "pool": 1.0}
            failed, crowd.failed = crowd.failed, []
            found.append(await crowd.healthy())
            ill, crowd.failed = crowd.failed, failed
            tell(world, crowd.foreign, crowd.failed, ill)
            left = (await anyio.to_thread.run_sync(ask_stats, url))["open"] - connections
            await crowd.subject.aclose()
            found.append(max(left, await anyio.to_thread.run_sync(still_open, url), 0))

        world.run(main)
    return crowd, found[0], found[1], time.monotonic() - start


def still_open(url: str) -> int:
    """How many connections are open, once they had time to end."""
    over = time.monotonic() + 2.0
    while (left := ask_stats(url)["open"]) and time.monotonic() < over:
        pass
    return left


def tell(world: Awaiting, *wrong: list[str]) -> None:
    """Tell some of what went wrong."""
    for each in wrong:
        for said in each[:SHOWN]:
            _ = sys.stderr.write(f"{world.name}: {said}\n")
