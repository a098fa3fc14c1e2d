"""Guards: what the body of an answer is held to, above a transport that does not do so by itself.

Theory of operation. A layer sees a response when its body has been read, which is too late for a cap. So this one
leaves with the request what is to be done with its response: whoever sends it does that first, and then reads. What
comes piece by piece gets a stream of ours around it; if the call wants it whole, and it is not encoded, as nearly
always, its parts are joined without httpx. What the transport had in memory already is held to the same, though the
memory is taken.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from typing import cast

import httpx
from typing_extensions import override

from restkit.errors import TooLarge, TruncatedBody
from restkit.flow import Flow
from restkit.flow.body import STREAMED, finish
from restkit.flow.send import ARRIVED
from restkit.pipeline import Proceed
from restkit.policies.checked import flag
from restkit.wire.cap import checked_cap
from restkit.wire.decoding import decoded
from restkit.wire.decoding.answer import has_no_body
from restkit.wire.whole import Field, Joined, Whole

CUT = "without sending complete message body"
"""What h11, and so httpx's own transports, say of a body that was cut, as of nothing else."""
DIGITS = 20
"""Of a Content-Length, at which nobody believes it any more: 2**63 has fewer."""
FRAMING = frozenset({b"content-length", b"transfer-encoding"})


class Guards:
    """Hold bodies to their length, to their content coding, and to a cap, over any transport.

    Parameters: `max_response_bytes`, the most that a body may have, decoded, None for any size; `streams`, whether that
    goes for bodies that are read piece by piece, too. Raises TruncatedBody, BadEncoding, UnsupportedEncoding and
    TooLarge where the body is read. Bodies arrive decoded: what the headers said of their coding is in the extensions
    `content_encoding` and `encoded_length`. A WireTransport needs no guards.
    """

    __slots__ = ("_most_bytes", "_streams")

    def __init__(self, max_response_bytes: int | None = 32 * 2**20, *, streams: bool = True) -> None:
        self._most_bytes = checked_cap("max_response_bytes", max_response_bytes)
        self._streams = flag("streams", streams)

    def __call__(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Leave with the request what its response is held to."""
        request.extensions[ARRIVED] = self._arrived
        return proceed(request)

    def _arrived(self, response: httpx.Response, request: httpx.Request) -> httpx.Response:
        is_streamed = STREAMED in request.extensions
        most = None if is_streamed and not self._streams else self._most_bytes
        if isinstance(response.stream, httpx.ByteStream):
            return held(response, response.stream, most, request.method)
        if response.is_closed or has_no_body(response, request.method):
            return response
        fields = response.headers.raw
        length = length_of(fields)
        if not is_streamed and type(response) is httpx.Response and not is_encoded(fields):  # most answers
            stream = Measured(response.stream, length, most)
            return Joined(response.status_code, fields, stream, response.extensions).instead_of(response)
        response.stream = Measured(response.stream, length)
        return decoded(response, most, method=request.method)


def held(response: httpx.Response, body: httpx.ByteStream, most: int | None, method: str) -> httpx.Response:
    """A response whose body is in memory already. Raises TooLarge."""
    fields = response.headers.raw
    is_plain = not is_encoded(fields)
    if is_plain or has_no_body(response, method):
        content = b"".join(body)
        if most is not None and len(content) > most:
            raise over(most)
        is_unread = is_plain and not response.is_closed and type(response) is httpx.Response
        if is_unread:
            return Whole(response.status_code, fields, content, response.extensions).instead_of(response)
        return response
    return decoded(unread(response) if response.is_closed else response, most, method=method)


def over(most: int) -> TooLarge:
    """The error for a body that is larger than it may be."""
    return TooLarge(f"the body is over {most} bytes, its cap")


def is_encoded(fields: Iterable[Field]) -> bool:
    """Whether a head speaks of a content coding."""
    for name, _ in fields:  # noqa: SIM110 - any() takes twice as long
        if name.lower() == b"content-encoding":
            return True
    return False


def unread(response: httpx.Response) -> httpx.Response:
    """A response anew, of which httpx has decoded what it could: its bytes are still there as they came."""
    return httpx.Response(
        response.status_code,
        headers=response.headers,
        stream=response.stream,
        extensions=response.extensions,
        history=response.history,
        default_encoding=response.default_encoding,
    )


def length_of(fields: Iterable[Field]) -> int | None:
    """The Content-Length of a head, if that is how its body is framed (RFC 9112, section 6.3)."""
    said = [(lower, value) for name, value in fields if (lower := name.lower()) in FRAMING]
    if len(said) != 1:
        return None
    name, value = said[0]
    return int(value) if name == b"content-length" and value.isdigit() and len(value) < DIGITS else None


class Measured(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A transport's stream, which raises TruncatedBody if it ends before its length is reached, or is known to be cut.

    What is over that length is the transport's business, until it is more than `most`: then it raises TooLarge.
    """

    def __init__(
        self, stream: httpx.SyncByteStream | httpx.AsyncByteStream, length: int | None, most: int | None = None
    ) -> None:
        self._stream, self._length, self._most, self._count = stream, length, most, 0

    @override
    def __iter__(self) -> Iterator[bytes]:
        try:
            for data in cast("httpx.SyncByteStream", self._stream):  # only the blocking world iterates this way
                self._add(data)
                yield data
        except httpx.RemoteProtocolError as error:
            self._check(error)
            raise
        self._check()

    @override
    async def __aiter__(self) -> AsyncIterator[bytes]:
        chunks = aiter(cast("httpx.AsyncByteStream", self._stream))  # only the awaiting world iterates this way
        try:
            async for data in chunks:
                self._add(data)
                yield data
        except httpx.RemoteProtocolError as error:
            self._check(error)
            raise
        finally:
            await finish(chunks)
        self._check()

    def _add(self, data: bytes) -> None:
        """Count what has come. Raises TooLarge."""
        self._count += len(data)
        if self._most is not None and self._count > self._most:
            raise over(self._most)

    def _check(self, error: httpx.RemoteProtocolError | None = None) -> None:
        """Raise TruncatedBody for a body that is not whole."""
        if self._length is not None and self._count < self._length:
            raise TruncatedBody(f"the body ended after {self._count} of {self._length} bytes") from error
        if error is not None and CUT in str(error):
            raise TruncatedBody("the body ended before its last chunk") from error

    @override
    def close(self) -> None:
        cast("httpx.SyncByteStream", self._stream).close()  # only the blocking world closes this way

    @override
    async def aclose(self) -> None:
        await cast("httpx.AsyncByteStream", self._stream).aclose()  # only the awaiting world closes this way
