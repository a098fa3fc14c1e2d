"""What effects act upon: a transport, a clock, and who may call the run off."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import httpx

from restkit.errors import ConfigError
from restkit.flow.background import Background
from restkit.flow.clock import Clock

if TYPE_CHECKING:
    from restkit.flow.effects import Effect, Flow
    from restkit.flow.promise import Promise

Transport = httpx.BaseTransport | httpx.AsyncBaseTransport


class World:
    """The outside of a run.

    `send` and `asend` are the transport in its two forms; `stop`, once kept, calls the run off; `background` owns the
    work that outlives a call; `expand` tells what a described call consists of.
    """

    __slots__ = ("asend", "background", "clock", "expand", "obeys_limit", "send", "stop", "transport")
    transport: Transport | None
    obeys_limit: bool
    """Whether the transport asks a request's `Limit` by itself, before each step."""
    clock: Clock
    stop: Promise[Any] | None
    background: Background
    expand: Callable[[Effect[Any]], Flow[Any]]

    def __init__(
        self,
        transport: Transport | None = None,
        clock: Clock | None = None,
        *,
        stop: Promise[Any] | None = None,
        background: Background | None = None,
        expand: Callable[[Effect[Any]], Flow[Any]] | None = None,
    ) -> None:
        self.transport = transport
        self.send: Callable[[httpx.Request], httpx.Response] = getattr(transport, "handle_request", no_blocking)
        self.asend: Callable[[httpx.Request], Awaitable[httpx.Response]] = getattr(
            transport, "handle_async_request", no_awaiting
        )
        self.obeys_limit = getattr(transport, "obeys_limit", False)
        self.clock = clock or Clock()
        self.stop = stop
        self.background = Background() if background is None else background
        self.expand = expand or no_client

    def with_stop(self, stop: Promise[Any]) -> World:
        """The same world for a run that somebody else may call off."""
        return World(self.transport, self.clock, stop=stop, background=self.background, expand=self.expand)

    @property
    def is_stopped(self) -> bool:
        """Whether the run has been called off."""
        return self.stop is not None and self.stop.is_kept

    def left(self, until: float | None) -> float | None:
        """Seconds until that moment, 0 when it has passed; None for no moment."""
        return None if until is None else max(0.0, until - self.clock.now())


def no_blocking(_: httpx.Request) -> httpx.Response:
    """Stand in for the blocking half of a transport that has none."""
    raise ConfigError(
        "transport", "cannot block: it is an asynchronous transport, or none", "pass an httpx.BaseTransport"
    )


async def no_awaiting(_: httpx.Request) -> httpx.Response:
    """Stand in for the awaiting half of a transport that has none."""
    raise ConfigError(
        "transport", "cannot be awaited: it is a blocking transport, or none", "pass an httpx.AsyncBaseTransport"
    )


def no_client(effect: Effect[Any]) -> Flow[Any]:
    """Refuse a described call in a world without a client."""
    raise ConfigError("flow", f"has no client to perform {effect!r}", "run it with client.execute(...)")
