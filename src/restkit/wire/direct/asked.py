"""A request as it is written: its head, what frames its body, and the body's parts, one after the other."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import cast

import httpx

from restkit.flow.body import finish
from restkit.flow.effects import Ask
from restkit.wire.direct.pace import Pace
from restkit.wire.http1 import Writer, Written

SLICE = 256 * 1024
"""Bytes of a body in memory that are written at once."""
TOGETHER = 64 * 1024
"""Bytes of a body in memory that are written with the head."""

STRETCH = 16
"""Parts after which other tasks have their turn, in case none of them had to be waited for."""


class Asked:
    """A request, looked at before anything is opened, and written by its pool's writer. Raises Unsendable."""

    __slots__ = ("body", "method", "says", "stream")
    method: bytes
    says: Written
    """The head, and what it says."""
    body: bytes | None
    """The body as it is framed, if it is in memory; None if it has to be read."""
    stream: httpx.SyncByteStream | httpx.AsyncByteStream

    def __init__(self, request: httpx.Request, writer: Writer) -> None:
        self.method = request.method.encode("ascii", "replace")
        self.says = writer.written(self.method, request.url.raw_path, request.headers.raw)
        self.stream = request.stream
        self.body = None
        if isinstance(self.stream, httpx.ByteStream):
            self.body = self.says.framed(b"".join(self.stream))


class Parts:
    """A body's parts, for whichever world asks: opened by a run, and closed if it fails.

    A task may have to wait for its own caller's code to give the next one: no longer than its exchange may take.
    """

    __slots__ = ("_pace", "_parts", "_stream")

    def __init__(self, stream: httpx.SyncByteStream | httpx.AsyncByteStream, pace: Pace) -> None:
        self._stream, self._pace = stream, pace
        self._parts: Iterator[bytes] | AsyncIterator[bytes] | None = None

    def open(self) -> None:
        """Begin, blocking."""
        self._parts = iter(cast("httpx.SyncByteStream", self._stream))  # only the blocking world asks this way

    async def aopen(self) -> None:
        """Begin, awaiting."""
        self._parts = aiter(cast("httpx.AsyncByteStream", self._stream))  # only the awaiting world asks this way

    def next(self) -> Ask[bytes | None]:
        """Ask for the next part; None at the end."""
        return Ask(self._next, self._anext)

    def _next(self) -> bytes | None:
        return next(cast("Iterator[bytes]", self._parts), None)

    async def _anext(self) -> bytes | None:
        parts = cast("AsyncIterator[bytes]", self._parts)
        return await self._pace.hold(lambda: anext(parts, None))

    def close(self) -> None:
        """End, blocking."""
        close = getattr(self._parts, "close", None)
        if close is not None:
            close()

    async def aclose(self) -> None:
        """End, awaiting."""
        if self._parts is not None:
            await finish(cast("AsyncIterator[bytes]", self._parts))
