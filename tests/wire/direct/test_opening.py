"""How connections are opened: names, Unix sockets, local addresses, options, and what is refused."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from restkit import AddressGuard, AddressRefused, ClientClosed, TLSVerifyError
from restkit.flow import Limit, Promise
from restkit.flow.deadline import KEY as LIMIT
from restkit.flow.deadline import MomentPassed
from restkit.testing import VirtualClock
from restkit.wire.facts import KEY
from tests.campaign.wire_script import Await, Reset
from tests.client.worlds import World
from tests.loopback import PATIENCE, Loopback
from tests.tls import OK
from tests.wire.direct.conftest import HOST, Play, Road, get
from tests.wire.direct.test_resending import reset

NO_PIN = "sha256/" + "A" * 43 + "="


@pytest.fixture
def unix(tmp_path: Path) -> Iterator[str]:
    """A Unix socket on which each request is answered with `hello`."""
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket"))
        listening.listen()

        def serve() -> None:
            line, _ = listening.accept()
            with line:
                while line.recv(65536):
                    line.sendall(OK)

        thread = threading.Thread(target=serve)
        thread.start()
        yield str(tmp_path / "socket")
    thread.join(PATIENCE)


def test_a_unix_socket(world: World, road: Road, unix: str) -> None:
    """It has no address, and its connection is used again."""
    transport = road.transport(uds=unix)

    answers = [road.whole(transport, httpx.Request("GET", "http://api.test/")) for _ in range(2)]
    road.close(transport)

    assert [b"hello", b"hello"] == [each.content for each in answers]
    assert (None, True, True) == (
        answers[1].extensions[KEY].remote,
        answers[1].extensions[KEY].reused,
        world is road.world,
    )


def test_a_unix_socket_that_may_not_be_called(road: Road) -> None:
    """A guard lets nobody at this machine."""
    transport = road.transport(uds="/nowhere", guard=AddressGuard())

    with pytest.raises(AddressRefused):
        _ = road.whole(transport, httpx.Request("GET", "http://api.test/"))


def test_a_unix_socket_that_is_not_there(road: Road) -> None:
    """Nobody can be reached."""
    with pytest.raises(httpx.ConnectError):
        _ = road.whole(road.transport(uds="/nowhere"), httpx.Request("GET", "http://api.test/"))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_an_address_that_may_not_be_called(road: Road, play: Play, host: str) -> None:
    """Whether the URL or a name leads there; and its place is free again."""
    server, transport = play(), road.one(guard=AddressGuard())

    for _ in range(2):
        with pytest.raises(AddressRefused):
            _ = road.whole(transport, httpx.Request("GET", server.at(host)))

    assert 0 == server.seen.connections


def test_where_it_comes_from(road: Road, play: Play) -> None:
    """The local address."""
    response = road.whole(road.transport(local_address="127.0.0.5"), get(play()))

    assert "127.0.0.5" == response.extensions["network_stream"].get_extra_info("client_addr")[0]


def test_options_of_its_socket(road: Road, play: Play) -> None:
    """As httpx has them."""
    options = [(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)]
    response = road.whole(road.transport(socket_options=options), get(play()))

    line = response.extensions["network_stream"].get_extra_info("socket")
    assert 1 == line.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)


def test_a_name(road: Road, play: Play) -> None:
    """It is looked up, which takes its time."""
    server = play()
    transport = road.transport(resolver=lambda _host, _port: [HOST])

    facts = road.whole(transport, httpx.Request("GET", server.at("api.test"))).extensions[KEY]

    assert ((HOST, server.port), True, True) == (facts.remote, facts.times.dns >= 0, facts.times.connect >= 0)


def test_a_name_that_leads_nowhere(road: Road) -> None:
    """Nobody can be reached, and nothing was sent; the place is free again."""
    transport = road.one(resolver=lambda _host, _port: [])
    request = httpx.Request("GET", "http://api.test/")

    for _ in range(2):
        with pytest.raises(httpx.ConnectError):
            _ = road.whole(transport, request)

    assert 0 == request.extensions[KEY].bytes_sent


def test_a_scheme_that_nobody_speaks(road: Road) -> None:
    """It is refused."""
    with pytest.raises(httpx.UnsupportedProtocol):
        _ = road.whole(road.transport(), httpx.Request("GET", "ftp://127.0.0.1/"))


def test_the_name_for_tls(road: Road, secure: Loopback, trust: ssl.SSLContext) -> None:
    """One that the certificate has not is refused, whatever the URL says."""
    transport = road.one(verify=trust)
    request = httpx.Request("GET", f"{secure.url}/echo", extensions={"sni_hostname": "elsewhere.test"})

    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        _ = road.whole(transport, request)

    assert 200 == road.whole(transport, httpx.Request("GET", f"{secure.url}/echo")).status_code


def test_a_certificate_of_a_stranger(road: Road, secure: Loopback) -> None:
    """Hands are not shaken."""
    transport = road.one()

    for _ in range(2):
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            _ = road.whole(transport, httpx.Request("GET", f"{secure.url}/echo"))


def test_a_key_that_was_not_expected(road: Road, secure: Loopback, trust: ssl.SSLContext) -> None:
    """Hands were shaken, but nothing is said; the place is free again."""
    transport = road.one(verify=trust, pins=[NO_PIN])

    for _ in range(2):
        with pytest.raises(TLSVerifyError):
            _ = road.whole(transport, httpx.Request("GET", f"{secure.url}/echo"))

    assert [] == secure.received


def test_a_name_that_tls_cannot_say(road: Road, play: Play, knows: ssl.SSLContext) -> None:
    """The socket is closed, and the place is free again."""
    server, transport = play(tls=True), road.one(verify=knows)

    for _ in range(2):
        with pytest.raises(httpx.LocalProtocolError, match="server name has a label"):
            _ = road.whole(transport, get(server, extensions={"sni_hostname": "a" * 70}))

    assert b"/own" == road.body(transport, get(server, "/own"))


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "over TLS"])
@pytest.mark.parametrize("ends", ["its moment passes", "it is called off"])
def test_a_connection_that_comes_too_late(
    road: Road, play: Play, knows: ssl.SSLContext, ends: str, *, tls: bool
) -> None:
    """Its socket is closed, and the place is free again."""
    server, transport, made = play(tls=tls), road.one(verify=knows), list[socket.socket]()
    clock, stop = VirtualClock(), Promise[None](shared=True)

    def trace(event: str, info: dict[str, Any]) -> None:
        if event == "connection.connect_tcp.complete":
            made.append(info["return_value"])
            clock.sleep(60) if ends == "its moment passes" else stop.keep()

    limit = Limit(clock.now() + 60, clock, stop)
    with pytest.raises((MomentPassed, ClientClosed)):
        _ = road.whole(transport, get(server, extensions={"trace": trace, LIMIT: limit}))

    assert (-1, b"/own") == (made[0].fileno(), road.body(transport, get(server, "/own")))


def test_hands_that_are_withdrawn(road: Road, play: Play, knows: ssl.SSLContext) -> None:
    """By a server that resets the connection before they are shaken, or while."""
    server = play((Await(), Reset()), (Reset(),), tls=True)

    def trace(event: str, _: object) -> None:
        if event == "connection.start_tls.started":
            reset(server)

    for extensions in ({"trace": trace}, {}):
        with pytest.raises(httpx.ConnectError):
            _ = road.whole(road.transport(verify=knows), get(server, extensions=extensions))
