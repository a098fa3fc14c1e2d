"""A response's body, decoded as it is read.

Theory of operation. The decoder is made when the first byte comes: a body without one is empty, whatever its
Content-Encoding says, as the answer to a HEAD is. The raw stream is closed once: by `close` or `aclose`, or before that
when it is read to its end or fails. An end that is no Exception (a task cancelled, an iteration given up) closes
nothing: closing may have to wait, and whoever holds the response knows how long.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import suppress
from typing import cast

import httpx
from typing_extensions import override

from restkit.flow.body import finish
from restkit.wire.decoding.decoder import Decoder, pieces
from restkit.wire.decoding.decoding import Decoding

STRETCH = 4
"""Pieces of one chunk, a MiB, after which other tasks have their turn."""


class DecodedStream(httpx.SyncByteStream, httpx.AsyncByteStream):
    """The decoded bytes of a raw stream, in pieces of at most 256 KiB, in either world.

    Reading raises UnsupportedEncoding, BadEncoding, TruncatedBody and TooLarge.
    """

    def __init__(
        self,
        stream: httpx.SyncByteStream | httpx.AsyncByteStream,
        content_encoding: str | Sequence[str] = (),
        decoding: Decoding | None = None,
    ) -> None:
        self._stream = stream
        self._content_encoding, self._decoding = content_encoding, decoding or Decoding()
        self._closed = False

    @override
    def __iter__(self) -> Iterator[bytes]:
        run = Run(self._content_encoding, self._decoding)
        try:
            for data in cast("httpx.SyncByteStream", self._stream):  # only the blocking world iterates this way
                yield from run.pieces(data)
            run.finish()
        except Exception:
            with suppress(Exception):  # what went wrong first is told
                self.close()
            raise
        self.close()

    @override
    async def __aiter__(self) -> AsyncIterator[bytes]:
        from anyio.lowlevel import checkpoint

        run = Run(self._content_encoding, self._decoding)
        chunks = aiter(cast("httpx.AsyncByteStream", self._stream))  # only the awaiting world iterates this way
        try:
            try:
                async for data in chunks:
                    for number, piece in enumerate(run.pieces(data), start=1):
                        yield piece
                        if number % STRETCH == 0:
                            await checkpoint()
            finally:
                await finish(chunks)
            run.finish()
        except Exception:
            with suppress(Exception):
                await self.aclose()
            raise
        await self.aclose()

    @override
    def close(self) -> None:
        """Close the raw stream. Again: nothing."""
        if not self._closed:
            self._closed = True
            cast("httpx.SyncByteStream", self._stream).close()  # only the blocking world closes this way

    @override
    async def aclose(self) -> None:
        """Close the raw stream. Again: nothing."""
        if not self._closed:
            self._closed = True
            await cast("httpx.AsyncByteStream", self._stream).aclose()  # only the awaiting world closes this way


class Run:
    """The decoding of one body."""

    def __init__(self, content_encoding: str | Sequence[str], decoding: Decoding) -> None:
        self._content_encoding, self._decoding = content_encoding, decoding
        self._decoder: Decoder | None = None

    def pieces(self, data: bytes) -> Iterator[bytes]:
        """What comes out when these bytes have come."""
        if data:
            self._decoder = self._decoder or self._decoding.decoder_for(self._content_encoding)
            yield from pieces(self._decoder, data)

    def finish(self) -> None:
        """Raise TruncatedBody if something came, and not to its end."""
        if self._decoder is not None:
            self._decoder.finish()
