"""The body of a request as it goes out: a stream for both worlds, which begins anew with each attempt.

Theory of operation. What is sent comes from a `Source`, whose pieces are a flow that emits: it is written once, and
`Outgoing` runs it with the engine of whichever world iterates. `Send` gives each attempt a stream of its own, so that
ending it closes what that attempt opened and nothing else, even if two attempts run side by side. What the caller's own
code raises meanwhile is noted: the transport may translate it, and nobody could tell it from a failure of the wire.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from typing import TYPE_CHECKING, Protocol

import httpx
from typing_extensions import override

if TYPE_CHECKING:
    from restkit.flow.effects import Emitting
    from restkit.flow.sameness import Sameness
    from restkit.flow.world import World

Tell = Callable[[Exception], None]
"""Is told of an error that the caller's own code has raised."""


class Source(Protocol):
    """Where the bytes of a body come from."""

    @property
    def length(self) -> int | None:
        """Bytes, if that is known before they are sent."""
        ...

    @property
    def is_replayable(self) -> bool:
        """Whether it could be sent again."""
        ...

    @property
    def is_asynchronous(self) -> bool:
        """Whether a blocking client cannot read it."""
        ...

    def chunks(self, tell: Tell, /) -> Emitting[bytes]:
        """Its bytes, from the beginning. Raises InputError if that cannot be."""
        ...


class Outgoing(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A request's body that is not in memory: found as `request.stream`."""

    source: Source
    error: Exception | None
    """What the caller's own code raised in this attempt."""

    def __init__(self, source: Source, told: list[Exception] | None = None, sameness: Sameness | None = None) -> None:
        self.source, self.error = source, None
        self._told: list[Exception] = [] if told is None else told  # in any attempt
        self._sameness = sameness
        self._pieces: Iterator[bytes] | AsyncIterator[bytes] | None = None  # of this attempt

    @property
    def length(self) -> int | None:
        """Bytes, if that is known before they are sent."""
        return self.source.length

    @property
    def replayable(self) -> bool:
        """Whether it could be sent again: not if it is an iterator, or a pipe, of which a piece was taken."""
        return self.source.is_replayable

    def attempt(self, request: httpx.Request, send: Callable[[], httpx.Response]) -> httpx.Response:
        """Send a request with a stream of its own, blocking. Raises the caller's own error as it was."""
        body = request.stream = self._anew()
        try:
            response = send()
        except BaseException as error:  # noqa: BLE001 - raised below, where it has no other for its context
            body.close()
            failure = body.behind(error)
        else:
            if response.is_closed:
                body.close()
            body.leave()
            return response
        raise failure

    async def aattempt(self, request: httpx.Request, send: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
        """Send a request with a stream of its own, awaiting. Raises the caller's own error as it was."""
        body = request.stream = self._anew()
        try:
            response = await send()
        except GeneratorExit:  # the loop is gone: nothing can be awaited any more
            raise
        except BaseException as error:  # noqa: BLE001 - raised below, where it has no other for its context
            await body.aclose()
            failure = body.behind(error)
        else:
            if response.is_closed:
                await body.aclose()
            body.leave()
            return response
        raise failure

    def _anew(self) -> Outgoing:
        return Outgoing(self.source, self._told, self._sameness)

    def compare(self) -> None:
        """From now on, raise BodyChanged in an attempt that does not begin with the bytes of those before."""
        if self._sameness is None:
            from restkit.flow.sameness import Sameness

            self._sameness = Sameness()

    def _chunks(self) -> Emitting[bytes]:
        chunks = self.source.chunks(self._tell)
        return chunks if self._sameness is None else self._sameness.compared(chunks)

    def leave(self) -> None:
        """Forget what was begun: while an answer is streamed, its transport may still be sending."""
        self._pieces = None

    def behind(self, error: BaseException) -> BaseException:
        """The caller's own error, if a transport has made another of it; else this one."""
        return error if self.error is None or not isinstance(error, Exception) else self.error

    def has_raised(self, error: BaseException) -> bool:
        """Whether this is an error of the caller's own code, in whichever attempt."""
        return any(error is each for each in self._told)

    def _tell(self, error: Exception) -> None:
        self.error = error
        self._told.append(error)

    @override
    def __iter__(self) -> Iterator[bytes]:
        from restkit.flow.blocking import iterate

        pieces: Iterator[bytes] = iterate(self._chunks(), outside())
        self._pieces = pieces
        return pieces

    @override
    def __aiter__(self) -> AsyncIterator[bytes]:
        from restkit.flow.awaiting import aiterate

        pieces: AsyncIterator[bytes] = aiterate(self._chunks(), outside())
        self._pieces = pieces
        return pieces

    @override
    def close(self) -> None:
        pieces, self._pieces = self._pieces, None
        if isinstance(pieces, Generator):
            with contextlib.suppress(Exception):  # of the caller's own, when nobody waits for it any more
                pieces.close()

    @override
    async def aclose(self) -> None:
        from restkit.flow.awaiting import Aiteration

        pieces, self._pieces = self._pieces, None
        if isinstance(pieces, Aiteration):
            with contextlib.suppress(Exception):  # likewise
                await pieces.aclose()


@functools.cache
def outside() -> World:
    """What reading a body acts upon: it asks for neither time nor the network."""
    from restkit.flow.world import World

    return World()


def is_replayable(request: httpx.Request) -> bool:
    """Whether this request could be sent again with the same body."""
    return is_replayable_stream(request.stream)


def is_replayable_stream(stream: object) -> bool:
    """Whether a body could be sent again; of a stream that is not ours nobody knows."""
    return stream.replayable if isinstance(stream, Outgoing) else isinstance(stream, httpx.ByteStream)


def is_callers(error: BaseException, request: httpx.Request) -> bool:
    """Whether an error comes from the caller's own code, while it gave the body: nobody retries or translates it."""
    return isinstance(request.stream, Outgoing) and request.stream.has_raised(error)
