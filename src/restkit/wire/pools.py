"""One asynchronous transport for each event loop.

Theory of operation. A pool's connections refer to their loop, so a table with weak keys would never let go. Instead
each pool has a *keeper*: an async generator begun on that loop, which asyncio and trio finalize when the loop ends. A
loop closed by hand finalizes nothing; its pool is dropped when the next loop turns up. After a fork the parent's pools
are kept aside, unclosed: their sockets and TLS sessions are the parent's.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import AsyncGenerator, Callable
from typing import Any, NamedTuple

import httpx
from typing_extensions import override

from restkit.flow.forks import forks, set_aside
from restkit.flow.promise import loop_caller


class Pool(NamedTuple):
    """A loop's transport, its keeper, and how other threads call that loop."""

    transport: httpx.AsyncBaseTransport
    keeper: AsyncGenerator[None, None]
    call: Callable[[Callable[[], object]], object]


class PerLoop(httpx.AsyncBaseTransport):
    """An asynchronous transport that any number of event loops may share: `make` makes one for each of them."""

    def __init__(self, make: Callable[[], httpx.AsyncBaseTransport]) -> None:
        self._make = make
        self._pools: dict[Any, Pool] = {}
        forks.add(self)

    @property
    def is_open(self) -> bool:
        """Whether any loop has a pool."""
        return bool(self._pools)

    @property
    def here(self) -> httpx.AsyncBaseTransport | None:
        """The transport of the running loop, if there is one already."""
        pool = self._pools.get(current_loop())
        return None if pool is None else pool.transport

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        pool = self._pools.get(current_loop()) or await self._open()
        return await pool.transport.handle_async_request(request)

    async def _open(self) -> Pool:
        loop, transport = current_loop(), self._make()
        pool = Pool(transport, self._keep(loop, transport), loop_caller())
        self._pools[loop] = pool  # nothing was awaited since the look-up: this loop cannot interleave
        await pool.keeper.asend(None)
        self._sweep()
        return pool

    def _sweep(self) -> None:
        """Drop the pools of loops that were closed by hand."""
        for loop in [each for each in list(self._pools) if is_closed(each)]:
            _ = self._pools.pop(loop, None)

    async def _keep(self, loop: object, transport: httpx.AsyncBaseTransport) -> AsyncGenerator[None, None]:
        try:
            yield
        finally:
            _ = self._pools.pop(loop, None)
            await transport.aclose()

    @override
    async def aclose(self) -> None:
        """Close this loop's pool, and ask the other loops to close theirs."""
        here = current_loop()
        for loop, pool in list(self._pools.items()):
            if loop is here:
                await pool.keeper.aclose()
            else:
                close_on(loop, pool)
        self._sweep()

    def after_fork(self) -> None:
        """In the child: set the parent's pools aside."""
        set_aside.append(self._pools)
        self._pools = {}


def close_on(loop: Any, pool: Pool) -> None:  # noqa: ANN401 - an asyncio loop or a trio token
    """Have another loop close its pool, unless it is closed meanwhile."""

    def start() -> None:
        if hasattr(loop, "create_task"):
            loop.create_task(pool.keeper.aclose())
        else:
            sys.modules["trio"].lowlevel.spawn_system_task(pool.keeper.aclose)

    with contextlib.suppress(RuntimeError):
        _ = pool.call(start)


def current_loop() -> object:
    """Something that lives as long as the running loop."""
    trio = sys.modules.get("trio")
    if trio is not None and trio.lowlevel.in_trio_run():
        return trio.lowlevel.current_trio_token()
    asyncio = sys.modules["asyncio"]  # it runs
    return asyncio.get_running_loop()


def is_closed(loop: Any) -> bool:  # noqa: ANN401 - an asyncio loop or a trio token
    """Whether that loop was closed by hand; a trio run that ended has finalized its generators."""
    closed: Callable[[], bool] = getattr(loop, "is_closed", bool)
    return closed()
