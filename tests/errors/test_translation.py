"""The one border: httpx's errors become the tree, from a mocked transport and from real sockets."""

from __future__ import annotations

import gzip
import socket
import ssl
from pathlib import Path
from typing import Any

import httpx
import pytest

from restkit import (
    BadEncoding,
    ConnectError,
    ConnectTimeout,
    DeadlineExceeded,
    DNSError,
    InputError,
    NotFound,
    PoolTimeout,
    ProtocolError,
    ProxyError,
    ReadError,
    ReadTimeout,
    RestkitError,
    TimeoutError,  # noqa: A004 - ours
    TLSError,
    TLSVerifyError,
    TooManyRedirects,
    TransportError,
    TruncatedBody,
    WriteError,
    WriteTimeout,
)
from tests.client.worlds import World
from tests.loopback import Loopback

CERTIFICATE = Path(__file__).parent / "loopback.pem"
"""A certificate for 127.0.0.1 and its key, signed by itself; it guards nothing."""

TABLE: list[tuple[Any, type[RestkitError]]] = [
    (httpx.ConnectTimeout("x"), ConnectTimeout),
    (httpx.ReadTimeout("x"), ReadTimeout),
    (httpx.WriteTimeout("x"), WriteTimeout),
    (httpx.PoolTimeout("x"), PoolTimeout),
    (httpx.TimeoutException("x"), TimeoutError),
    (httpx.ProxyError("x"), ProxyError),
    (httpx.ConnectError("x"), ConnectError),
    (httpx.ReadError("x"), ReadError),
    (httpx.WriteError("x"), WriteError),
    (httpx.CloseError("x"), ReadError),
    (httpx.NetworkError("x"), TransportError),
    (httpx.RemoteProtocolError("x"), ProtocolError),
    (httpx.DecodingError("x"), BadEncoding),
    (httpx.TooManyRedirects("x"), TooManyRedirects),
    (httpx.LocalProtocolError("x"), InputError),
    (httpx.UnsupportedProtocol("x"), InputError),
    (httpx.TransportError("x"), TransportError),
    (httpx.StreamError("x"), InputError),
    (httpx.InvalidURL("x"), TransportError),
    (NotFound("x"), NotFound),
]


@pytest.mark.parametrize(("error", "kind"), TABLE, ids=lambda value: type(value).__name__)
def test_an_error_from_below_has_its_class(world: World, error: Exception, kind: type[RestkitError]) -> None:
    """With the facts of its call, and what it came from as its cause."""

    def fail(_: httpx.Request) -> httpx.Response:
        raise error

    with pytest.raises(RestkitError) as caught:
        world(world.mocked(fail).get("/users/7?token=canary"))

    assert (kind, "GET", "https://api.test/users/7?token=[redacted]", "/users/7", 1) == (
        type(caught.value),
        caught.value.method,
        caught.value.url,
        caught.value.route,
        len(caught.value.attempts),
    )
    assert caught.value is error or caught.value.__cause__ is error


ROOTS: list[Any] = [
    (socket.gaierror("x"), DNSError),
    (ssl.SSLCertVerificationError("x"), TLSVerifyError),
    (ssl.SSLError("x"), TLSError),
    (OSError("x"), ConnectError),
]


@pytest.mark.parametrize(("root", "kind"), ROOTS, ids=lambda value: type(value).__name__)
def test_a_failed_connection_is_named_by_its_root(world: World, root: Exception, kind: type[RestkitError]) -> None:
    """However deep it lies, as cause or as context."""

    def fail(_: httpx.Request) -> httpx.Response:
        try:
            try:
                raise root
            except OSError:
                raise ValueError("between")  # noqa: B904 - a context, no cause
        except ValueError as error:
            raise httpx.ConnectError("x") from error

    with pytest.raises(RestkitError) as caught:
        world(world.mocked(fail).get("/x"))

    assert kind is type(caught.value)


def test_an_error_without_words_is_named_by_its_class(world: World) -> None:
    """An empty message helps nobody."""

    def fail(_: httpx.Request) -> httpx.Response:
        raise httpx.ReadError("")

    with pytest.raises(ReadError, match="ReadError"):
        world(world.mocked(fail).get("/x"))


WIRE: list[Any] = [
    pytest.param("reset", (ReadError,), id="reset"),
    pytest.param("hang-up", (ReadError,), id="hang-up"),
    pytest.param("truncated", (TruncatedBody,), id="truncated"),
    pytest.param("half-chunk", (TruncatedBody,), id="half-chunk"),
    pytest.param("garbage", (ProtocolError,), id="garbage"),
    pytest.param("not-zipped", (BadEncoding,), id="not-zipped"),
]


@pytest.mark.filterwarnings("ignore:Async generator:ResourceWarning")  # trio's, of the generators within httpx
@pytest.mark.parametrize(("path", "kinds"), WIRE)
def test_a_server_that_misbehaves(world: World, server: Loopback, path: str, kinds: Any) -> None:
    """On a real socket: the error says so, and the next call is well."""
    client = world.client(base_url=server.url, retry=False)

    with pytest.raises(kinds) as caught:
        world(client.get(f"/{path}"))

    assert (f"{server.url}/{path}", 1, 200) == (
        caught.value.url,
        len(caught.value.attempts),
        world(client.get("/echo")).status_code,
    )


@pytest.mark.filterwarnings("ignore:Async generator:ResourceWarning")  # trio's, of the generators within httpx
def test_a_body_in_a_wrong_encoding_from_a_mock(world: World) -> None:
    """Bytes after the end of a gzip stream, or a stream that is none."""
    client = world.mocked(lambda _: httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=Raw(b"no gzip")))

    with pytest.raises(BadEncoding):
        world(client.get("/x"))


def test_a_body_in_an_encoding_is_read(world: World) -> None:
    """As httpx reads it."""
    body = gzip.compress(b"hi")
    client = world.mocked(lambda _: httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=Raw(body)))

    assert "hi" == world(client.get("/x")).text


class Raw(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body as it comes over the wire."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def __iter__(self) -> Any:
        yield self._content

    def __aiter__(self) -> Any:
        return Pieces(self)


class Pieces:
    """An iteration to be awaited: no generator, since httpx drops it when it cannot decode, which trio minds."""

    def __init__(self, raw: Raw) -> None:
        self._pieces = iter(raw)

    def __aiter__(self) -> Pieces:
        return self

    async def __anext__(self) -> bytes:
        """The next piece."""
        for piece in self._pieces:
            return bytes(piece)
        raise StopAsyncIteration


def test_nobody_listens(world: World) -> None:
    """A refused connection."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        client = world.client(base_url=f"http://127.0.0.1:{taken.getsockname()[1]}")

        with pytest.raises(ConnectError) as caught:
            world(client.get("/x"))

    assert ConnectError is type(caught.value)


def test_a_name_without_an_address(world: World) -> None:
    """RFC 6761 keeps `.invalid` free of names."""
    with pytest.raises(DNSError):
        world(world.client(base_url="http://nowhere.invalid").get("/x"))


def test_a_server_that_does_not_answer(world: World, server: Loopback) -> None:
    """A read timeout."""
    with pytest.raises(ReadTimeout):
        world(world.client(base_url=server.url, timeout=0.05).get("/slow"))


def test_a_deadline_is_no_timeout_of_a_step(world: World, server: Loopback) -> None:
    """Another class: nobody retries it."""
    with pytest.raises(DeadlineExceeded):
        world(world.client(base_url=server.url, deadline=0.05).get("/slow"))


def test_a_scheme_that_nobody_speaks(world: World) -> None:
    """It never gets as far as the wire."""
    with pytest.raises(InputError):
        world(world.client().get("ftp://127.0.0.1/x"))


@pytest.fixture
def secure() -> Any:
    """A real server over TLS, whose certificate only those trust who know it."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)
    with Loopback(context) as running:
        yield running


def test_a_certificate_that_nobody_vouches_for(world: World, secure: Loopback) -> None:
    """Verified by default."""
    with pytest.raises(TLSVerifyError):
        world(world.client(base_url=secure.url).get("/echo"))

    assert [] == secure.received


def test_a_certificate_that_is_known(world: World, secure: Loopback) -> None:
    """By a TLS context of one's own."""
    context = ssl.create_default_context(cafile=str(CERTIFICATE))

    assert 200 == world(world.client(base_url=secure.url, verify=context).get("/echo")).status_code


def test_a_certificate_that_is_not_verified(world: World, secure: Loopback) -> None:
    """`verify=False` warns, and works."""
    from restkit import InsecureWarning

    with pytest.warns(InsecureWarning):
        client = world.client(base_url=secure.url, verify=False)

    assert 200 == world(client.get("/echo")).status_code


def test_a_server_that_speaks_no_tls(world: World, server: Loopback) -> None:
    """Somebody has mixed up two ports."""
    with pytest.raises(ProtocolError, match="does not speak TLS") as caught:
        world(world.client(base_url=server.url.replace("http:", "https:")).get("/echo"))

    assert ProtocolError is type(caught.value)
