"""Layers, composed into one httpx transport.

    request -> layer -> layer -> ... -> exchange -> transport
                                            |
    response <- layer <- layer <- ... <-----+

A layer is a callable: it takes the request and `proceed`, the layers below, and is a flow that returns the response.
It may set headers on the request it was handed; whoever proceeds again passes a fresh copy.
"""

from __future__ import annotations

import datetime as dt
import weakref
from collections.abc import Callable, Mapping, Sequence
from types import FunctionType
from typing import TYPE_CHECKING, Any, Protocol, cast

import httpx
from typing_extensions import override

from restkit.attempt import HEDGE, WAITED, WIRE, name_of
from restkit.attempt import KEY as ATTEMPT
from restkit.context import KEY, Context, Known
from restkit.errors import ConfigError
from restkit.flow import Clock, Flow, Send, Transport, World, run, when_over
from restkit.flow.awaiting import arun
from restkit.flow.body import STREAMED
from restkit.flow.witness import WANTED, Witness
from restkit.lazy import Lazy
from restkit.policies.checked import clock_or_real, layer_list, seconds_or_none

if TYPE_CHECKING:
    from restkit.wire.facts import WireFacts

ERRORS = 400
"""The first status of an error."""
Proceed = Callable[[httpx.Request], Flow[httpx.Response]]
"""The layers below."""


class Layer(Protocol):
    """How a call travels: one behaviour, written once for both worlds."""

    def __call__(self, request: httpx.Request, proceed: Proceed, /) -> Flow[httpx.Response]:
        """Turn a request into a response, asking for effects on the way."""
        ...


class Exchange:
    """Below the last layer: one attempt. It sends, reads the body unless it is streamed, and notes what happened."""

    __slots__ = ("_attempt_timeout", "_clock", "_is_foreign")

    def __init__(self, clock: Clock, attempt_timeout: float | None = None, *, is_foreign: bool = False) -> None:
        self._clock, self._attempt_timeout, self._is_foreign = clock, attempt_timeout, is_foreign

    def __call__(self, request: httpx.Request) -> Flow[httpx.Response]:
        """Send a request once."""
        now, context = self._clock.now, request.extensions.get(KEY) or Context.of(request)
        began, until = now(), context.deadline
        seconds = context.options.get("attempt_timeout", self._attempt_timeout)
        if seconds is not None:
            until = began + seconds if until is None else min(until, began + seconds)
        if context.streamed:
            request.extensions[STREAMED] = True
        witness = Witness() if self._is_foreign and WANTED in request.extensions else None
        try:
            response: httpx.Response = yield Send(request, until, whole=not context.streamed, witness=witness)
        except Exception as error:
            facts = facts_of(request, request.extensions, witness=witness)
            made = context.record(began, now() - began, None, name_of(error), facts)
            request.extensions[ATTEMPT] = made
            raise
        elapsed = now() - began
        wait = asked(response, self._clock) if response.status_code >= ERRORS else None
        made = context.record(began, elapsed, response.status_code, None, facts_of(request, response.extensions, wait))
        request.extensions[ATTEMPT] = response.extensions[ATTEMPT] = made
        response.extensions[KEY] = context
        if response.is_closed:
            response.elapsed = dt.timedelta(seconds=elapsed)
        else:
            known = weakref.ref(response)  # its body, which tells of the end, belongs to it
            when_over(response, lambda _: time_it(known(), now() - began))
        return response


def facts_of(
    request: httpx.Request, found: Mapping[str, Any], retry_after: float | None = None, witness: Witness | None = None
) -> Known:
    """The facts of an attempt: `found` are the extensions in which the wire has told what it knows."""
    extensions = request.extensions
    waited, hedge = extensions.get(WAITED, 0.0), HEDGE in extensions
    told: WireFacts | None = found.get(WIRE)
    if told is not None:
        return told.bytes_sent, told.reused, waited, retry_after, hedge
    return None if witness is None else witness.bytes_sent, False, waited, retry_after, hedge


def asked(response: httpx.Response, clock: Clock) -> float | None:
    """The seconds that an answer asks us to wait."""
    from restkit.policies.retry_after import retry_after

    return retry_after(response.headers, clock.wall())


def time_it(response: httpx.Response | None, seconds: float) -> None:
    """Note how long a response took, as httpx does; a forgotten one is noted no more."""
    if response is not None:
        response.elapsed = dt.timedelta(seconds=seconds)


def checked_transport(name: str, given: object) -> Transport:
    """A transport of httpx's kind, for either world. Raises ConfigError."""
    if not isinstance(given, httpx.BaseTransport | httpx.AsyncBaseTransport):
        raise ConfigError(name, f"is of type {type(given).__name__}", "pass an httpx transport")
    return given


def stock() -> Transport:
    """The transport of those who bring none."""
    from restkit.wire.transport import WireTransport

    return WireTransport()


def compose(layers: Sequence[Layer], innermost: Proceed) -> Proceed:
    """One `proceed` for all the layers, the first outermost."""
    proceed = innermost
    for layer in reversed(layers):
        proceed = _bind(layer, proceed)
    return proceed


def _bind(layer: Layer, below: Proceed) -> Proceed:
    call = layer if isinstance(layer, FunctionType) else layer.__call__  # Python finds it slowly in each call
    return lambda request: call(request, below)


def lend(request: httpx.Request) -> tuple[httpx.Headers, dict[str, Any]]:
    """Give a request headers and extensions for the layers to change, and answer those to be put back.

    The request is the caller's, and stays as it was: sent once more, it has no key and no cookie of the first time.
    """
    given = request.headers, request.extensions
    request.headers, request.extensions = request.headers.copy(), {KEY: Context(), **request.extensions}
    return given


class Pipeline(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Layers over a transport, as a transport for `httpx.Client`, `httpx.AsyncClient` or restkit's own client.

    Parameters: `layers`, outermost first; `transport`, any httpx transport, by default one connection
    pool for all threads and one for each event loop; `clock`, what waits are measured by; `attempt_timeout`, seconds
    for each attempt. Raises ConfigError.
    """

    world: World
    untold: Proceed
    """Those that a call meets that has no options: it would only pass through one whose `is_idle` is true."""

    def __init__(
        self,
        layers: Sequence[Layer] = (),
        transport: Transport | None = None,
        *,
        clock: Clock | None = None,
        attempt_timeout: float | None = None,
    ) -> None:
        layers = layer_list("layers", layers)
        below = stock() if transport is None else checked_transport("transport", transport)
        self.world = World(below, clock_or_real("clock", clock))
        timeout = seconds_or_none("attempt_timeout", attempt_timeout)
        exchange = Exchange(self.world.clock, timeout, is_foreign=not self.world.obeys_limit)
        self._layers, self._exchange = layers, exchange
        self.untold = compose([each for each in layers if not getattr(each, "is_idle", False)], exchange)

    @Lazy
    def proceed(self) -> Proceed:
        """All layers, composed when the first call has options."""
        return compose(self._layers, self._exchange)

    @override
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        given = lend(request)
        try:
            return run(self._begin(request), self.world)
        finally:
            request.headers, request.extensions = given

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        given = lend(request)
        try:
            return await arun(self._begin(request), self.world)
        finally:
            request.headers, request.extensions = given

    def _begin(self, request: httpx.Request) -> Flow[httpx.Response]:
        return (self.proceed if Context.of(request).options else self.untold)(request)

    @override
    def close(self) -> None:
        self.world.background.close(self.world)
        cast("httpx.BaseTransport", self.world.transport).close()  # a blocking client holds a blocking transport

    @override
    async def aclose(self) -> None:
        await self.world.background.aclose()
        await cast("httpx.AsyncBaseTransport", self.world.transport).aclose()  # likewise
