"""The body of an answer that had not come whole with its head."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, MutableMapping
from typing import TYPE_CHECKING, Any

import httpx
from typing_extensions import override

from restkit.flow.awaiting import arun
from restkit.flow.blocking import run
from restkit.flow.effects import Flow
from restkit.flow.world import World
from restkit.wire.direct.tracing import traced
from restkit.wire.facts import KEY

if TYPE_CHECKING:
    from restkit.wire.direct.exchange import Exchange

OUTSIDE = World()
"""What exchanges act upon: each effect has its own channel and pace."""
STRETCH = 16
"""Parts after which other tasks have their turn, in case none of them had to be waited for."""


class Arriving(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body as it comes, in either world. At its end its response's facts are replaced.

    A forgotten one gives its connection's place back from its finalizer.
    """

    extensions: MutableMapping[str, Any]
    """Those of its response."""

    def __init__(self, exchange: Exchange, first: bytes, *, is_last: bool) -> None:
        self._exchange, self._first, self._is_last = exchange, first, is_last
        self._is_over = False
        self.extensions = {}

    def _part(self) -> Flow[bytes]:
        """The next part; an empty one at the end."""
        if self._is_over:
            return b""
        try:
            return (yield from traced(self._exchange.pace.trace, "http11.receive_response_body", self._parts()))
        except BaseException as error:
            self._discard()
            pace = self._exchange.pace
            if pace.is_over and isinstance(error, httpx.TransportError):
                raise pace.over() from error
            raise

    def _parts(self) -> Flow[bytes]:
        part, self._first = self._first, b""
        while not part and not self._is_last:
            yield from self._exchange.more()
            part, self._is_last = self._exchange.gathered()
        if self._is_last and not self._exchange.connection.parser.switched:
            self._is_over = True
            self._exchange.finish()
            self._note()
        return part

    def _note(self) -> None:
        self.extensions[KEY] = self._exchange.pace.tally.facts()

    def _discard(self) -> None:
        """Break off. Again, or behind the end: nothing."""
        if not self._is_over:
            self._is_over = True
            self._exchange.connection.discard()
            self._note()

    @override
    def __iter__(self) -> Iterator[bytes]:
        while part := run(self._part(), OUTSIDE):
            yield part

    @override
    async def __aiter__(self) -> AsyncIterator[bytes]:
        from anyio.lowlevel import checkpoint

        count = 0
        while part := await arun(self._part(), OUTSIDE):
            yield part
            count += 1
            if count % STRETCH == 0:
                await checkpoint()

    @override
    def close(self) -> None:
        self._discard()

    @override
    async def aclose(self) -> None:
        self._discard()

    def __del__(self) -> None:
        self._discard()
