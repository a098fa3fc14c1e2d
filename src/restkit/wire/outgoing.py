"""A request's body as httpcore's pools take it, in either world.

Theory of operation. Over HTTP/2 httpcore sends a request again of which a GOAWAY says that nobody has looked at it (RFC
9113, section 6.8), and reads its body once more. Where that cannot be, the caller has done nothing wrong: the server
has gone.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator

import httpx

from restkit.flow.body import finish
from restkit.flow.outgoing import Outgoing

UNSEEN = "the server went away without looking at the request, whose body can be read only once"


class Blocked:
    """A body that blocks. Raises httpx.RemoteProtocolError where it would be read again, and cannot."""

    __slots__ = ("_has_begun", "_stream")

    def __init__(self, stream: Iterable[bytes]) -> None:
        self._stream, self._has_begun = stream, False

    def __iter__(self) -> Iterator[bytes]:
        if self._has_begun:
            return again(self._stream)
        self._has_begun = True
        return iter(self._stream)


class Awaited:
    """A body that is awaited: likewise. httpcore drops its iterator where sending it fails; trio wants it closed."""

    __slots__ = ("_chunks", "_stream")

    def __init__(self, stream: AsyncIterable[bytes]) -> None:
        self._stream = stream
        self._chunks: AsyncIterator[bytes] | None = None

    def __aiter__(self) -> AsyncIterator[bytes]:
        self._chunks = aiter(self._stream) if self._chunks is None else awaited_again(self._stream)
        return self._chunks

    async def aclose(self) -> None:
        """Close what was begun."""
        if self._chunks is not None:
            await finish(self._chunks)


def again(stream: Iterable[bytes]) -> Iterator[bytes]:
    """A body once more."""
    check(stream)
    try:
        yield from stream
    except httpx.StreamConsumed as error:
        raise httpx.RemoteProtocolError(UNSEEN) from error


async def awaited_again(stream: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """A body once more, awaiting."""
    check(stream)
    chunks = aiter(stream)
    try:
        async for chunk in chunks:
            yield chunk
    except httpx.StreamConsumed as error:
        raise httpx.RemoteProtocolError(UNSEEN) from error
    finally:
        await finish(chunks)


def check(stream: object) -> None:
    """Raise httpx.RemoteProtocolError for a body of ours that cannot be read again."""
    if isinstance(stream, Outgoing) and not stream.replayable:
        raise httpx.RemoteProtocolError(UNSEEN)
