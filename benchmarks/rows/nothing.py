"""Layers with nothing to do, a transport that does nothing, and loops to run them: for the absolute figures."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import httpx
from attrs import field, frozen

from benchmarks.compare import Comparison
from benchmarks.contenders.by_hand import bare
from benchmarks.cost import Cost, Meter
from benchmarks.figures import Reading
from restkit import Flow, Pipeline
from restkit.flow import Send, World, run
from restkit.flow.awaiting import arun
from restkit.pipeline import Proceed, compose

LAYERS = 9
YARDSTICK = 72.0
"""Microseconds of `httpx.Client.get` on a null transport where the absolute figures were set.

A figure in microseconds is measured as a share of that call and told at this speed, so that a slow or busy machine does
not miss it and a fast one does not reach it. What was really taken stands beside it.
"""

REQUEST = httpx.Request("GET", "http://127.0.0.1:1/users/7")


class Empty:
    """A layer that only hands the call on."""

    def __call__(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Hand the call on."""
        return (yield from proceed(request))


class Watchful:
    """A layer that would act on an error or on a bad answer, and never has to."""

    def __init__(self) -> None:
        """Begin without failures."""
        self.failures = 0

    def __call__(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Count what fails."""
        try:
            response = yield from proceed(request)
        except httpx.TransportError:
            self.failures += 1
            raise
        if response.status_code >= 500:
            self.failures += 1
        return response


class Same(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A transport that always gives the one response it made beforehand."""

    def __init__(self) -> None:
        """Make the response."""
        self._response = httpx.Response(200, content=b"{}", request=REQUEST)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Give it, blocking."""
        _ = request
        return self._response

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Give it, awaiting."""
        _ = request
        return self._response


@frozen
class Blocking:
    """A transport asked again and again, blocking."""

    transport: httpx.BaseTransport
    meter: Meter = field(factory=Meter)

    def run(self, calls: int) -> Cost:
        """Ask it so many times."""
        handle = self.transport.handle_request

        def loop() -> None:
            for _ in range(calls):
                _ = handle(REQUEST)

        return self.meter.measure(loop)


@frozen
class Awaiting:
    """A transport asked again and again, awaiting."""

    transport: httpx.AsyncBaseTransport
    runner: asyncio.Runner
    meter: Meter = field(factory=Meter)

    def run(self, calls: int) -> Cost:
        """Ask it so many times."""
        handle = self.transport.handle_async_request

        async def loop() -> None:
            for _ in range(calls):
                _ = await handle(REQUEST)

        return self.meter.measure(lambda: self.runner.run(loop()))


@frozen
class Called:
    """A function called again and again."""

    function: Callable[[], object]
    meter: Meter = field(factory=Meter)

    def run(self, calls: int) -> Cost:
        """Call it so many times."""
        function = self.function

        def loop() -> None:
            for _ in range(calls):
                _ = function()

        return self.meter.measure(loop)


@frozen
class Awaited:
    """A coroutine function awaited again and again."""

    function: Callable[[], Awaitable[object]]
    runner: asyncio.Runner
    meter: Meter = field(factory=Meter)

    def run(self, calls: int) -> Cost:
        """Await it so many times."""
        function = self.function

        async def loop() -> None:
            for _ in range(calls):
                _ = await function()

        return self.meter.measure(lambda: self.runner.run(loop()))


@frozen
class Yardstick:
    """`httpx.Client.get` on a null transport: how fast this machine is."""

    meter: Meter = field(factory=Meter)

    def run(self, calls: int) -> Cost:
        """Get so many times."""
        with bare(None) as get:

            def loop() -> None:
                for _ in range(calls):
                    _ = get(7)

            return self.meter.measure(loop)


def excess(of: str, compared: Comparison, *, over: str, name: str, shares: int = 1) -> tuple[Reading, Reading]:
    """Read the microseconds one takes more than another, at the yardstick's speed, then as they were here."""
    more = compared.excess(name, over)
    here = (compared.cpu(name) - compared.cpu(over)) * 1e6 / shares
    scale = YARDSTICK / shares
    return (
        Reading(
            of=of,
            value=round(more.median * scale, 3),
            by=more.by,
            microseconds=compared.microseconds(),
            quartiles=(round(more.low * scale, 3), round(more.high * scale, 3)),
        ),
        Reading(of=f"{of}, on this machine", value=round(here, 3), by="CPU"),
    )


def more(of: str, compared: Comparison, *, name: str, over: str) -> Reading:
    """Read what one takes more than another, as a share of the base's."""
    share = compared.excess(name, over)
    return Reading(
        of=of,
        value=round(share.median, 4),
        by=share.by,
        microseconds=compared.microseconds(),
        quartiles=(round(share.low, 4), round(share.high, 4)),
    )


class Flows(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """The engines running nine empty layers over `Send`, and nothing else that a `Pipeline` does."""

    def __init__(self, transport: Same) -> None:
        """Compose the layers."""
        self._world = World(transport)
        self._proceed = compose([Empty() for _ in range(LAYERS)], sent)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Run them, blocking."""
        return run(self._proceed(request), self._world)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Run them, awaiting."""
        return await arun(self._proceed(request), self._world)


def sent(request: httpx.Request) -> Flow[httpx.Response]:
    """Send, below the last layer."""
    return (yield from Send(request))


def pipeline(layer: Callable[[], Empty | Watchful], count: int = LAYERS) -> Pipeline:
    """Put so many layers of a kind over the transport that does nothing."""
    return Pipeline([layer() for _ in range(count)], Same())
