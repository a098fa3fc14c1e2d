"""A proxy that refuses, dies, stalls or talks nonsense: the error says so, the next calls are well, nothing is left."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpcore
import httpx
import pytest

from restkit import (
    AddressGuard,
    ClientClosed,
    ConfigError,
    ConnectTimeout,
    DeadlineExceeded,
    InputError,
    ProxyAuthError,
    ProxyError,
    TLSVerifyError,
)
from restkit.flow import Promise
from restkit.flow.deadline import MomentPassed
from restkit.wire import Stock
from restkit.wire.facts import KEY
from restkit.wire.tunnel import Steps
from restkit.wire.tunnel.connect import connect
from restkit.wire.tunnel.socks import socks
from restkit.wire.tunnel.way import connecting
from tests.campaign.wire_script import Ask, Close, Connect, Farewell, Say, Shake, Step
from tests.campaign.wire_server import Server
from tests.client.worlds import World
from tests.loopback import PATIENCE, Loopback, wrapped
from tests.wire.conftest import CERTIFICATE, Conversation, Ticking, Wire, asked, descriptors, left_open

HEAD_END = b"\r\n\r\n"
OPENED = b"HTTP/1.1 200 Connection established\r\n\r\n"
SOCKS_OPENED = b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x50"


def head_of(connection: socket.socket) -> bytes:
    """What a client sends, to the end of a head. Raises ConnectionError if it goes before that."""
    head = b""
    while not head.endswith(HEAD_END):
        part = connection.recv(1)
        if not part:
            raise ConnectionError
        head += part
    return head


def answering(answer: bytes) -> Conversation:
    """A proxy that answers a head, and hangs up."""

    def talk(connection: socket.socket) -> None:
        _ = head_of(connection)
        connection.sendall(answer)
        connection.shutdown(socket.SHUT_RDWR)

    return talk


def relay(one: socket.socket, other: socket.socket) -> None:
    """Pass bytes on in both directions, until one side ends."""

    def copy(source: socket.socket, sink: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                sink.sendall(data)
        except OSError:
            pass
        for each in (source, sink):
            shut(each)

    back = threading.Thread(target=copy, args=(other, one), daemon=True)
    back.start()
    copy(one, other)
    back.join(PATIENCE)
    other.close()


def shut(line: socket.socket) -> None:
    """End a connection, if it is not yet; not by an SSLSocket's own method, which forgets its TLS."""
    try:
        socket.socket.shutdown(line, socket.SHUT_RDWR)
    except OSError:
        return


class Proxy:
    """A proxy on a real socket: it keeps what it was told, and does for each connection what the test says."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.told: list[bytes] = []
        self.first: list[Conversation] = []
        self._tls = tls
        self._open: list[socket.socket] = []
        self._serving: list[threading.Thread] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self._open.append(connection)
            self._serving.append(threading.Thread(target=self._serve, args=(connection,), daemon=True))
            self._serving[-1].start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            if self._tls is not None:
                connection = wrapped(self._tls, connection, shakes=False)
                self._open.append(connection)
                connection.do_handshake()
            (self.first.pop(0) if self.first else self.tunnel)(connection)
        except OSError:
            pass
        finally:
            connection.close()

    def tunnel(self, connection: socket.socket) -> None:
        """Do as an honest proxy does."""
        head = head_of(connection)
        self.told.append(head)
        host, _, port = head.split()[1].decode().rpartition(":")
        connection.sendall(OPENED)
        relay(connection, socket.create_connection((host.strip("[]"), int(port))))

    def close(self) -> None:
        """End. A socket is closed when nobody reads it any more: its number may be another's at once."""
        shut(self._listening)
        self._thread.join(PATIENCE)
        for each in self._open:
            shut(each)
        for thread in self._serving:
            thread.join(PATIENCE)
        for each in (self._listening, *self._open):
            each.close()


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    """An http proxy."""
    made = Proxy()
    yield made
    made.close()


@pytest.fixture
def secret_proxy() -> Iterator[Proxy]:
    """An https proxy."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)
    made = Proxy(context)
    yield made
    made.close()


def failure(wire: Wire, stock: Stock, request: httpx.Request) -> tuple[Exception, int]:
    """What a request fails with, and how many of its bytes were sent."""
    with pytest.raises(httpx.TransportError) as caught:
        _ = wire.send(stock, request)
    return caught.value, request.extensions[KEY].bytes_sent


NONSENSE = b"SSH-2.0-OpenSSH_9.6\r\n\r\n"
REFUSALS = [
    (b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 3\r\n\r\nno!", ProxyAuthError, 407),
    (b"HTTP/1.1 502 Bad Gateway\r\n\r\n", ProxyError, 502),
    (b"HTTP/1.1 302 Found\r\nLocation: http://login.test/\r\n\r\n", ProxyError, 302),
    (OPENED + b"hello", ProxyError, None),
    (NONSENSE, ProxyError, None),
    (b"HTTP/1.1 200 Conn", ProxyError, None),
    (b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 300_000 + HEAD_END, ProxyError, None),
    (b"", ProxyError, None),
]


@pytest.mark.parametrize(("answer", "kind", "status"), REFUSALS)
def test_a_proxy_that_does_not_connect(  # noqa: PLR0913, PLR0917 - the columns
    wire: Wire, proxy: Proxy, secure: Loopback, trust: ssl.SSLContext, answer: bytes, kind: type, status: int | None
) -> None:
    """The error is the proxy's, and httpx's; nothing of the request was sent."""
    proxy.first = [answering(answer)]
    stock = wire.stock(verify=trust, proxy=f"http://me:secret@127.0.0.1:{proxy.port}")
    error, sent = failure(wire, stock, asked(f"{secure.url}/users"))

    assert (kind, status, 0, True) == (
        type(error),
        getattr(error, "status", None),
        sent,
        isinstance(error, httpx.ProxyError),
    )


@pytest.mark.parametrize(("answer", "kind", "status"), REFUSALS)
def test_healthy_after_a_proxy_that_does_not_connect(  # noqa: PLR0913, PLR0917 - the columns
    world: World,
    proxy: Proxy,
    secure: Loopback,
    trust: ssl.SSLContext,
    answer: bytes,
    kind: type[ProxyError],
    status: int | None,
) -> None:
    """The next twenty calls are answered, though the pool has room for two connections."""
    limits = httpx.Limits(max_connections=2)
    client = world.client(
        base_url=secure.url,
        verify=trust,
        proxy=f"http://me:secret@127.0.0.1:{proxy.port}",
        limits=limits,
        retry=False,
    )
    for _ in range(3):
        proxy.first = [answering(answer)]
        with pytest.raises(kind) as caught:
            _ = world(client.get("/users"))

    assert ([200] * 20, status, False) == (
        [world(client.get("/users")).status_code for _ in range(20)],
        caught.value.status,
        "secret" in repr(caught.value),
    )


def test_a_proxy_that_nobody_has_started(world: World, secure: Loopback, trust: ssl.SSLContext) -> None:
    """Is a connection that was refused, as in httpx."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    client = world.client(base_url=secure.url, verify=trust, proxy=f"http://127.0.0.1:{port}", retry=False)

    with pytest.raises(httpx.ConnectError, match="refused"):
        _ = world(client.get("/users"))


def test_a_reset_is_the_proxys_error(wire: Wire, proxy: Proxy) -> None:
    """And not one of reading an answer: the request was never on its way."""

    def reset(connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        _ = head_of(connection)

    proxy.first = [reset]
    error, sent = failure(wire, wire.stock(proxy=f"http://127.0.0.1:{proxy.port}"), asked("https://origin.test/"))

    assert (ProxyError, 0) == (type(error), sent)


def stall(connection: socket.socket) -> None:
    """Say nothing until the client is gone."""
    while connection.recv(4096):
        pass


@pytest.mark.parametrize("scheme", ["http", "socks5"])
def test_a_proxy_that_stalls_costs_the_connect_timeout(world: World, proxy: Proxy, scheme: str) -> None:
    """And no more, since shaking hands with it is part of connecting."""
    proxy.first = [stall]
    client = world.client(
        base_url="https://origin.test",
        proxy=f"{scheme}://127.0.0.1:{proxy.port}",
        timeout=httpx.Timeout(None, connect=0.05),
        retry=False,
    )

    with pytest.raises(ConnectTimeout):
        _ = world(client.get("/"))


@pytest.mark.parametrize("scheme", ["http", "socks5"])
def test_a_proxy_that_stalls_keeps_the_deadline(world: World, proxy: Proxy, scheme: str) -> None:
    """Whichever comes first."""
    proxy.first = [stall]
    client = world.client(base_url="https://origin.test", proxy=f"{scheme}://127.0.0.1:{proxy.port}", deadline=0.05)

    with pytest.raises(DeadlineExceeded):
        _ = world(client.get("/"))


@pytest.mark.parametrize("scheme", ["http", "socks5"])
def test_closing_rouses_whoever_shakes_hands(world: World, proxy: Proxy, scheme: str) -> None:
    """A call that waits for its proxy ends with its client."""
    begun = threading.Event()

    def begin(connection: socket.socket) -> None:
        _ = connection.recv(1)
        begun.set()
        stall(connection)

    proxy.first = [begin]
    client = world.client(base_url="https://origin.test", proxy=f"{scheme}://127.0.0.1:{proxy.port}")

    def close() -> None:
        assert begun.wait(PATIENCE)
        world.close(client)

    closing = threading.Thread(target=close)
    closing.start()
    with pytest.raises(ClientClosed):
        _ = world(client.get("/"))
    closing.join(PATIENCE)


def test_nothing_is_left_open(wire: Wire, proxy: Proxy) -> None:
    """Neither by refusals, nor by what breaks."""
    stock = wire.stock(proxy=f"http://127.0.0.1:{proxy.port}")
    _ = failure(wire, stock, asked("https://origin.test/"))  # opens what stays
    before = descriptors()
    for answer, _, _ in REFUSALS:
        proxy.first = [answering(answer)]
        _ = failure(wire, stock, asked("https://origin.test/"))

    assert 0 == left_open(before)


def test_nothing_is_left_open_whenever_the_moment_passes(
    wire: Wire, secret_proxy: Proxy, secure: Loopback, trust: ssl.SSLContext
) -> None:
    """A second passes whenever somebody looks: so it does between each two steps of opening a tunnel."""
    proxy = httpx.Proxy(f"https://127.0.0.1:{secret_proxy.port}", ssl_context=trust)
    stock = wire.stock(proxy=proxy, verify=trust)
    _ = wire.whole(stock, asked(secure.url))  # opens what stays
    wire.close(stock)
    before, kept = descriptors(), list[object]()
    for seconds in range(1, 20):
        try:
            _ = wire.whole(stock, asked(secure.url, seconds=seconds, clock=Ticking()))
        except MomentPassed as error:
            kept.append(error)  # and the frames that it was raised in
        wire.close(stock)

    assert 0 == left_open(before)


def test_a_certificate_is_verified_in_the_tunnel(world: World, proxy: Proxy, secure: Loopback) -> None:
    """It is the origin's. A hundred failures use nothing up."""
    client = world.client(
        base_url=secure.url, proxy=f"http://127.0.0.1:{proxy.port}", limits=httpx.Limits(max_connections=1)
    )
    for _ in range(3):
        with pytest.raises(TLSVerifyError):
            _ = world(client.get("/users"))


def test_a_proxy_is_told_what_is_its_own(world: World, proxy: Proxy, secure: Loopback, trust: ssl.SSLContext) -> None:
    """Its credentials and its headers; nothing of the request but the origin's host and port."""
    given = httpx.Proxy(f"http://me:secret@127.0.0.1:{proxy.port}", headers={"X-Tenant": "7"})
    client = world.client(base_url=secure.url, verify=trust, proxy=given, headers={"Authorization": "Bearer origin"})
    _ = world(client.get("/users", headers={"Proxy-Authorization": "mine"}))

    place = secure.url.removeprefix("https://").encode()
    assert [
        b"CONNECT %b HTTP/1.1\r\nHost: %b\r\nProxy-Authorization: Basic bWU6c2VjcmV0\r\nX-Tenant: 7\r\n\r\n"
        % (place, place)
    ] == proxy.told


def test_an_origin_is_told_nothing_of_the_proxys(
    world: World, proxy: Proxy, secure: Loopback, trust: ssl.SSLContext
) -> None:
    """Neither what the proxy's URL holds, nor what a request was given for it."""
    client = world.client(base_url=secure.url, verify=trust, proxy=f"http://me:secret@127.0.0.1:{proxy.port}")
    _ = world(client.get("/users", headers={"Proxy-Authorization": "mine"}))

    assert [None] == [each.headers.get("proxy-authorization") for each in secure.received]


def test_each_origin_has_its_tunnel(world: World, proxy: Proxy, secure: Loopback, trust: ssl.SSLContext) -> None:
    """No connection to one is used for the other."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)
    with Loopback(context) as other:
        client = world.client(verify=trust, proxy=f"http://127.0.0.1:{proxy.port}")
        for _ in range(2):
            for origin in (secure, other):
                _ = world(client.get(f"{origin.url}/users"))

        assert ([1, 1], [1, 1], 2) == (
            [each.connection for each in secure.received],
            [each.connection for each in other.received],
            len(proxy.told),
        )


@pytest.mark.parametrize("body", [b"", b"x" * 300_000])
def test_tls_within_tls(
    world: World, secret_proxy: Proxy, secure: Loopback, trust: ssl.SSLContext, body: bytes
) -> None:
    """To an https origin through an https proxy; facts count what is HTTP's."""
    proxy = httpx.Proxy(f"https://127.0.0.1:{secret_proxy.port}", ssl_context=trust)
    client = world.client(base_url=secure.url, verify=trust, proxy=proxy)
    answer = world(client.post("/echo", content=body)).http
    facts, stream = answer.extensions[KEY], answer.extensions["network_stream"]

    assert (len(body), True, secret_proxy.port, True, True) == (
        len(answer.json()["body"]),
        facts.bytes_received > len(body) and facts.bytes_sent > len(body),
        facts.remote[1],
        stream.get_extra_info("ssl_object").version().startswith("TLS"),
        stream.get_extra_info("server_addr") == ("127.0.0.1", secret_proxy.port),
    )


def test_an_https_proxy_is_verified_by_itself(
    world: World, secret_proxy: Proxy, secure: Loopback, trust: ssl.SSLContext
) -> None:
    """What vouches for the origin vouches for no proxy."""
    client = world.client(base_url=secure.url, verify=trust, proxy=f"https://127.0.0.1:{secret_proxy.port}")

    with pytest.raises(TLSVerifyError):
        _ = world(client.get("/users"))


def reset(line: socket.socket) -> None:
    """Reset a connection."""
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    line.close()


def hello_then(act: Callable[[socket.socket], object]) -> Conversation:
    """A proxy that opens a tunnel, reads a client's hello, and acts."""

    def talk(connection: socket.socket) -> None:
        _ = head_of(connection)
        connection.sendall(OPENED)
        _ = connection.recv(65536)
        _ = act(connection)

    return talk


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        (lambda line: line.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"), httpx.ConnectError),
        (lambda line: line.close(), httpx.ConnectError),
        (lambda line: line.unwrap(), httpx.ConnectError),
        (reset, httpx.ConnectError),
        (stall, httpx.ConnectTimeout),
    ],
    ids=["nonsense", "gone", "ended", "reset", "stalled"],
)
def test_tls_within_tls_that_fails(
    world: World, secret_proxy: Proxy, trust: ssl.SSLContext, act: Any, expected: type[Exception]
) -> None:
    """Is a connection that was not made."""
    secret_proxy.first = [hello_then(act)]
    client = world.client(
        base_url="https://origin.test",
        verify=trust,
        proxy=httpx.Proxy(f"https://127.0.0.1:{secret_proxy.port}", ssl_context=trust),
        timeout=httpx.Timeout(5, connect=0.5),
        retry=False,
    )

    with pytest.raises(expected):
        _ = world(client.get("/"))


def test_what_breaks_in_a_handshake_is_connecting() -> None:
    """Whatever httpcore calls it."""
    with pytest.raises(httpcore.ConnectError, match="reset"), connecting():
        raise httpcore.ReadError("reset")


def within(connection: socket.socket, answer: bytes, last: bytes) -> None:
    """An origin's side of TLS within TLS: it answers a request, and then sends what is no TLS."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)
    came, out = ssl.MemoryBIO(), ssl.MemoryBIO()
    inner = context.wrap_bio(came, out, server_side=True)
    _ = head_of(connection)
    connection.sendall(OPENED)
    for act in (inner.do_handshake, lambda: inner.read(65536)):
        while True:
            try:
                _ = act()
                break
            except ssl.SSLWantReadError:
                connection.sendall(out.read())
                _ = came.write(connection.recv(65536))
    _ = inner.write(answer)
    if last == FAREWELL:
        with contextlib.suppress(ssl.SSLWantReadError):
            _ = inner.unwrap()
        last = b""
    connection.sendall(out.read() + last)
    connection.shutdown(socket.SHUT_RDWR)


FAREWELL = b"the end of TLS"


def answered_within(wire: Wire, secret_proxy: Proxy, trust: ssl.SSLContext, said: bytes, last: bytes) -> httpx.Response:
    """An answer over TLS within TLS."""
    secret_proxy.first = [lambda connection: within(connection, said, last)]
    proxy = httpx.Proxy(f"https://127.0.0.1:{secret_proxy.port}", ssl_context=trust)
    stock = wire.stock(verify=trust, proxy=proxy, resolver=lambda _host, _port: ["127.0.0.1"])
    return wire.send(stock, asked("https://127.0.0.1:9/"))


@pytest.mark.parametrize("last", [b"", b"nonsense" * 10], ids=["ended", "nonsense"])
@pytest.mark.parametrize("length", [b"Content-Length: 9\r\n", b""], ids=["a length", "no length"])
def test_a_body_that_breaks_off_within(
    wire: Wire, secret_proxy: Proxy, trust: ssl.SSLContext, last: bytes, length: bytes
) -> None:
    """Without TLS's closing word it is cut, whatever its head says."""
    response = answered_within(wire, secret_proxy, trust, b"HTTP/1.1 200 OK\r\n" + length + b"\r\nhalf", last)

    with pytest.raises(httpx.ReadError):
        _ = wire.read(response)


def test_a_body_that_ends_with_tls_within(wire: Wire, secret_proxy: Proxy, trust: ssl.SSLContext) -> None:
    """It is whole, and its connection of no more use."""
    response = answered_within(wire, secret_proxy, trust, b"HTTP/1.1 200 OK\r\n\r\nwhole", FAREWELL)
    stream = response.extensions["network_stream"]

    assert (b"whole", True) == (wire.read(response), stream.get_extra_info("is_readable"))


def without_length(end: Step) -> Server:
    """A proxy in whose tunnel an answer ends with its connection."""
    opens = (Connect(), Say(OPENED), Shake())
    return Server((*opens, Ask(), Say(b"HTTP/1.1 200 OK\r\n\r\nwhole?"), end), tls=True, opens=opens)


def test_an_answer_that_is_cut_is_no_answer(wire: Wire, trust: ssl.SSLContext) -> None:
    """Nothing but TLS's closing word tells its end."""
    with without_length(Close()) as server:
        stock = wire.stock(verify=trust, proxy=f"http://127.0.0.1:{server.port}")
        response = wire.send(stock, asked(server.at("127.0.0.1")))

        with pytest.raises(httpx.ReadError):
            _ = wire.read(response)


def test_a_connection_whose_tls_is_over_is_not_used_again(wire: Wire, trust: ssl.SSLContext) -> None:
    """Though it is still open below."""
    with without_length(Farewell()) as server:
        stock = wire.stock(verify=trust, proxy=f"http://127.0.0.1:{server.port}")
        bodies = [wire.whole(stock, asked(server.at("127.0.0.1") + "/next")).content for _ in range(2)]

        assert ([b"whole?", b"/next"], 2) == (bodies, server.seen.connections)


def test_a_forwarded_request(world: World, proxy: Proxy, server: Loopback) -> None:
    """Plain HTTP is handed to the proxy, with the whole URL and what only it may be told."""
    heads: list[bytes] = []

    def forward(connection: socket.socket) -> None:
        heads.append(head_of(connection))
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    proxy.first = [forward]
    client = world.client(base_url=server.url, proxy=f"http://me:secret@127.0.0.1:{proxy.port}")
    _ = world(client.get("/users", params={"a": 1}))

    lines = heads[0].split(b"\r\n")
    assert (f"GET {server.url}/users?a=1 HTTP/1.1".encode(), True) == (
        lines[0],
        b"Proxy-Authorization: Basic bWU6c2VjcmV0" in lines,
    )


def test_a_forwarded_request_that_is_refused(world: World, proxy: Proxy, server: Loopback) -> None:
    """407 is the proxy's answer, and nobody else's."""
    proxy.first = [answering(REFUSALS[0][0])]
    client = world.client(base_url=server.url, proxy=f"http://127.0.0.1:{proxy.port}")

    with pytest.raises(ProxyAuthError):
        _ = world(client.get("/users"))


def test_a_call_that_is_called_off_shakes_no_hands(wire: Wire, proxy: Proxy) -> None:
    """Its proxy is not even asked."""
    stop: Promise[None] = Promise()
    _ = stop.keep(None)

    with pytest.raises(ClientClosed):
        _ = wire.send(wire.stock(proxy=f"http://127.0.0.1:{proxy.port}"), asked("https://origin.test/", stop=stop))
    assert [] == proxy.told


def test_a_guard_and_a_proxy_are_refused() -> None:
    """Also by the transport alone."""
    with pytest.raises(ConfigError, match=r"^guard is set together with a proxy"):
        _ = Stock(guard=AddressGuard(), proxy="http://proxy.test")


def play(steps: Steps, *answers: bytes) -> list[bytes]:
    """Go through a handshake with a proxy's answers: what it was told."""
    told = [next(steps)]
    for each in answers:
        try:
            told.append(steps.send(each))
        except StopIteration:
            return told
    pytest.fail("the handshake wants more")


NAMED = b"\x03\x0borigin.test\x01\xbb"


@pytest.mark.parametrize(
    ("host", "auth", "answers", "told"),
    [
        pytest.param(
            "origin.test", None, [b"\x05\x00", SOCKS_OPENED], [b"\x05\x01\x00", b"\x05\x01\x00" + NAMED], id="a name"
        ),
        pytest.param(
            "192.0.2.1",
            None,
            [b"\x05\x00", SOCKS_OPENED],
            [b"\x05\x01\x00", b"\x05\x01\x00\x01\xc0\x00\x02\x01\x01\xbb"],
            id="IPv4",
        ),
        pytest.param(
            "::1",
            None,
            [b"\x05\x00", b"\x05\x00\x00\x04" + bytes(18)],
            [b"\x05\x01\x00", b"\x05\x01\x00\x04" + bytes(15) + b"\x01\x01\xbb"],
            id="IPv6",
        ),
        pytest.param(
            "origin.test",
            ("me", "secret"),
            [b"\x05\x02", b"\x01\x00", b"\x05\x00\x00\x03\x01a\x00\x50"],
            [b"\x05\x02\x00\x02", b"\x01\x02me\x06secret", b"\x05\x01\x00" + NAMED],
            id="a password",
        ),
        pytest.param(
            "origin.test",
            ("me", "secret"),
            [b"\x05\x00", SOCKS_OPENED],
            [b"\x05\x02\x00\x02", b"\x05\x01\x00" + NAMED],
            id="a password that is not wanted",
        ),
        pytest.param(
            "origin.test",
            None,
            [b"\x05", b"\x00", SOCKS_OPENED[:2], SOCKS_OPENED[2:5], SOCKS_OPENED[5:]],
            [b"\x05\x01\x00", b"", b"\x05\x01\x00" + NAMED, b"", b""],
            id="in pieces",
        ),
    ],
)
def test_the_handshake_of_socks(
    host: str, auth: tuple[str, str] | None, answers: list[bytes], told: list[bytes]
) -> None:
    """As RFC 1928 and RFC 1929 have it, in whatever pieces it comes."""
    assert told == play(socks(host, 443, auth), *answers)


@pytest.mark.parametrize(
    ("auth", "answers", "kind", "said"),
    [
        (None, [b""], ProxyError, "ended the connection"),
        (None, [b"HT"], ProxyError, "does not speak SOCKS 5"),
        (None, [b"\x05\x02"], ProxyError, "does not speak SOCKS 5"),
        (None, [b"\x05\xff"], ProxyAuthError, "wants other credentials"),
        (("me", "secret"), [b"\x05\x02", b"\x01\x01"], ProxyAuthError, "does not accept"),
        (("me", "secret"), [b"\x05\x02", b""], ProxyAuthError, "does not accept"),
        (None, [b"\x05\x00", b"\x05\x05\x00\x01" + bytes(6)], ProxyError, "the connection was refused"),
        (None, [b"\x05\x00", b"\x05\x99\x00\x01" + bytes(6)], ProxyError, "does not say why"),
        (None, [b"\x05\x00", b"\x04\x00\x00\x01" + bytes(6)], ProxyError, "does not speak SOCKS 5"),
        (None, [b"\x05\x00", b"\x05\x00\x00\x09" + bytes(6)], ProxyError, "does not speak SOCKS 5"),
        (None, [b"\x05\x00", SOCKS_OPENED[:7], b""], ProxyError, "ended the connection"),
        (None, [b"\x05\x00", SOCKS_OPENED + b"hello"], ProxyError, "before the origin was asked"),
    ],
)
def test_a_handshake_of_socks_that_fails(
    auth: tuple[str, str] | None, answers: list[bytes], kind: type[ProxyError], said: str
) -> None:
    """With the error of the proxy, which shows no password."""
    with pytest.raises(kind, match=said) as caught:
        _ = play(socks("origin.test", 443, auth), *answers)

    assert (kind, False) == (type(caught.value), "secret" in str(caught.value))


def test_a_name_that_socks_cannot_write() -> None:
    """Is no host's."""
    with pytest.raises(InputError, match="more than 255"):
        _ = play(socks("a" * 256, 443, None), b"\x05\x00")


def test_an_address_in_connect_has_brackets() -> None:
    """As in a URL (RFC 9110, section 7.2)."""
    assert [b"CONNECT [::1]:443 HTTP/1.1\r\nHost: [::1]:443\r\n\r\n"] == play(connect("::1", 443, ()), OPENED)


def test_connect_in_pieces() -> None:
    """Also one that comes after something informational."""
    answer = b"HTTP/1.1 103 Early Hints\r\n\r\n" + OPENED
    told = play(connect("a.test", 443, ()), *[answer[at : at + 1] for at in range(len(answer))])

    assert {b""} == set(told[1:])
