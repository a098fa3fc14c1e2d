"""Answers as they come from a wire: with a body that is still to be read."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any

import httpx
from typing_extensions import override

Chunk = bytes | Exception


class AsyncChunks(AsyncIterator[bytes]):
    """Chunks to be awaited; no generator, since nothing has to be finalized on a loop."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks

    @override
    async def __anext__(self) -> bytes:
        for chunk in self._chunks:
            return chunk
        raise StopAsyncIteration


class ScriptedBody(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body in chunks, in either world; a chunk that is an exception is raised in its place."""

    def __init__(self, chunks: Sequence[Chunk]) -> None:
        self.chunks: tuple[Chunk, ...] = tuple(chunks)
        self.is_over: bool = False
        """Whether it was read to its end or closed."""

    @override
    def __iter__(self) -> Iterator[bytes]:
        for chunk in self.chunks:
            if isinstance(chunk, Exception):
                raise chunk
            yield chunk

    @override
    def __aiter__(self) -> AsyncIterator[bytes]:
        return AsyncChunks(iter(self))

    @override
    def close(self) -> None:
        self.is_over = True

    @override
    async def aclose(self) -> None:
        self.close()


def answer(  # noqa: PLR0913 - the keywords of httpx.Response
    status: int = 200,
    *,
    json: Any = None,  # noqa: ANN401 - whatever JSON can write
    text: str | None = None,
    content: bytes | None = None,
    chunks: Sequence[Chunk] | None = None,
    headers: Mapping[str, str] | None = None,
) -> httpx.Response:
    """Write an answer for a script. `chunks` is a body in pieces; one that is an exception breaks it off there."""
    if chunks is not None:
        return httpx.Response(status, headers=headers, stream=ScriptedBody(chunks))
    return httpx.Response(status, headers=headers, json=json, text=text, content=content)


def sent(response: httpx.Response) -> httpx.Response:
    """An answer as it arrives: the same, but unread, so that one that was written once can be sent often."""
    stream = response.stream
    if isinstance(stream, httpx.ByteStream):
        stream = ScriptedBody(tuple(stream))
    elif isinstance(stream, ScriptedBody):
        stream = ScriptedBody(stream.chunks)
    return httpx.Response(
        response.status_code, headers=response.headers, stream=stream, extensions=dict(response.extensions)
    )
