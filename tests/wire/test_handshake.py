"""TLS handshakes that come to nothing (F07, F08, F09): the same in all worlds, and nothing stays open."""

from __future__ import annotations

import select
import socket
import ssl
import struct
import threading
from collections.abc import Callable

import httpcore
import httpx
import pytest

from restkit import ClientClosed, ConnectError, ConnectTimeout, TLSVerifyError
from restkit.flow import Promise
from restkit.flow.deadline import MomentPassed
from restkit.wire import Stock
from restkit.wire.awaited import AwaitedStream
from restkit.wire.stream import BoundStream
from tests.client.worlds import World
from tests.loopback import PATIENCE, Loopback
from tests.wire.conftest import Speak, Wire, asked, descriptors, left_open


def secured(url: str) -> str:
    """The same server, of whom TLS is expected."""
    return url.replace("http:", "https:")


def reset(connection: socket.socket, reads: int = 65536) -> None:
    """Read the greeting, and end the connection at once."""
    _ = connection.recv(reads)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def hang_up(connection: socket.socket) -> None:
    """Read the greeting, and go."""
    _ = connection.recv(65536)
    connection.close()


class Silent:
    """Reads the greeting, and answers nothing."""

    def __init__(self) -> None:
        self.heard, self.done = threading.Event(), threading.Event()

    def __call__(self, connection: socket.socket) -> None:
        """Listen."""
        _ = connection.recv(65536)
        self.heard.set()
        _ = self.done.wait(PATIENCE)


@pytest.mark.parametrize("ends", [reset, hang_up])
def test_a_handshake_that_breaks(
    world: World, speak: Speak, trust: ssl.SSLContext, ends: Callable[[socket.socket], None]
) -> None:
    """A connection that could not be made."""
    client = world.client(base_url=secured(speak(ends)), verify=trust, retry=False)

    with pytest.raises(ConnectError):
        world(client.get("/"))


def test_a_handshake_that_stalls(world: World, speak: Speak, trust: ssl.SSLContext) -> None:
    """It takes no longer than connecting may."""
    silent = Silent()
    client = world.client(base_url=secured(speak(silent)), verify=trust, timeout=httpx.Timeout(30, connect=0.05))

    with pytest.raises(ConnectTimeout):
        world(client.get("/"))
    silent.done.set()


def test_a_handshake_leaves_nothing_open(wire: Wire, speak: Speak, trust: ssl.SSLContext) -> None:
    """However it ends."""
    silent, stop = Silent(), Promise[None]()
    url = secured(speak(silent))
    stock, before = wire.stock(verify=trust), descriptors()
    keeper = threading.Thread(target=lambda: silent.heard.wait(PATIENCE) and stop.keep())
    keeper.start()

    with pytest.raises(ClientClosed):
        _ = wire.send(stock, asked(url, stop))
    keeper.join(PATIENCE)

    assert 0 == left_open(before + 1)  # one is the server's
    silent.done.set()


def test_a_handshake_that_outlasts_its_moment(wire: Wire, speak: Speak, trust: ssl.SSLContext) -> None:
    """It does not."""
    silent = Silent()

    with pytest.raises(MomentPassed):
        _ = wire.send(wire.stock(verify=trust), asked(secured(speak(silent)), None, 0.05))
    silent.done.set()


def test_a_certificate_that_nobody_vouches_for(world: World, secure: Loopback) -> None:
    """Nothing is sent, and no plain text is tried."""
    client = world.client(base_url=secure.url)

    with pytest.raises(TLSVerifyError, match="CERTIFICATE_VERIFY_FAILED"):
        world(client.get("/echo"))

    assert [] == secure.received


def test_a_certificate_for_another_host(world: World, secure: Loopback, trust: ssl.SSLContext) -> None:
    """Likewise."""
    port = httpx.URL(secure.url).port
    stock = Stock(trust, resolver=lambda _host, _port: ["127.0.0.1"])
    client = world.client(base_url=f"https://api.test:{port}", transport=stock)

    with pytest.raises(TLSVerifyError):
        world(client.get("/echo"))

    assert [] == secure.received


def test_what_is_known_of_a_secure_connection(wire: Wire, secure: Loopback, trust: ssl.SSLContext) -> None:
    """Its certificate, its version, the protocol that was agreed upon."""
    response = wire.send(wire.stock(verify=trust), asked(f"{secure.url}/echo"))
    tls = response.extensions["network_stream"].get_extra_info("ssl_object")

    assert (True, "TLSv1.3", None) == (bool(tls.getpeercert()), tls.version(), tls.selected_alpn_protocol())
    _ = wire.read(response)


@pytest.mark.parametrize("hangs", ["nowhere", "no more"])
def test_a_handshake_on_a_line_that(world: World, trust: ssl.SSLContext, hangs: str) -> None:
    """The other side was faster, or we were; the socket is closed."""
    alone = socket.socket()
    alone.settimeout(0)
    if hangs == "no more":
        alone.close()

    with pytest.raises(httpcore.ConnectError):
        shake_hands(world, alone, trust)

    assert -1 == alone.fileno()


def test_a_handshake_with_who_has_gone(world: World, trust: ssl.SSLContext) -> None:
    """The socket is closed, which Python's own `wrap_socket` forgets: it would be open as long as the error is kept."""
    before = descriptors()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        near, far = socket.create_connection(listening.getsockname()), listening.accept()[0]
    reset(far, 0)
    _ = select.select([near], [], [], PATIENCE)
    near.settimeout(0)

    with pytest.raises(httpcore.ConnectError) as caught:
        shake_hands(world, near, trust)

    assert (0, -1, True) == (left_open(before), near.fileno(), caught.value.__cause__ is not None)


def test_a_handshake_within_tls(world: World, trust: ssl.SSLContext) -> None:
    """It is refused, where it would have been garbage; the socket is closed."""
    near, far = socket.socketpair()
    near.settimeout(0)
    line = trust.wrap_socket(near, server_hostname="localhost", do_handshake_on_connect=False)

    with far, pytest.raises(httpcore.ConnectError, match="TLS within TLS"):
        shake_hands(world, line, trust)

    assert -1 == line.fileno()


def shake_hands(world: World, line: socket.socket, trust: ssl.SSLContext) -> None:
    """Begin TLS on a line."""
    kind = AwaitedStream if world.awaits else BoundStream
    world(kind(line).start_tls(trust, "localhost", 5))
