"""The effect that puts a request on the wire.

Theory of operation. A transport may obey the limit of a request by itself, asking before each step how much is left:
ours do. For one that does not, the awaiting world sets a scope around it, and the blocking one shortens its timeouts.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any, ClassVar

import httpx
from typing_extensions import TypeVar, override

from restkit.attempt import WIRE
from restkit.flow.body import Body
from restkit.flow.deadline import Limit, bind, is_late, late
from restkit.flow.effects import GRACE, Effect
from restkit.flow.outgoing import Outgoing, is_callers
from restkit.flow.promise import Abandoned
from restkit.flow.scope import within

if TYPE_CHECKING:
    from restkit.flow.witness import Witness
    from restkit.flow.world import World

T = TypeVar("T")
ARRIVED = "restkit.arrived"
"""Where a request's extensions hold what is done with its response before anybody reads it: `Arrived`."""
Arrived = Callable[[httpx.Response, httpx.Request], httpx.Response]


class Send(Effect[httpx.Response]):
    """Put a request on the wire.

    `until` is the moment it must be over by, on the world's clock; `whole` reads the body too, within the same effect;
    `witness` is told how far a transport of somebody else's came.
    """

    __slots__ = ("request", "until", "whole", "witness")
    opens: ClassVar[bool] = True
    request: httpx.Request
    until: float | None
    whole: bool
    witness: Witness | None

    def __init__(
        self,
        request: httpx.Request,
        until: float | None = None,
        *,
        whole: bool = False,
        witness: Witness | None = None,
    ) -> None:
        self.request, self.until, self.whole, self.witness = request, until, whole, witness

    @override
    def block(self, world: World) -> httpx.Response:
        if self.witness is not None:
            self.witness.attend(self.request, awaits=False)
        if isinstance(self.request.stream, Outgoing):
            return self.request.stream.attempt(self.request, lambda: self._block(world))
        return self._block(world)

    def _block(self, world: World) -> httpx.Response:
        request = self.request
        if self.until is not None or world.stop is not None:
            bind(request, self.until, world)
        try:
            response = arrived(world.send(request), request)
            is_unwatched = self.until is not None and not world.obeys_limit
            if is_unwatched and not isinstance(response.stream, httpx.ByteStream):
                hold_body(response, Limit(self.until, world.clock, world.stop))
            if self.whole:
                read_whole(response)
        except httpx.RequestError as error:
            claim(error, request, self.until, world)
            raise
        return response

    @override
    def wait(self, world: World) -> Coroutine[Any, Any, httpx.Response]:
        if self.witness is not None:
            self.witness.attend(self.request, awaits=True)
        if isinstance(self.request.stream, Outgoing):
            return self.request.stream.aattempt(self.request, lambda: self._bound(world))
        return self._bound(world)

    def _bound(self, world: World) -> Coroutine[Any, Any, httpx.Response]:
        if self.until is None and world.stop is None:
            return self._wait(world)
        if world.obeys_limit:
            bind(self.request, self.until, world)
            return self._wait(world)
        limit = Limit(self.until, world.clock, world.stop)
        return held(lambda: self._wait(world), self.request, limit)

    async def _wait(self, world: World) -> httpx.Response:
        request = self.request
        try:
            response = arrived(await world.asend(request), request)
            if self.whole and isinstance(response.stream, httpx.ByteStream):
                _ = response.read()  # nothing has to be waited for
            elif self.whole:
                await aread_whole(response)
            elif self.until is not None and not world.obeys_limit:
                hold_body(response, Limit(self.until, world.clock, world.stop))
        except httpx.RequestError as error:
            claim(error, request, self.until, world)
            raise
        return response


async def held(act: Callable[[], Awaitable[T]], request: httpx.Request, limit: Limit) -> T:
    """Act under a request's limit, for a transport that knows nothing of it.

    Raises Abandoned when it is called off, and httpx.ReadTimeout when its moment has passed.
    """
    left = limit.seconds()
    if left == 0.0:
        raise late(request, limit.until)

    def over() -> BaseException:
        return Abandoned() if limit.stop is not None and limit.stop.is_kept else late(request, limit.until)

    return await within(act, left, limit.stop, over)


def arrived(response: httpx.Response, request: httpx.Request) -> httpx.Response:
    """The response as it is handed on: it knows its request, and what was to be done with it has been done."""
    act: Arrived | None = request.extensions.get(ARRIVED)
    if act is not None:
        response = act(response, request)
    response.request = request  # transports leave it unset; httpx.Auth and raise_for_status need it
    return response


def hold_body(response: httpx.Response, limit: Limit) -> None:
    """Have a response's body end by that moment, unless it is here already."""
    if not isinstance(response.stream, httpx.ByteStream):
        response.stream = Body(response.stream, limit.until, limit.clock)


def claim(error: httpx.RequestError, request: httpx.Request, until: float | None, world: World) -> None:
    """Say of which request a transport's error is, and raise it as lateness if it is that.

    One that the caller's own code raised stays as it is.
    """
    if is_callers(error, request):
        return
    error.request = request
    if is_late(error, until, world.clock):
        raise late(request, until) from error


def read_whole(response: httpx.Response) -> None:
    """Read the body, and close the response if that fails."""
    try:
        _ = response.read()
    except BaseException:
        response.close()
        tell_request(response)
        raise


async def aread_whole(response: httpx.Response) -> None:
    """Read the body, and close the response if that fails, cancelled or not."""
    try:
        _ = await response.aread()
    except BaseException:
        import anyio

        with anyio.move_on_after(GRACE, shield=True):
            await response.aclose()
        tell_request(response)
        raise


def tell_request(response: httpx.Response) -> None:
    """Have its request say what is known of an answer that nobody will get to see."""
    if WIRE in response.extensions:
        response.request.extensions[WIRE] = response.extensions[WIRE]
