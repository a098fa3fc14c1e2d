"""An answer whose body is in memory already."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Self, cast

import httpx
from typing_extensions import override

Field = tuple[bytes, bytes]
NO_FIELDS = httpx.Headers()
"""What there is of headers until they are made."""


class Whole(httpx.Response):
    """A response that need not be read piece by piece: its body is here, and is not encoded.

    Who sets another stream has that one read, as with any response. Its headers are made when they are first asked for:
    most calls look at the status and the body alone.
    """

    is_closed: bool
    is_stream_consumed: bool

    def __init__(self, status: int, fields: list[Field], body: bytes, extensions: dict[str, object]) -> None:
        self._body, self._given = body, httpx.ByteStream(body)
        self._is_whole = False
        super().__init__(status, headers=NO_FIELDS, stream=self._given, extensions=extensions)
        self._fields = fields
        self._made: httpx.Headers | None = None

    @classmethod
    def of(cls, response: httpx.Response, body: bytes) -> Self:
        """The same answer of another transport, which nobody has read: httpx takes longer to read it than all else."""
        made = cls(response.status_code, response.headers.raw, body, response.extensions)
        made.history = response.history
        made.default_encoding = response.default_encoding
        return made

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
    def size(self) -> int:
        """Bytes of the body."""
        return len(self._body)

    @property
    @override
    def content(self) -> bytes:
        return self._body if self._is_whole else super().content

    @property
    @override
    def num_bytes_downloaded(self) -> int:
        return len(self._body) if self._is_whole else super().num_bytes_downloaded

    @override
    def read(self) -> bytes:
        if self._is_whole:
            return self._body
        if not self._can_be_joined:
            return super().read()
        self.is_stream_consumed = True
        if self.stream is self._given:
            self.is_closed = True
        else:  # somebody has put another around it
            self._body = b"".join(cast("httpx.SyncByteStream", self.stream))  # only the blocking world reads this way
            self.close()
        self._is_whole = True
        return self._body

    @override
    async def aread(self) -> bytes:
        if self._is_whole or self.stream is self._given:
            return self.read()
        if not self._can_be_joined:
            return await super().aread()
        self.is_stream_consumed = True
        stream = cast("httpx.AsyncByteStream", self.stream)  # only the awaiting world reads this way
        self._body = b"".join([part async for part in stream])
        await self.aclose()
        self._is_whole = True
        return self._body

    @property
    def _can_be_joined(self) -> bool:
        if self.is_closed or self.is_stream_consumed:
            return False
        return self._made is None or "content-encoding" not in self._made

    @override
    def iter_bytes(self, chunk_size: int | None = None) -> Iterator[bytes]:
        return self._pieces(chunk_size) if self._is_whole else super().iter_bytes(chunk_size)

    @override
    def aiter_bytes(self, chunk_size: int | None = None) -> AsyncIterator[bytes]:
        return self._apieces(chunk_size) if self._is_whole else super().aiter_bytes(chunk_size)

    def _pieces(self, size: int | None) -> Iterator[bytes]:
        step = max(1, len(self._body) if size is None else size)
        for at in range(0, len(self._body), step):
            yield self._body[at : at + step]

    async def _apieces(self, size: int | None) -> AsyncIterator[bytes]:
        for piece in self._pieces(size):
            yield piece


def fields_of(response: httpx.Response) -> list[Field]:
    """The fields of a response's head, in whichever way they are at hand."""
    return response.fields if isinstance(response, Whole) else response.headers.raw
