"""A server on real sockets that plays a script to each connection, and is healthy when the scripts are over.

It counts what it sees: connections, those that are open, bytes, and each whole head of a request.
"""

from __future__ import annotations

import contextlib
import functools
import select
import socket
import ssl
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import attrs

from tests.campaign.wire_script import Over, Script, answer

CERTIFICATES = Path(__file__).parent / "certificates"
GOOD = Path(__file__).parents[1] / "errors" / "loopback.pem"
GONE = select.POLLRDHUP | select.POLLHUP | select.POLLERR
PATIENCE = 20.0
"""Seconds after which a conversation is over, whatever it is about."""
LONGEST = 1 << 17
"""Bytes of a line or a head. What is longer belongs to a request that a script did not read."""
SMALL = 4096
"""Bytes of a receive buffer: a client that sends much more has to wait."""


@functools.cache
def certified(name: str) -> ssl.SSLContext:
    """A server's context with one of our certificates."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(GOOD if name == "good" else CERTIFICATES / f"{name}.pem")
    return context


@functools.cache
def trusting() -> ssl.SSLContext:
    """A client's context that knows all of our certificates but the stranger's."""
    context = ssl.create_default_context(cafile=str(GOOD))
    for name in ("expired", "elsewhere"):
        context.load_verify_locations(CERTIFICATES / f"{name}.pem")
    return context


@attrs.define
class Seen:
    """What a server has seen."""

    connections: int = 0
    open: int = 0
    most: int = 0
    """The most connections that were open at once."""
    size: int = 0
    """Bytes, without those of TLS."""
    heads: list[tuple[str, str]] = attrs.field(factory=list[tuple[str, str]])
    """Method and target of each request whose head came whole."""

    def times(self, target: str) -> int:
        """How often a target was asked for."""
        return sum(each == target for _, each in self.heads)


class Server:
    """The server: use it in a `with`. The nth connection is played the nth script, those behind the last are healthy.

    `healed` ends what stalls or drips. Over TLS, healthy connections shake hands first.
    """

    def __init__(self, *scripts: Script, tls: bool = False, backlog: int = 128, listens: bool = True) -> None:
        self.seen = Seen()
        self.changed = threading.Condition()
        self.told = threading.Event()
        self.marked = threading.Event()
        self._scripts, self._tls, self._backlog = scripts, tls, backlog
        self._healing, self._healed = socket.socketpair()
        self._listening = socket.socket()
        self._listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
        self._listening.bind(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._crowd: list[socket.socket] = []
        self._accepts = self._over = self._ends = False
        self._acceptor = threading.Thread(target=self._accept, daemon=True)
        if listens:
            self._listening.listen(backlog)
            self._begin() if backlog else self._fill()

    def _begin(self) -> None:
        self._accepts = True
        self._acceptor.start()

    def _fill(self) -> None:
        """Have so many wait in line that nobody else is let in."""
        for _ in range(4):
            waiting = socket.socket()
            waiting.settimeout(0)
            _ = waiting.connect_ex(("127.0.0.1", self.port))
            self._crowd.append(waiting)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.heal()
        self._ends = True
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._acceptor.join(PATIENCE)  # closed under it, it would let in whoever calls the next server of that number
        self._listening.close()
        with self.changed:
            self._over = True
            self._settle()

    def _settle(self) -> None:
        """Whoever comes last closes what those who pause look at."""
        if self._over and not self.seen.open:
            self._healed.close()

    def at(self, host: str) -> str:
        """Its URL, by one of its names."""
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}"

    @property
    def is_healed(self) -> bool:
        """Whether the faults are over."""
        return self._healing.fileno() < 0

    def heal(self) -> None:
        """End what stalls or drips, and let everybody in: from now on the server is healthy."""
        if self.is_healed:
            return
        self.told.set()
        self._healing.close()
        for each in self._crowd:
            each.close()
        if not self._accepts:
            self._listening.listen(128)
            self._begin()

    def until_open(self, most: int, seconds: float = 2.0) -> bool:
        """Wait until no more connections than these are open. Whether it came to that."""
        with self.changed:
            return self.changed.wait_for(lambda: self.seen.open <= most, seconds)

    def until_heard(self, seconds: float = 2.0) -> int:
        """The bytes that have come, once no more come: what the system holds for a connection is read first."""
        over = time.monotonic() + seconds
        with self.changed:
            while self.changed.wait(0.02) and time.monotonic() < over:
                pass
            return self.seen.size

    def _accept(self) -> None:
        while not self._ends:
            try:
                line, _ = self._listening.accept()
            except OSError:  # it is shut down, or there are no descriptors left
                continue
            threading.Thread(target=self._serve, args=(line, self._joined()), daemon=True).start()

    def _joined(self) -> int:
        with self.changed:
            number = self.seen.connections
            self.seen.connections += 1
            self.seen.open += 1
            self.seen.most = max(self.seen.most, self.seen.open)
            return number

    def _serve(self, line: socket.socket, number: int) -> None:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.settimeout(PATIENCE)
        end = End(self, line, self._healed)
        try:
            self._play(end, number)
        except (Over, OSError, ValueError):
            pass
        finally:
            end.line.close()
            with self.changed:
                self.seen.open -= 1
                self.changed.notify_all()
                self._settle()

    def _play(self, end: End, number: int) -> None:
        scripted = number < len(self._scripts) and not (self._backlog == 0 or self.is_healed)
        for step in self._scripts[number] if scripted else ():
            step(end)
        if self._tls and not isinstance(end.line, ssl.SSLSocket):
            end.shake("good")
        while True:
            method, target = end.request()
            body = answer(target.encode())
            end.send(body.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if method == "HEAD" else body)


class End:
    """A server's end of one connection."""

    def __init__(self, server: Server, line: socket.socket, healed: socket.socket) -> None:
        self.server, self.line, self._healed = server, line, healed
        self._held = b""

    def shake(self, name: str) -> None:
        """Shake hands over TLS."""
        self.line = certified(name).wrap_socket(self.line, server_side=True)

    def farewell(self) -> None:
        """Send the end of TLS, and close."""
        assert isinstance(self.line, ssl.SSLSocket)
        self.line.unwrap().close()

    def _more(self, most: int = 65536) -> None:
        data = self.line.recv(most)
        if not data:
            raise Over
        self._held += data
        with self.server.changed:
            self.server.seen.size += len(data)
            self.server.changed.notify_all()

    def take(self, count: int) -> bytes:
        """Read so many bytes."""
        while len(self._held) < count:
            self._more(count - len(self._held))
        taken, self._held = self._held[:count], self._held[count:]
        return taken

    def _through(self, mark: bytes, *, byte_by_byte: bool) -> bytes:
        while mark not in self._held:
            if len(self._held) > LONGEST:
                self.drain()
            self._more(1 if byte_by_byte else 65536)
        return self.take(self._held.index(mark) + len(mark))

    def head(self, *, byte_by_byte: bool = True) -> tuple[str, str, str]:
        """Read a head: its method, its target, and all of it."""
        text = self._through(b"\r\n\r\n", byte_by_byte=byte_by_byte).decode("latin-1")
        method, target, _ = text.split(" ", 2)
        with self.server.changed:
            self.server.seen.heads.append((method, target))
            self.server.changed.notify_all()
        return method, target, text.lower()

    def request(self) -> tuple[str, str]:
        """Read a whole request: its method and target."""
        method, target, text = self.head(byte_by_byte=False)
        if "transfer-encoding: chunked" in text:
            while size := int(self._through(b"\r\n", byte_by_byte=False), 16):
                _ = self.take(size + 2)
            _ = self.take(2)
        elif "content-length: " in text:
            _ = self.take(int(text.partition("content-length: ")[2].partition("\r\n")[0]))
        return method, target

    def send(self, data: bytes) -> None:
        """Send bytes."""
        self.line.sendall(data)

    def drain(self) -> None:
        """Read until the client has gone."""
        while True:
            self._held = b""
            self._more()

    def wait_for_word(self) -> None:
        """Wait until the server is told to go on."""
        assert self.server.told.wait(PATIENCE)

    def mark(self) -> None:
        """Tell that the script has come to here."""
        self.server.marked.set()

    def pause(self, seconds: float | None) -> bool:
        """Wait, and read nothing; whether the server was healed or the client has gone meanwhile."""
        poll = select.poll()
        poll.register(self._healed, select.POLLIN | GONE)
        poll.register(self.line, GONE)
        return bool(poll.poll(PATIENCE * 1000 if seconds is None else seconds * 1000))
