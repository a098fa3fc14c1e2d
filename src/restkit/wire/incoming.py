"""A response's body as httpcore's pools give it, in either world."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, MutableMapping
from typing import Any, cast

import httpx
from typing_extensions import override

from restkit.flow.body import finish
from restkit.flow.deadline import Limit
from restkit.wire.bound import FREE
from restkit.wire.exchange import broken
from restkit.wire.facts import KEY, Tally


class Incoming(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body as it comes, with httpx's errors. At its end its response's facts are replaced."""

    extensions: MutableMapping[str, Any]
    """Those of its response."""

    def __init__(self, parts: Iterable[bytes] | AsyncIterable[bytes], tally: Tally, limit: Limit = FREE) -> None:
        self._parts: Any = parts  # of the world that its pool is of
        self._tally, self._limit = tally, limit
        self.extensions = {}

    @override
    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from cast("Iterable[bytes]", self._parts)
        except Exception as error:
            made = broken(error, self._tally, self._limit)
            if made is error:
                raise
            raise made from error
        finally:
            self.extensions[KEY] = self._tally.facts()

    @override
    async def __aiter__(self) -> AsyncIterator[bytes]:
        chunks = aiter(cast("AsyncIterable[bytes]", self._parts))
        try:
            async for chunk in chunks:
                yield chunk
        except Exception as error:
            made = broken(error, self._tally, self._limit)
            if made is error:
                raise
            raise made from error
        finally:
            self.extensions[KEY] = self._tally.facts()
            await finish(chunks)

    @override
    def close(self) -> None:
        if hasattr(self._parts, "close"):
            self._parts.close()

    @override
    async def aclose(self) -> None:
        if hasattr(self._parts, "aclose"):
            await self._parts.aclose()


def received(answer: Any, tally: Tally, limit: Limit) -> httpx.Response:  # noqa: ANN401 - httpcore does not say of which world
    """What httpcore has received, as httpx's response, with its facts."""
    stream = Incoming(answer.stream, tally, limit)
    extensions: dict[str, Any] = {**answer.extensions, KEY: tally.facts()}
    response = httpx.Response(answer.status, headers=answer.headers, stream=stream, extensions=extensions)
    stream.extensions = response.extensions
    return response
