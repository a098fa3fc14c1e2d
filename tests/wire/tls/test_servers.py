"""Servers that a transport trusts, and those that it does not: the same in all worlds.

F07-F10 are the rows of the table of faults; S14 and S15 are of its security.
"""

from __future__ import annotations

import hashlib
import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509

from restkit import ConnectError, ConnectTimeout, InsecureWarning, ProtocolError, TLSError, TLSVerifyError
from restkit.quotation import causes
from restkit.wire import Stock
from restkit.wire.tls import Tls, refuse_tls
from tests.client.worlds import World
from tests.tls import STRANGERS, TlsServer, issued, outdate, reset, shown_by, trusting
from tests.wire.conftest import Speak, Wire, asked, at


def test_a_good_certificate(wire: Wire, trusted: TlsServer, files: dict[str, str]) -> None:
    """Vouched for by the authorities of a file."""
    response = wire.whole(wire.stock(verify=files["ca"]), asked(trusted.url))

    assert b"hello" == response.content


def test_authorities_in_a_folder(wire: Wire, trusted: TlsServer, files: dict[str, str], tmp_path: Path) -> None:
    """By their hashes, as OpenSSL wants them."""
    folder = tmp_path / "authorities"
    folder.mkdir()
    (folder / f"{hash_of(files['ca'])}.0").symlink_to(files["ca"])
    response = wire.whole(wire.stock(verify=folder), asked(trusted.url))

    assert b"hello" == response.content


def hash_of(path: str) -> str:
    """The hash of a certificate's subject, as `openssl rehash` computes it: of its parts, in small letters."""
    subject = x509.load_pem_x509_certificate(Path(path).read_bytes()).subject
    parts = [x509.Name([x509.NameAttribute(each.oid, str(each.value).lower())]).public_bytes() for each in subject]
    digest = hashlib.sha1(b"".join(part[2:] for part in parts), usedforsecurity=False).digest()
    return digest[3::-1].hex()


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: issued(ended=True), id="expired"),
        pytest.param(lambda: issued("other.test"), id="wrong-host"),
        pytest.param(lambda: issued(by=STRANGERS), id="unknown-authority"),
    ],
)
def test_a_certificate_that_is_refused(world: World, files: dict[str, str], make: Callable[[], Any]) -> None:
    """Its reason is the cause; nothing is sent, also not in plain text (F07)."""
    heard = list[bytes]()
    with TlsServer(shown_by(make()), lambda line: heard.append(line.recv(65536))) as server:
        with pytest.raises(TLSVerifyError, match="CERTIFICATE_VERIFY_FAILED") as caught:
            world(world.client(base_url=server.url, verify=files["ca"]).get("/"))

        assert (1, b"") == (server.connections, b"".join(heard))
    assert any(isinstance(each, ssl.SSLCertVerificationError) for each in causes(caught.value))


def test_a_name_is_asked_for(wire: Wire, trusted: TlsServer, files: dict[str, str]) -> None:
    """Without the dot of the root; an address is none."""
    stock = wire.stock(verify=files["ca"], resolver=at("127.0.0.1"))
    for host in ("api.test", "api.test.", "127.0.0.1"):
        _ = wire.whole(stock, asked(trusted.at(host)))

    assert ["api.test", "api.test", None] == trusted.names


@pytest.mark.parametrize("latest", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_an_outdated_server(world: World, files: dict[str, str], latest: ssl.TLSVersion) -> None:
    """TLS 1.2 is the least, whatever OpenSSL would do."""
    with TlsServer(shown_by(issued(), latest=latest)) as server:
        client = world.client(base_url=server.url, verify=files["ca"])
        with pytest.raises(TLSError, match=r"(?i)protocol.version"):
            world(client.get("/"))


def test_an_outdated_server_would_be_heard() -> None:
    """By a context that allows it: so it is ours that does not."""
    context = trusting()
    outdate(context, ssl.TLSVersion.TLSv1_1)
    with (
        TlsServer(shown_by(issued(), latest=ssl.TLSVersion.TLSv1_1)) as server,
        httpx.Client(transport=Stock(context)) as client,
    ):
        assert "hello" == client.get(server.url).text


def test_a_server_that_asks_who_we_are(wire: Wire, files: dict[str, str]) -> None:
    """It is shown the certificate: one file, or two."""
    shown = list[Any]()

    def note(line: ssl.SSLSocket) -> None:
        """Note what was shown, and answer."""
        shown.append(line.getpeercert(binary_form=True))
        _ = line.recv(65536)
        line.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")

    with TlsServer(shown_by(issued(), asks_for="ours"), note) as server:
        for cert in (files["both"], (files["leaf"], files["key"])):
            _ = wire.whole(wire.stock(verify=files["ca"], cert=cert), asked(server.url))

    mine = ssl.PEM_cert_to_DER_cert(Path(files["leaf"]).read_text())
    assert [mine, mine] == shown


@pytest.mark.parametrize("latest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_server_that_hears_not_who_we_are(world: World, files: dict[str, str], latest: ssl.TLSVersion) -> None:
    """It says so during the handshake, or in TLS 1.3 after it: no secure connection either way."""
    context = shown_by(issued(), asks_for="ours")
    context.maximum_version = latest
    with TlsServer(context) as server, pytest.raises(TLSError) as caught:
        world(world.client(base_url=server.url, verify=files["ca"]).get("/"))

    assert TLSError is type(caught.value)


def test_a_certificate_that_the_server_does_not_know(world: World, files: dict[str, str]) -> None:
    """Likewise."""
    context = shown_by(issued(), asks_for=STRANGERS)
    with TlsServer(context) as server, pytest.raises(TLSError, match="wants another client certificate"):
        world(world.client(base_url=server.url, verify=files["ca"], cert=files["both"]).get("/"))


def test_verify_is_of_one_client(world: World, trusted: TlsServer) -> None:
    """A client that verifies nothing leaves no trace in the next one (S14)."""
    with pytest.warns(InsecureWarning):
        lax = world.client(base_url=trusted.url, verify=False)
    answer = world(lax.get("/")).status_code

    with pytest.raises(TLSVerifyError):
        world(world.client(base_url=trusted.url).get("/"))
    assert (200, 200) == (answer, world(lax.get("/")).status_code)


def test_two_identities_share_no_connection(wire: Wire, trusted: TlsServer, files: dict[str, str]) -> None:
    """Though both are trusted, and an idle one is there (S15)."""
    stocks = [wire.stock(verify=files["ca"]), wire.stock(verify=trusting())]
    for stock in stocks * 2:
        _ = wire.whole(stock, asked(trusted.url))

    assert 2 == trusted.connections


def test_the_protocols_of_ones_own_context_stay(wire: Wire) -> None:
    """Httpcore would set them; nobody else does."""
    offered, context = shown_by(issued()), trusting()
    offered.set_alpn_protocols(["http/1.1", "mine"])
    context.set_alpn_protocols(["mine"])
    with TlsServer(offered) as server:
        _ = wire.whole(wire.stock(verify=context), asked(server.url))

        assert ["mine"] == [line.selected_alpn_protocol() for line in server.shaken]


def test_http1_is_agreed_upon(wire: Wire, files: dict[str, str]) -> None:
    """Nothing else is offered."""
    offered = shown_by(issued())
    offered.set_alpn_protocols(["h2", "http/1.1"])
    with TlsServer(offered) as server:
        _ = wire.whole(wire.stock(verify=files["ca"]), asked(server.url))

        assert ["http/1.1"] == [line.selected_alpn_protocol() for line in server.shaken]


def test_a_handshake_that_is_reset(world: World, files: dict[str, str]) -> None:
    """A connection that could not be made (F08)."""

    def hear(line: socket.socket) -> None:
        """Read the greeting, and go."""
        _ = line.recv(65536)
        reset(line)

    with TlsServer(shown_by(issued()), before=hear) as server, pytest.raises(ConnectError) as caught:
        world(world.client(base_url=server.url, verify=files["ca"]).get("/"))

    assert not isinstance(caught.value, TLSVerifyError)


def test_a_handshake_that_stalls(world: World, files: dict[str, str]) -> None:
    """It takes no longer than connecting may (F09)."""
    with TlsServer(shown_by(issued()), before=lambda _: server.over.wait() and None) as server:
        client = world.client(base_url=server.url, verify=files["ca"], timeout=httpx.Timeout(30, connect=0.05))
        with pytest.raises(ConnectTimeout):
            world(client.get("/"))


def test_plain_http_where_tls_is_expected(world: World, speak: Speak) -> None:
    """Somebody has mixed up two ports (F10)."""
    url = speak(lambda line: line.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"))

    with pytest.raises(ProtocolError, match="does not speak TLS at this port, but perhaps plain HTTP"):
        world(world.client(base_url=url.replace("http:", "https:")).get("/"))


@pytest.mark.parametrize("answer", [b"\x15\x03\x01\x00\x02\x02\x16", b"\x16\x03\x03\x00\x7a\x02"])
def test_tls_where_plain_http_is_expected(world: World, speak: Speak, answer: bytes) -> None:
    """The other way round: an alert, or a handshake."""

    def say(line: socket.socket) -> None:
        """Read the request, and answer it."""
        _ = line.recv(65536)
        line.sendall(answer)

    with pytest.raises(ProtocolError, match="answers plain HTTP in TLS"):
        world(world.client(base_url=speak(say)).get("/"))


def test_a_body_may_look_like_tls(wire: Wire, speak: Speak) -> None:
    """Only the beginning of an answer is looked at."""

    def say(line: socket.socket) -> None:
        """Answer in two parts."""
        _ = line.recv(65536)
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n")
        _ = line.recv(1)
        line.sendall(b"\x15\x03\x01")

    stock = wire.stock()
    response = wire.send(stock, asked(speak(say)))
    stream = response.extensions["network_stream"]
    wire.world(stream.write(b"!"))

    assert b"\x15\x03\x01" == wire.read(response)


def test_what_is_no_tls() -> None:
    """It passes."""
    assert None is refuse_tls(b"HTTP/1.1 200 OK")  # type: ignore[func-returns-value]


def test_an_identity_vets_nothing_unless_told() -> None:
    """It does not even look."""
    assert None is Tls().vet(None, "api.test")  # type: ignore[arg-type, func-returns-value]


def test_a_stream_of_a_users_own(world: World, trusted: TlsServer) -> None:
    """TLS that a user begins on a connection knows no pins, only the context that was passed."""
    from restkit.wire.awaited_backend import AwaitedBackend
    from restkit.wire.backend import BoundBackend

    backend: Any = AwaitedBackend() if world.awaits else BoundBackend()
    stream = world(backend.connect_tcp("127.0.0.1", trusted.port))
    secure = world(stream.start_tls(trusting(), "localhost"))
    world(secure.write(b"hi"))

    assert world(secure.read(65536)).startswith(b"HTTP/1.1 200 OK")
    world(secure.aclose() if world.awaits else secure.close())
