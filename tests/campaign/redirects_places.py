"""Servers on real sockets that send a call elsewhere, told apart by where they listen, and all that arrived there."""

from __future__ import annotations

import contextlib
import socket
import ssl
import tempfile
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from attrs import field, frozen

from tests.loopback import wrapped
from tests.tls import OURS, authority, issued

HOME, IDNA, IDNA_ASCII = "api.home.test", "bücher.test", "xn--bcher-kva.test"
OTHER, BELOW, ABOVE = "other.test", "www.api.home.test", "home.test"
HERE, THERE = "127.0.0.1", "127.0.0.2"
ADDRESSES = {HOME: HERE, IDNA_ASCII: HERE, OTHER: THERE, BELOW: THERE, ABOVE: THERE}
PATIENCE = 20.0


@frozen
class Arrived:
    """A request as it came."""

    place: str
    target: str
    raw: bytes
    is_certified: bool


@frozen
class Places:
    """All servers. `answers` says where a target leads, by status and Location; any other answers 200."""

    answers: dict[str, tuple[int, str]] = field(factory=dict[str, "tuple[int, str]"])
    arrived: list[Arrived] = field(factory=list[Arrived])
    ports: dict[str, int] = field(factory=dict[str, int])
    """Those of `http`, `https`, and of the same host at another port: `http2`, `https2`."""
    paths: dict[str, str] = field(factory=dict[str, str])
    """Unix sockets, for `http` and `https`."""
    sockets: list[socket.socket] = field(factory=list[socket.socket])

    def of(self, prefix: str) -> list[Arrived]:
        """What arrived of one call, in its order."""
        return [each for each in self.arrived if each.target.startswith(prefix)]


def resolver(host: str, _port: int, /) -> list[str]:
    """Where each name leads."""
    return [ADDRESSES[host]]


def context() -> ssl.SSLContext:
    """A server's, with a certificate for all names; it asks for a client's."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    issued(HOME, IDNA_ASCII, OTHER, BELOW, ABOVE, HERE, THERE).configure_cert(made)
    authority(OURS).configure_trust(made)
    made.verify_mode = ssl.CERT_OPTIONAL
    return made


def pair() -> tuple[socket.socket, socket.socket]:
    """The same port at both addresses."""
    while True:
        here = socket.create_server((HERE, 0))
        try:
            return here, socket.create_server((THERE, here.getsockname()[1]))
        except OSError:
            here.close()


def unix(path: Path) -> socket.socket:
    """A Unix socket."""
    made = socket.socket(socket.AF_UNIX)
    made.bind(str(path))
    made.listen()
    return made


@contextmanager
def running() -> Generator[Places]:
    """Serve, in threads."""
    places = Places()
    with tempfile.TemporaryDirectory() as folder:
        for scheme in ("http", "https"):
            tls = context() if scheme == "https" else None
            here, there = pair()
            second, local = socket.create_server((HERE, 0)), unix(Path(folder, scheme))
            places.ports[scheme], places.ports[f"{scheme}2"] = here.getsockname()[1], second.getsockname()[1]
            places.paths[scheme] = str(Path(folder, scheme))
            for name, listening in {"here": here, "there": there, "second": second, "local": local}.items():
                start(places, f"{scheme} {name}", listening, tls)
        try:
            yield places
        finally:
            for each in list(places.sockets):
                with contextlib.suppress(OSError):
                    socket.socket.shutdown(each, socket.SHUT_RDWR)
                each.close()


def start(places: Places, name: str, listening: socket.socket, tls: ssl.SSLContext | None) -> None:
    """Accept at a socket until it is closed."""
    places.sockets.append(listening)

    def accept() -> None:
        """Serve each connection in a thread of its own."""
        with contextlib.suppress(OSError):
            while True:
                line, _ = listening.accept()
                line.settimeout(PATIENCE)
                places.sockets.append(line)
                threading.Thread(target=serve, args=(places, name, line, tls), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()


def serve(places: Places, name: str, line: socket.socket, tls: ssl.SSLContext | None) -> None:
    """Answer the requests of a connection."""
    with contextlib.suppress(OSError, ValueError):
        talking = line if tls is None else wrapped(tls, line)
        certified = isinstance(talking, ssl.SSLSocket) and bool(talking.getpeercert())
        with talking, talking.makefile("rb") as reading:
            while raw := request_from(reading):
                target = raw.split(b" ", 2)[1].decode("latin-1").partition("?")[0]
                places.arrived.append(Arrived(name, target, raw, certified))
                talking.sendall(answer(*places.answers.get(target, (200, ""))))


def request_from(reading: socket.SocketIO | object) -> bytes:
    """A whole request, nothing at the end."""
    raw, length = b"", 0
    for line in iter(reading.readline, b""):  # type: ignore[attr-defined] # a file of bytes
        raw += line
        name, _, value = line.partition(b":")
        length = int(value) if name.lower() == b"content-length" else length
        if line == b"\r\n":
            return raw + bytes(reading.read(length))  # type: ignore[attr-defined] # likewise
    return b""


def answer(status: int, location: str) -> bytes:
    """An answer that leads elsewhere, or does not."""
    where = f"Location: {location}\r\n".encode() if location else b""
    return b"HTTP/1.1 %d X\r\n%sContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok" % (status, where)
