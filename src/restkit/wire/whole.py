"""Answers whose body is not encoded: reading one is joining its parts, if it is not in memory already."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Self, cast

import httpx
from typing_extensions import override

Field = tuple[bytes, bytes]
NO_FIELDS = httpx.Headers()
"""What there is of headers until they are made."""


class Joined(httpx.Response):
    """A response that is read by joining the parts of its stream: httpx takes longer to read one than all else.

    Its headers are made when they are first asked for: most calls look at the status and the body alone.
    """

    default_encoding: str | Callable[[bytes], str]
    history: list[httpx.Response]
    is_closed: bool
    is_stream_consumed: bool

    def __init__(
        self,
        status: int,
        fields: list[Field],
        stream: httpx.SyncByteStream | httpx.AsyncByteStream,
        extensions: dict[str, object],
    ) -> None:
        self._joined: bytes | None = None
        super().__init__(status, headers=NO_FIELDS, stream=stream, extensions=extensions)
        self._fields: list[Field] = fields
        self._made: httpx.Headers | None = None

    def instead_of(self, response: httpx.Response) -> Self:
        """Take the place of another transport's answer, with what else that has."""
        self.history, self.default_encoding = response.history, response.default_encoding
        return self

    @property
    def fields(self) -> list[Field]:
        """The fields of the head, for whoever looks at few of them: nothing is made."""
        return self._fields if self._made is None else self._made.raw

    @property
    def headers(self) -> httpx.Headers:
        """The fields of the head."""
        if self._made is None:
            self._made = httpx.Headers(self._fields)
        return self._made

    @headers.setter
    def headers(self, headers: httpx.Headers) -> None:
        self._made = headers

    @property
    @override
    def content(self) -> bytes:
        return super().content if self._joined is None else self._joined

    @property
    @override
    def num_bytes_downloaded(self) -> int:
        return super().num_bytes_downloaded if self._joined is None else len(self._joined)

    @override
    def read(self) -> bytes:
        if self._joined is not None:
            return self._joined
        if not self._can_be_joined:
            return super().read()
        self.is_stream_consumed = True
        body = b"".join(cast("httpx.SyncByteStream", self.stream))  # only the blocking world reads this way
        self.close()
        self._joined = body
        return body

    @override
    async def aread(self) -> bytes:
        if self._joined is not None:
            return self._joined
        if not self._can_be_joined:
            return await super().aread()
        self.is_stream_consumed = True
        stream = cast("httpx.AsyncByteStream", self.stream)  # only the awaiting world reads this way
        body = b"".join([part async for part in stream])
        await self.aclose()
        self._joined = body
        return body

    @property
    def _can_be_joined(self) -> bool:
        if self.is_closed or self.is_stream_consumed:
            return False
        return self._made is None or "content-encoding" not in self._made

    @override
    def iter_bytes(self, chunk_size: int | None = None) -> Iterator[bytes]:
        return super().iter_bytes(chunk_size) if self._joined is None else pieces(self._joined, chunk_size)

    @override
    def aiter_bytes(self, chunk_size: int | None = None) -> AsyncIterator[bytes]:
        return super().aiter_bytes(chunk_size) if self._joined is None else apieces(self._joined, chunk_size)


class Whole(Joined):
    """A response that need not be read piece by piece: its body is here.

    Who sets another stream has that one read, as with any response.
    """

    def __init__(self, status: int, fields: list[Field], body: bytes, extensions: dict[str, object]) -> None:
        self._body, self._given = body, httpx.ByteStream(body)
        super().__init__(status, fields, self._given, extensions)

    @property
    def size(self) -> int:
        """Bytes of the body."""
        return len(self._body)

    @override
    def read(self) -> bytes:
        if self._joined is not None or self.stream is not self._given or not self._can_be_joined:
            return super().read()
        self.is_stream_consumed = self.is_closed = True
        self._joined = self._body
        return self._body

    @override
    async def aread(self) -> bytes:
        return self.read() if self.stream is self._given else await super().aread()


def pieces(body: bytes, size: int | None) -> Iterator[bytes]:
    """A body in pieces of that size, or in one."""
    step = max(1, len(body) if size is None else size)
    for at in range(0, len(body), step):
        yield body[at : at + step]


async def apieces(body: bytes, size: int | None) -> AsyncIterator[bytes]:
    """The same, awaiting."""
    for piece in pieces(body, size):
        yield piece


def fields_of(response: httpx.Response) -> list[Field]:
    """The fields of a response's head, in whichever way they are at hand."""
    return response.fields if isinstance(response, Joined) else response.headers.raw
