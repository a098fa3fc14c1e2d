"""Responses whose stream gives decoded bytes, in plain httpx clients."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from typing_extensions import override

from restkit.errors import BadEncoding, TooLarge, TruncatedBody
from restkit.wire import Stock
from restkit.wire.decoding import DecodedStream, decoded
from tests.client.worlds import World
from tests.loopback import Loopback
from tests.wire.decoding.conftest import Raw
from tests.wire.decoding.encoded import in_gzip

BODY = b'{"name": "Ada"}'
ENCODED = in_gzip(BODY)


class Decoded(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A transport that decodes what another answers."""

    def __init__(self, inner: Any, limit: int | None = None) -> None:
        self.inner, self.limit = inner, limit

    @override
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The inner one's answer, decoded."""
        return decoded(self.inner.handle_request(request), self.limit, method=request.method)

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The inner one's answer, decoded."""
        return decoded(await self.inner.handle_async_request(request), self.limit, method=request.method)

    @override
    def close(self) -> None:
        """Close the inner one."""
        self.inner.close()

    @override
    async def aclose(self) -> None:
        """Close the inner one."""
        await self.inner.aclose()


def answered(raw: Raw, status: int = 200, **headers: str) -> httpx.Response:
    """A transport's response."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, headers=named, stream=raw, extensions={"http_version": b"HTTP/1.1"})


def asked(world: World, raw: Raw, limit: int | None = None, method: str = "GET", **said: Any) -> httpx.Response:
    """What a plain httpx client answers."""
    transport = Decoded(httpx.MockTransport(lambda _: answered(raw, **said)), limit)
    kind = httpx.AsyncClient if world.awaits else httpx.Client
    client = kind(transport=transport, trust_env=False)
    try:
        return world(client.request(method, "https://api.test/"))
    finally:
        world.close(client)


def test_an_encoded_answer(world: World) -> None:
    """It is decoded once, and closed once."""
    raw = Raw(ENCODED)
    answer = asked(world, raw, Content_Encoding="gzip", Content_Length=str(len(ENCODED)))

    assert ({"name": "Ada"}, 1) == (answer.json(), raw.closed)


def test_its_headers_are_kept_in_its_extensions(world: World) -> None:
    """They speak of what came over the wire."""
    said = {"Content_Encoding": "X-GZIP", "Content_Length": str(len(ENCODED)), "Content_Type": "application/json"}
    answer = asked(world, Raw(ENCODED), **said)

    assert {"content-type": "application/json"} == dict(answer.headers)
    assert ("X-GZIP", len(ENCODED), b"HTTP/1.1") == tuple(
        answer.extensions[name] for name in ("content_encoding", "encoded_length", "http_version")
    )


@pytest.mark.parametrize("length", [None, "x", "-1", "1" * 30])
def test_a_length_that_is_none(length: str | None) -> None:
    """Only the coding is kept."""
    headers = {} if length is None else {"Content_Length": length}
    answer = decoded(answered(Raw(ENCODED), Content_Encoding="gzip", **headers))

    assert ({"http_version": b"HTTP/1.1", "content_encoding": "gzip"}, {}) == (answer.extensions, dict(answer.headers))


def test_several_headers() -> None:
    """They are one list."""
    headers = [("Content-Encoding", "gzip"), ("content-encoding", "GZIP")]
    answer = decoded(httpx.Response(200, headers=headers, stream=Raw(in_gzip(ENCODED))))

    assert (BODY, "gzip, GZIP") == (answer.read(), answer.extensions["content_encoding"])


def test_the_raw_bytes_of_httpx_are_decoded() -> None:
    """Whoever asks for raw bytes is given what comes out of the transport."""
    answer = decoded(answered(Raw(ENCODED), Content_Encoding="gzip"))

    assert BODY == b"".join(answer.iter_raw())


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 204), ("GET", 304), ("GET", 103)])
def test_an_answer_without_a_body(world: World, method: str, status: int) -> None:
    """It stays as it is: its headers speak of another."""
    headers = {"content-encoding": "gzip", "content-length": "99"}
    answer = asked(world, Raw(), 9, method, status=status, Content_Encoding="gzip", Content_Length="99")

    assert (headers, b"") == (dict(answer.headers), answer.content)


def test_an_empty_answer(world: World) -> None:
    """Though it is said to be encoded."""
    assert b"" == asked(world, Raw(), Content_Encoding="gzip", Content_Length="0").content


def test_an_answer_that_was_read_already() -> None:
    """By httpx, which has decoded it."""
    answer = httpx.Response(200, headers={"Content-Encoding": "gzip"}, content=ENCODED)

    assert (True, BODY, "gzip") == (decoded(answer) is answer, answer.content, answer.headers["content-encoding"])


def test_an_answer_that_is_not_encoded() -> None:
    """Its stream is left alone."""
    raw = Raw(BODY)

    assert raw is decoded(answered(raw, Content_Length="15")).stream


def test_an_answer_that_is_not_encoded_under_a_cap() -> None:
    """It is counted, and keeps its headers."""
    answer = decoded(answered(Raw(BODY), Content_Length="15"), 15)

    assert (True, {"content-length": "15"}) == (isinstance(answer.stream, DecodedStream), dict(answer.headers))


@pytest.mark.parametrize(
    ("raw", "headers", "error"),
    [
        (ENCODED[:-1], {"Content_Encoding": "gzip"}, TruncatedBody),
        (BODY, {"Content_Encoding": "gzip"}, BadEncoding),
        (in_gzip(BODY * 2), {"Content_Encoding": "gzip"}, TooLarge),
        (BODY * 2, {}, TooLarge),
    ],
    ids=["cut", "bad", "too large", "too large as it is"],
)
def test_an_answer_that_fails(
    world: World, raw: bytes, headers: dict[str, str], error: type[httpx.RequestError]
) -> None:
    """The client raises an error of httpx's that knows its request, and the stream was closed once."""
    stream = Raw(raw)

    with pytest.raises(error) as caught:
        _ = asked(world, stream, 20, **headers)

    assert ("https://api.test/", 1) == (str(caught.value.request.url), stream.closed)


def test_over_a_real_connection(world: World, server: Loopback) -> None:
    """It is used again."""
    kind = httpx.AsyncClient if world.awaits else httpx.Client
    client = kind(transport=Decoded(Stock(), 99), trust_env=False)

    answers = [world(client.get(f"{server.url}/zipped")).json() for _ in range(3)]
    world.close(client)

    assert ([{"zipped": True}] * 3, 1) == (answers, server.connections)
