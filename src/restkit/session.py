"""What a client and its views share: the layers with their state, the pool, and the one end of it all."""

from __future__ import annotations

import warnings
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, cast

import httpx
from typing_extensions import TypeVar

from restkit.errors import ClientClosed, ConfigError
from restkit.flow import Abandoned, Emitting, Flow, Promise, Transport, World, iterate, run
from restkit.flow.awaiting import aiterate, arun
from restkit.flow.forks import forks
from restkit.pipeline import Pipeline
from restkit.policies.checked import is_async
from restkit.settings import Settings
from restkit.stack import layers

if TYPE_CHECKING:
    from restkit.flow import Effect
    from restkit.flow.awaiting import Acloses
    from restkit.wire.transport import WireTransport

T = TypeVar("T")


class Session:
    """The shared part of a client: made with it, closed once, usable from any thread, task or loop."""

    __slots__ = ("_closing", "_name", "_transport", "pipeline")
    pipeline: Pipeline

    def __init__(self, settings: Settings, name: str, *, awaits: bool) -> None:
        self._name = name
        self._closing: Promise[None] = Promise(shared=True)
        forks.add(self._closing)
        self._transport = transport_of(settings, awaits=awaits)
        if not awaits:
            refuse_async_hooks(settings)
        self.pipeline = Pipeline(
            layers(settings), self._transport, clock=settings.clock, attempt_timeout=settings.attempt_timeout
        )
        self.pipeline.world.stop = self._closing

    def world(self, expand: Callable[[Effect[Any]], Flow[Any]]) -> World:
        """A view's world: the session's, with its own way to perform described calls."""
        shared = self.pipeline.world
        return World(shared.transport, shared.clock, stop=shared.stop, background=shared.background, expand=expand)

    @property
    def is_closed(self) -> bool:
        """Whether it has been closed."""
        return self._closing.is_kept

    def run(self, flow: Flow[T], world: World) -> T:
        """Run a flow, blocking. Raises ClientClosed before or during it."""
        self._admit(flow)
        try:
            return run(flow, world)
        except Abandoned:
            raise self._ended() from None

    async def arun(self, flow: Flow[T], world: World, opened: list[Acloses] | None = None) -> T:
        """Run a flow, awaiting. Raises ClientClosed before or during it."""
        self._admit(flow)
        try:
            return await arun(flow, world, opened)
        except Abandoned:
            raise self._ended() from None

    def iterate(self, flow: Emitting[T], world: World) -> Iterator[T]:
        """Run an iteration, blocking. Raises ClientClosed before or during it."""
        self._admit(flow)
        try:
            yield from iterate(flow, world)
        except Abandoned:
            raise self._ended() from None

    def aiterate(self, flow: Emitting[T], world: World) -> AsyncIterator[T]:
        """Run an iteration, awaiting. Raises ClientClosed before or during it."""
        return aiterate(flow, world, self.arun)

    def handle(self, request: httpx.Request) -> httpx.Response:
        """Send a plain request through the layers, blocking. Raises ClientClosed before or during it."""
        self._admit()
        try:
            return self.pipeline.handle_request(request)
        except Abandoned:
            raise self._ended() from None

    async def ahandle(self, request: httpx.Request) -> httpx.Response:
        """Send a plain request through the layers, awaiting. Raises ClientClosed before or during it."""
        self._admit()
        try:
            return await self.pipeline.handle_async_request(request)
        except Abandoned:
            raise self._ended() from None

    def _admit(self, flow: Flow[Any] | None = None) -> None:
        if self._closing.is_kept:
            if flow is not None:
                flow.close()
            raise ClientClosed(f"this {self._name} is closed; make another one")

    def _ended(self) -> ClientClosed:
        return ClientClosed(f"this {self._name} was closed while the call was under way")

    def close(self) -> None:
        """Refuse further calls, call off those under way, close the pool. Again: nothing."""
        if self._closing.keep():
            self.pipeline.close()

    async def aclose(self) -> None:
        """Refuse further calls, call off those under way, close the pools. Again: nothing."""
        if self._closing.keep():
            await self.pipeline.aclose()

    def __del__(self) -> None:
        transport = getattr(self, "_transport", None)
        if getattr(transport, "is_open", False) and not self.is_closed:
            warnings.warn(f"unclosed {self._name}: use `with`, or close it", ResourceWarning, source=self, stacklevel=2)


def transport_of(settings: Settings, *, awaits: bool) -> Transport:
    """The transport that the settings name, for this world."""
    given: object = settings.transport
    if given is None:
        return made(settings, awaits=awaits)
    if hasattr(given, "within_cap"):  # a WireTransport
        given = cast("WireTransport", given).within_cap(settings.max_response_bytes)
    elif callable(given):
        from restkit.wire.pools import PerLoop

        factory = cast("Callable[[], Any]", given)
        given = PerLoop(factory) if awaits else factory()
    return check_world("transport", given, awaits=awaits)


def check_world(name: str, given: object, *, awaits: bool) -> Transport:
    """A transport of this world. Raises ConfigError."""
    if not isinstance(given, httpx.AsyncBaseTransport if awaits else httpx.BaseTransport):
        wanted = "httpx.AsyncBaseTransport" if awaits else "httpx.BaseTransport"
        raise ConfigError(name, f"is no {wanted}", f"{'an awaiting' if awaits else 'a blocking'} client needs one")
    return given


def made(settings: Settings, *, awaits: bool) -> Transport:
    """The transport of those who bring none."""
    from restkit.wire.transport import WireTransport

    for at, each in enumerate((settings.mounts or {}).values()):
        if isinstance(each, httpx.BaseTransport | httpx.AsyncBaseTransport):
            _ = check_world(f"mounts[{at}]", each, awaits=awaits)
    return WireTransport(
        settings.verify,
        settings.limits,
        cert=settings.cert,
        pins=settings.pins,
        max_response_bytes=settings.max_response_bytes,
        proxy=settings.proxy,
        mounts=settings.mounts,
        trust_env=settings.trust_env,
        http2=settings.http2,
    )


def refuse_async_hooks(settings: Settings) -> None:
    """Raise ConfigError for a hook that a blocking client cannot await."""
    found: dict[str, Sequence[Callable[..., Any]]] = {"before": settings.before, "after": settings.after}
    found |= {f"event_hooks[{event!r}]": functions for event, functions in settings.event_hooks.items()}
    for name, functions in found.items():
        if any(is_async(function) for function in functions):
            raise ConfigError(name, "holds an asynchronous function", "a blocking client takes plain functions")
