"""An answer of another transport, which is read by joining its parts."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from typing_extensions import override

from restkit.wire.whole import Joined
from tests.client.worlds import World
from tests.wire.direct.test_whole import Shouting, read


class Parts(httpx.ByteStream):
    """A body in two parts; the second may be an error."""

    def __init__(self, *parts: bytes | Exception) -> None:
        """Take the parts."""
        self._parts, self.is_closed = parts, False

    @override
    def __iter__(self) -> Iterator[bytes]:
        """One after the other."""
        for part in self._parts:
            if isinstance(part, Exception):
                raise part
            yield part

    @override
    async def __aiter__(self) -> AsyncIterator[bytes]:
        """One after the other."""
        for part in self:
            yield part

    @override
    def close(self) -> None:
        """Note it."""
        self.is_closed = True

    @override
    async def aclose(self) -> None:
        """Note it."""
        self.is_closed = True


def joined(*parts: bytes | Exception, **headers: str) -> tuple[Joined, Parts]:
    """An answer, and its stream."""
    stream = Parts(*parts)
    fields = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Joined(200, fields, stream, {"kept": True}), stream


def pieces(world: World, response: httpx.Response, size: int) -> list[bytes]:
    """Its body in pieces of that size."""

    async def gathered() -> list[bytes]:
        """Awaiting."""
        return [piece async for piece in response.aiter_bytes(size)]

    found: list[bytes] = world(gathered()) if world.awaits else list(response.iter_bytes(size))
    return found


def test_its_parts_are_joined(world: World) -> None:
    """Its stream is closed then, and it can be read again, in pieces as well."""
    response, stream = joined(b"good ", b"day", content_type="text/plain")

    assert [b"good day", b"good day"] == [read(world, response) for _ in range(2)]
    assert [b"good", b" day"] == pieces(world, response, 4)
    assert ("good day", 8, True, True) == (
        response.text,
        response.num_bytes_downloaded,
        stream.is_closed,
        response.is_stream_consumed,
    )
    assert (True, "text/plain") == (response.extensions["kept"], response.headers["content-type"])


def test_it_can_be_read_in_pieces_at_once(world: World) -> None:
    """As any response: then there is nothing left to be read."""
    response, stream = joined(b"good ", b"day")

    assert [b"good", b" day"] == pieces(world, response, 4)
    assert (8, True) == (response.num_bytes_downloaded, stream.is_closed)
    with pytest.raises(httpx.StreamConsumed):
        _ = read(world, response)


def test_a_stream_around_it_is_read(world: World) -> None:
    """And closed."""
    response, stream = joined(b"hello")
    around = Shouting(stream)
    response.stream = around

    assert (b"HELLO", True) == (read(world, response), around.closed)


def test_it_is_decoded_if_somebody_says_so(world: World) -> None:
    """As httpx does it."""
    response, _ = joined(gzip.compress(b"hello"))
    response.headers["Content-Encoding"] = "gzip"

    assert b"hello" == read(world, response)


def test_a_part_that_fails(world: World) -> None:
    """The error comes through, and there is no content."""
    response, _ = joined(b"good", httpx.ReadError("gone"))

    with pytest.raises(httpx.ReadError, match="gone"):
        _ = read(world, response)
    with pytest.raises(httpx.ResponseNotRead):
        _ = response.content


def test_it_takes_the_place_of_another() -> None:
    """With what that has beside its body."""
    first = httpx.Response(302)
    other = httpx.Response(200, history=[first], default_encoding="latin-1")
    response = joined(b"")[0].instead_of(other)

    assert ([first], "latin-1") == (response.history, response.default_encoding)
