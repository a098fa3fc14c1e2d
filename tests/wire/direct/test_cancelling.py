"""Tasks that are cancelled wherever they stop: nothing is left of them, and the connection's place is free again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Generator
from typing import Any

import anyio
import httpx
import pytest

from restkit import WireTransport
from tests.campaign.wire_certificates import trusting
from tests.campaign.wire_script import Ask, Say, Script, answer, chunked, raw
from tests.campaign.wire_server import Server
from tests.loopback import PATIENCE
from tests.wire.direct.conftest import HOST, Play, Watched, get, started, url
from tests.wire.direct.test_line import under

MOST = 200
"""Stops that no call of these makes."""


class Struck:
    """A coroutine's steps, at one of which, counted from 0, it is cancelled: when it stops there, or when it goes on.

    A task of asyncio may be cancelled though what it has waited for has come; one of trio may not.
    """

    def __init__(self, steps: Coroutine[Any, Any, None], at: int, cancel: Callable[[], object], *, late: bool) -> None:
        self._steps, self._at, self._cancel, self._late = steps, at, cancel, late
        self.stops = 0

    def __await__(self) -> Generator[Any, Any, None]:
        steps = self._steps.__await__()
        act: Callable[[], Any] = lambda: next(steps)  # noqa: E731 - the first of many
        while True:
            try:
                asked = act()
            except StopIteration:
                return
            if self.stops == self._at and not self._late:
                _ = self._cancel()
            act = yield from self._answer(asked, steps)

    def _answer(self, asked: object, steps: Generator[Any, Any, None]) -> Generator[Any, Any, Callable[[], Any]]:
        self.stops += 1
        try:
            found = yield asked
        except BaseException as raised:  # noqa: BLE001 - the coroutine has it
            error = raised
            return lambda: steps.throw(error)
        if self._late and self.stops == self._at + 1:
            return lambda: steps.throw(asyncio.CancelledError())
        return lambda: steps.send(found)


async def struck(act: Callable[[], Coroutine[Any, Any, None]], at: int, *, late: bool) -> bool:
    """Act, and be cancelled there. Whether it came to that."""
    with anyio.CancelScope() as scope:
        steps = Struck(act(), at, scope.cancel, late=late)
        try:
            await steps
        except asyncio.CancelledError:
            if not late:
                raise
    return steps.stops > at


async def whole(transport: WireTransport, request: httpx.Request) -> None:
    """Send, and read the body, part by part."""
    response = await transport.handle_async_request(request)
    try:
        async for _ in response.aiter_raw():
            pass
    finally:
        with anyio.CancelScope(shield=True):
            await response.aclose()


class Trial:
    """A server, and a transport with a single connection."""

    def __init__(self, server: Server, **settings: Any) -> None:
        limits = httpx.Limits(max_connections=1)
        self.server, self.transport = server, WireTransport(limits=limits, **settings)

    async def cancel_everywhere(self, make: Callable[[], httpx.Request], *, late: bool, prior: bool = False) -> int:
        """Cancel a call at each of its stops. How many it has."""
        for at in range(MOST):
            if prior:
                await self.check("keep-alive")
            came = await struck(lambda: whole(self.transport, make()), at, late=late)
            await self.check()
            if not came:
                return at
        raise AssertionError("the calls do not end")

    async def check(self, then: str = "close") -> None:
        """See that the connection's place is free."""
        timeouts = {"timeout": {"pool": PATIENCE, "read": PATIENCE}}
        await whole(self.transport, get(self.server, "/well", extensions=timeouts, headers={"Connection": then}))

    async def end(self) -> bool:
        """Close everything. Whether nothing is open then."""
        await self.transport.aclose()
        return await anyio.to_thread.run_sync(self.server.until_open, 0, PATIENCE)


everywhere = pytest.mark.parametrize(
    ("anyio_backend", "late"),
    [
        pytest.param("asyncio", False, id="asyncio-when it stops"),
        pytest.param("asyncio", True, id="asyncio-when it goes on"),
        pytest.param("trio", False, id="trio-when it stops"),
    ],
)
"""Trio cancels nobody who goes on."""


async def parts() -> AsyncIterator[bytes]:
    """A body that has to be read."""
    for _ in range(3):
        await anyio.lowlevel.checkpoint()
        yield b"x" * 1000


async def trace(_event: str, _info: dict[str, Any]) -> None:
    """Be told, and stop for a moment."""
    await anyio.lowlevel.checkpoint()


Make = Callable[[Server], httpx.Request]
CALLS: dict[str, Make] = {
    "GET": lambda server: get(server, "/own"),
    "a large body": lambda server: httpx.Request("PUT", url(server), content=b"x" * (1 << 20)),
    "a body in parts": lambda server: httpx.Request("PUT", url(server), content=parts()),
    "a name": lambda server: httpx.Request("GET", f"{server.at('localhost')}/own"),
    "traced": lambda server: get(server, "/own", extensions={"trace": trace}),
    "with timeouts": lambda server: get(
        server, "/own", extensions={"timeout": dict.fromkeys(("connect", "read", "write", "pool"), PATIENCE)}
    ),
    "under a limit": lambda server: get(server, "/own", extensions=under(PATIENCE, Watched())),
}


@everywhere
@pytest.mark.parametrize("prior", [False, True], ids=["a new connection", "a used one"])
@pytest.mark.parametrize("make", CALLS.values(), ids=list(CALLS))
async def test_every_stop_of_a_call(play: Play, make: Make, *, late: bool, prior: bool) -> None:
    """The next one is well, and nothing stays open."""
    server = play()
    trial = Trial(server)

    stops = await trial.cancel_everywhere(lambda: make(server), late=late, prior=prior)

    assert (True, True) == (stops > 0, await trial.end())


@everywhere
@pytest.mark.parametrize("make", [CALLS["GET"], CALLS["traced"], CALLS["a large body"]], ids=["GET", "traced", "large"])
async def test_every_stop_over_tls(play: Play, make: Make, *, late: bool) -> None:
    """The hands that are being shaken, too."""
    server = play(tls=True)
    trial = Trial(server, verify=trusting())
    stops = await trial.cancel_everywhere(lambda: make(server), late=late)

    assert (True, True) == (stops > 0, await trial.end())


BODIES: dict[str, Script] = {
    "a length": (Ask(), Say(answer(b"x" * 300_000), cuts=tuple(range(100, 300_000, 100_000)))),
    "chunks": (Ask(), Say(raw("Transfer-Encoding: chunked") + chunked(*[b"x" * 50_000] * 6), cuts=(70, 100_000))),
}


@everywhere
@pytest.mark.parametrize("script", BODIES.values(), ids=list(BODIES))
async def test_every_stop_of_a_body(play: Play, script: Script, *, late: bool) -> None:
    """Whether its parts have come or not."""
    server = play(*[script] * MOST)
    trial = Trial(server)

    def closing() -> httpx.Request:
        """A request that says it is the last."""
        return get(server, headers={"Connection": "close"})

    for at in range(MOST):
        came = await struck(lambda: whole(trial.transport, closing()), at, late=late)
        if not came:
            break
    await anyio.to_thread.run_sync(server.heal)

    await trial.check()
    assert (True, True) == (at > 0, await trial.end())


@everywhere
async def test_in_line(play: Play, *, late: bool) -> None:
    """Whoever is cancelled takes no place along, though it was just handed over."""
    server = play()
    trial = Trial(server)

    async def waits() -> None:
        """Stand in line behind a response that is left at once."""
        taken = await trial.transport.handle_async_request(get(server, extensions={"trace": print}))
        try:
            async with anyio.create_task_group() as group:
                _ = group.start_soon(whole, trial.transport, get(server, "/next"))
                with anyio.CancelScope(shield=True):
                    await anyio.lowlevel.checkpoint()
                    await anyio.lowlevel.checkpoint()
                await taken.aclose()
        finally:
            await taken.aclose()  # else it lives as long as the error does

    for at in range(MOST):
        came = await struck(waits, at, late=late)
        await trial.check()
        if not came:
            break

    assert (True, True) == (at > 0, await trial.end())


async def test_a_place_that_was_just_handed_over(play: Play) -> None:
    """And whose taker is cancelled before it has noticed: the next one in line has it."""
    server = play()
    trial = Trial(server)
    taken = await trial.transport.handle_async_request(get(server, extensions={"trace": bool_of}))
    order: list[str] = []

    async def waits(name: str, scope: anyio.CancelScope) -> None:
        """Stand in line."""
        with scope:
            await whole(trial.transport, get(server, f"/{name}"))
            order.append(name)

    first, second = anyio.CancelScope(), anyio.CancelScope()
    async with anyio.create_task_group() as group:
        _ = group.start_soon(waits, "first", first)
        for _ in range(5):
            await anyio.lowlevel.checkpoint()
        _ = group.start_soon(waits, "second", second)
        for _ in range(5):
            await anyio.lowlevel.checkpoint()
        await taken.aclose()
        first.cancel()

    assert (["second"], True) == (order, await trial.end())


def bool_of(*_: object) -> None:
    """Be told: with that, a body is not read before it is asked for."""


async def test_a_thread_closes_what_a_loop_reads(play: Play) -> None:
    """The response is given back from another thread; the loop is not needed for that."""
    server = play()
    trial = Trial(server)
    response = await trial.transport.handle_async_request(get(server, extensions={"trace": bool_of}))
    stream: Any = response.stream

    _ = await anyio.to_thread.run_sync(started(stream.close).result)
    await trial.check()

    assert (HOST, True) == (httpx.URL(url(server)).host, await trial.end())
