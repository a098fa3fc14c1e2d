"""A crowd on one expired credential: tasks of eight loops and threads, all at once."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import NamedTuple

import anyio
import httpx

from restkit import Flow, Token
from restkit.auth import TokenScheme
from restkit.flow import World, run
from restkit.flow.awaiting import arun
from restkit.tokens.answer import token_of
from restkit.tokens.endpoint import post
from tests.campaign.figure import Amounts, Measured

TASKS, THREADS, LOOPS = 32_768, 1_024, 8
PATIENCE = 60.0
"""Seconds until we give up on a crowd."""


class Gathering:
    """Everybody who asks: the token endpoint answers when the last has come."""

    def __init__(self, size: int) -> None:
        self.size, self.came, self.requests = size, 0, 0
        self._lock = threading.Lock()
        self.is_complete = threading.Event()
        self.answered = 0.0
        """When the token endpoint has answered."""
        self.tokens: list[str] = []
        self.last = 0.0
        """When the last has got its token."""

    def come(self) -> None:
        """One more is about to ask."""
        with self._lock:
            self.came += 1
            if self.came == self.size:
                self.is_complete.set()

    def leave(self, request: httpx.Request) -> httpx.Response:
        """One has its token: the API is not of interest."""
        self.last = time.perf_counter()
        self.tokens.append(request.headers["authorization"])
        return httpx.Response(200)

    def answer(self) -> httpx.Response:
        """A token, the first of all."""
        self.requests += 1
        self.answered = time.perf_counter()
        said = {"access_token": f"t{self.requests}", "token_type": "Bearer", "expires_in": 3600}
        return httpx.Response(200, json=said)


class Endpoint(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """The wire to the token endpoint, in both worlds."""

    def __init__(self, gathering: Gathering) -> None:
        self._gathering = gathering

    def handle_request(self, _: httpx.Request) -> httpx.Response:
        """Wait for everybody, blocking."""
        _ = self._gathering.is_complete.wait(PATIENCE)
        return self._gathering.answer()

    async def handle_async_request(self, _: httpx.Request) -> httpx.Response:
        """Wait for everybody, awaiting."""
        _ = await anyio.to_thread.run_sync(self._gathering.is_complete.wait, PATIENCE)
        return self._gathering.answer()


class Shared(TokenScheme):
    """The credential."""

    def fetch(self, old: Token | None) -> Flow[Token]:
        """Get a token."""
        answer = yield from self.endpoint.ask(post(httpx.URL("https://login.test/token"), {}), repeats=old is None)
        return token_of(answer, self.endpoint.clock.wall())


class Crowd(NamedTuple):
    """What came of it."""

    requests: int
    served: int
    seconds: float


def gathered(tasks: int, threads: int, loops: int) -> Crowd:
    """Have so many tasks, on so many loops, and threads ask at once for a token that is not there."""
    gathering = Gathering(tasks + threads)
    scheme = Shared(transport=Endpoint(gathering))

    def flow() -> Flow[httpx.Response]:
        gathering.come()
        return scheme.exchange(httpx.Request("GET", "https://api.test/"), proceed)

    def proceed(request: httpx.Request) -> Flow[httpx.Response]:
        yield from ()
        return gathering.leave(request)

    async def many(count: int) -> None:
        """So many tasks of one loop."""
        world = World()
        _ = await asyncio.gather(*(arun(flow(), world) for _ in range(count)))

    work = [threading.Thread(target=asyncio.run, args=(many(tasks // loops),)) for _ in range(loops)]
    world = World()
    work += [threading.Thread(target=lambda: run(flow(), world)) for _ in range(threads)]
    for each in work:
        each.start()
    for each in work:
        each.join(PATIENCE)
    return Crowd(gathering.requests, gathering.tokens.count("Bearer t1"), gathering.last - gathering.answered)


def share_one_refresh(asked: Amounts) -> Measured:
    """Everybody asks for the same token at once."""
    crowd = gathered(asked.calls - THREADS, THREADS, LOOPS)
    value = f"{crowd.requests} token request, {crowd.served} served, the last after {crowd.seconds:.2f} s"
    is_good = crowd.requests == 1 and crowd.served == asked.calls
    return Measured(value=value, ok=is_good, done=Amounts(calls=crowd.served))
