"""What must happen when a body is over: read to its end, closed early, broken, or forgotten.

Theory of operation. `when_over(response, ended)` is the one place where slots are given back, verdicts reached and
entries stored. A response that was read inside its attempt is over already; one that streams gets a `Body` around its
stream, one for all listeners, which tells each of them once, the innermost first. A forgotten response tells them
from its finalizer, so a listener must never wait for a lock.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from typing import TYPE_CHECKING, cast

import httpx
from typing_extensions import override

from restkit.flow.deadline import MomentPassed, is_late

if TYPE_CHECKING:
    from restkit.flow.clock import Clock

STREAMED = "restkit.streamed"
"""Set in the extensions of a request whose answer is read piece by piece: no cap holds for it."""
Ended = Callable[[BaseException | None], None]
"""Told once, with the error that ended the body early, or None."""
Named = Callable[[BaseException], BaseException]
"""What to raise instead of an error that ended the body early; the same one for no other."""


def itself(error: BaseException) -> BaseException:
    """An error as it is."""
    return error


class Body(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A response's stream, with listeners for its end and, if given, a moment it must not outlast.

    `named` gives the error to raise for one that ends it early.
    """

    def __init__(
        self,
        stream: httpx.SyncByteStream | httpx.AsyncByteStream,
        until: float | None = None,
        clock: Clock | None = None,
        named: Named = itself,
    ) -> None:
        self._stream, self._until, self._clock, self._named = stream, until, clock, named
        self._listeners: list[Ended] = []

    def listen(self, ended: Ended) -> None:
        """Have `ended(error)` called when the body is over."""
        self._listeners.append(ended)

    @override
    def __iter__(self) -> Iterator[bytes]:
        try:
            for chunk in cast("httpx.SyncByteStream", self._stream):  # only the blocking world iterates this way
                _ = self._left()
                yield chunk
        except GeneratorExit:
            raise  # closed early: close() tells
        except BaseException as error:  # noqa: BLE001 - raised, by the name it has for whoever reads
            raise self._broken(error)  # noqa: B904 - it has its cause

    @override
    async def __aiter__(self) -> AsyncIterator[bytes]:
        chunks = aiter(cast("httpx.AsyncByteStream", self._stream))  # only the awaiting world iterates this way
        try:
            while (chunk := await self._next(chunks)) is not None:  # no scope is open over the yield
                yield chunk
        except GeneratorExit:
            raise
        except BaseException as error:  # noqa: BLE001 - likewise
            raise self._broken(error)  # noqa: B904 - likewise
        finally:
            await finish(chunks)

    async def _next(self, chunks: AsyncIterator[bytes]) -> bytes | None:
        left = self._left()
        if left is None:
            return await anext(chunks, None)
        import anyio

        with anyio.move_on_after(left):
            return await anext(chunks, None)
        raise outlasted(self._until)

    def _broken(self, error: BaseException) -> BaseException:
        """What to raise, of which all have been told."""
        if (
            self._clock is not None
            and isinstance(error, httpx.RequestError)
            and is_late(error, self._until, self._clock)
        ):
            late = outlasted(self._until)
            late.__cause__ = error
            error = late
        said = self._named(error)
        self._end(said)
        return said

    def _left(self) -> float | None:
        if self._until is None or self._clock is None:
            return None
        left = self._until - self._clock.now()
        if left <= 0:
            raise outlasted(self._until)
        return left

    @override
    def close(self) -> None:
        try:
            cast("httpx.SyncByteStream", self._stream).close()  # only the blocking world closes this way
        finally:
            self._end(None)

    @override
    async def aclose(self) -> None:
        try:
            await cast("httpx.AsyncByteStream", self._stream).aclose()  # only the awaiting world closes this way
        finally:
            self._end(None)

    def _end(self, error: BaseException | None) -> None:
        listeners, self._listeners = self._listeners, []
        raised: list[BaseException] = []
        for ended in listeners:
            try:
                ended(error)
            except BaseException as failure:  # noqa: BLE001 - raised below, when the others have been told
                raised.append(failure)
        if raised:
            raise raised[0]

    def __del__(self) -> None:
        self._end(ResourceWarning("this response was never closed"))


async def finish(chunks: AsyncIterator[bytes]) -> None:
    """Close a stream's iterator, if it is a generator: trio leaves that to nobody."""
    if isinstance(chunks, AsyncGenerator):
        await chunks.aclose()


def outlasted(until: float | None) -> MomentPassed:
    """The error for a body that is still coming when its moment has passed."""
    return MomentPassed("the body was still coming when this had to be over; deadline=None lifts that", until or 0.0)


def when_over(response: httpx.Response, ended: Ended) -> None:
    """Call `ended(error)` once the body is over; now, if it is over already."""
    if response.is_closed:
        return ended(None)
    if not isinstance(response.stream, Body):
        response.stream = Body(response.stream)
    response.stream.listen(ended)
    return None
