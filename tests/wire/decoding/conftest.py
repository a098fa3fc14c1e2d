"""The three worlds, a real server, and raw streams that count how often they are closed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import httpx
from typing_extensions import override

from tests.client.worlds import portal, server, world

__all__ = ["portal", "server", "world"]


class Raw(httpx.SyncByteStream, httpx.AsyncByteStream):
    """What came over the wire, and how that ended. It counts how often it is closed, and fails then if it must."""

    def __init__(
        self, *chunks: bytes, error: BaseException | None = None, closing_fails: Exception | None = None
    ) -> None:
        self.chunks, self.error, self.closing_fails = chunks, error, closing_fails
        self.closed = 0
        self.ended = 0

    @override
    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self.chunks
            if self.error is not None:
                raise self.error
        finally:
            self.ended += 1

    @override
    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self:
            yield chunk

    @override
    def close(self) -> None:
        """Count it."""
        self.closed += 1
        if self.closing_fails is not None:
            raise self.closing_fails

    @override
    async def aclose(self) -> None:
        """Count it."""
        self.close()
