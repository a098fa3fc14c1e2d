"""An answer whose body came with its head, and who puts a stream of their own around it."""

from __future__ import annotations

import pickle
from collections.abc import AsyncIterator, Iterator
from typing import Any, cast

import httpx
from typing_extensions import override

from restkit.wire.direct import Whole
from tests.client.worlds import World


class Shouting(httpx.SyncByteStream, httpx.AsyncByteStream):
    """Another stream in capitals, which knows whether it was closed."""

    def __init__(self, inner: object) -> None:
        self._inner = cast("httpx.ByteStream", inner)
        self.closed = False

    @override
    def __iter__(self) -> Iterator[bytes]:
        """In capitals."""
        for part in self._inner:
            yield part.upper()

    @override
    async def __aiter__(self) -> AsyncIterator[bytes]:
        """In capitals."""
        async for part in self._inner:
            yield part.upper()

    @override
    def close(self) -> None:
        """Note it."""
        self.closed = True

    @override
    async def aclose(self) -> None:
        """Note it."""
        self.closed = True


def whole(**headers: str) -> Whole:
    """An answer that says hello."""
    fields = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Whole(200, fields, b"hello", {})


def read(world: World, response: httpx.Response) -> bytes:
    """Its body, in either world."""
    found: Any = world(response.aread() if world.awaits else response.read())
    return bytes(found)


def test_another_stream_is_read_instead(world: World) -> None:
    """And closed."""
    response = whole()
    stream = response.stream = Shouting(response.stream)

    assert (b"HELLO", True, b"HELLO", True, 5) == (
        read(world, response),
        stream.closed,
        response.content,
        response.is_closed,
        response.num_bytes_downloaded,
    )


def test_another_stream_with_a_coding_is_decoded_as_httpx_does(world: World) -> None:
    """Who says so in the headers is believed."""
    response = whole()
    response.headers["Content-Encoding"] = "identity"
    response.stream = Shouting(response.stream)

    assert b"HELLO" == read(world, response)


def test_it_is_read_once(world: World) -> None:
    """Again, it is what it was."""
    response = whole()

    assert (b"hello", b"hello", True) == (read(world, response), read(world, response), response.is_closed)


def test_its_headers_are_those_that_came() -> None:
    """Every time they are asked for, as one object that may be changed."""
    response = whole(x_hello="1")
    response.headers["X-Hello"] = "2"

    assert {"x-hello": "2"} == dict(response.headers)


def test_it_can_be_pickled() -> None:
    """With its headers, whether anybody has asked for them or not."""
    response = whole(x_hello="1")
    _ = response.read()
    copied = pickle.loads(pickle.dumps(response))  # noqa: S301 - our own

    assert ({"x-hello": "1"}, b"hello") == (dict(copied.headers), copied.content)
