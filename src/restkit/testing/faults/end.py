"""A server's end of one connection: reads requests, and plays what becomes of them."""

from __future__ import annotations

import select
import socket
import struct
from typing import TYPE_CHECKING, NoReturn, Protocol

import attrs

from restkit.testing.faults.replies import written
from restkit.testing.faults.steps import Over, Reply
from restkit.testing.ledger import Answered, Received

if TYPE_CHECKING:
    import ssl
    import threading

    from restkit.testing.items import Api
    from restkit.testing.ledger import Ledger

GONE = getattr(select, "POLLRDHUP", select.POLLHUP) | select.POLLHUP | select.POLLERR
"""Not every system tells of a half-closed connection."""
PATIENCE = 20.0
"""Seconds after which a connection is over on which nothing happens."""
LONGEST = 1 << 17
"""Bytes of a head or of a chunk's line."""
NOTHING = Received("", "", {}, b"", 0)


class Owner(Protocol):
    """Whose connection it is: a server."""

    url: str
    api: Api
    ledger: Ledger
    changed: threading.Condition

    def pause_until(self) -> socket.socket:
        """A socket that hangs up when the server is released."""
        ...


class Line:
    """One connection, as the server has it."""

    line: socket.socket
    number: int

    def __init__(self, owner: Owner, line: socket.socket, number: int) -> None:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.settimeout(PATIENCE)
        self.line, self.number = line, number
        self.is_last = False
        """Whether the connection is closed behind the next answer."""
        self._owner, self._held = owner, b""
        self.begin()

    def begin(self) -> None:
        """Be ready for the next request."""
        self.answered: Answered = Answered()
        self.request: Received = NOTHING
        self._is_read = False

    def shake(self, context: ssl.SSLContext) -> None:
        """Shake hands over TLS."""
        from restkit.wire.tls import taken_over

        self.line = taken_over(self.line, context, server_side=True)

    def wait(self) -> None:
        """Wait until something comes. Raises Over if the client goes instead."""
        if not self._held:
            self._more()

    def head(self) -> None:
        """Read the head of the request, unless it was read."""
        if self.request is not NOTHING:
            return
        lines = self._through(b"\r\n\r\n").decode("latin-1").split("\r\n")
        method, target, _ = lines[0].split(" ", 2)
        headers: dict[str, str] = {}
        for each in filter(None, lines[1:]):
            name, _, value = each.partition(":")
            lower = name.lower()
            headers[lower] = f"{headers[lower]}, {value.strip()}" if lower in headers else value.strip()
        self.request = Received(method, target, headers, b"", self.number)
        with self._owner.changed:
            self._owner.ledger.begun += 1

    def body(self) -> None:
        """Read what is left of the request, and enter it in the ledger."""
        if self._is_read:
            return
        self._is_read, asked = True, self.request
        if asked.headers.get("expect", "").lower() == "100-continue":
            self.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = self._chunks() if self._is_chunked else self._exactly(self._length)
        self.request = Received(asked.method, asked.target, asked.headers, body, self.number)
        with self._owner.changed:
            self._owner.ledger.requests.append(self.request)
            self._owner.changed.notify_all()

    @property
    def _is_chunked(self) -> bool:
        return "chunked" in self.request.headers.get("transfer-encoding", "").lower()

    @property
    def _length(self) -> int:
        return int(self.request.headers.get("content-length", 0))

    def _chunks(self) -> bytes:
        parts: list[bytes] = []
        while size := int(self._through(b"\r\n").partition(b";")[0], 16):
            parts.append(self._exactly(size + 2)[:-2])
        while self._through(b"\r\n") != b"\r\n":
            pass
        return b"".join(parts)

    def take(self, count: int) -> None:
        """Read so many bytes; behind a head, no more than its body has."""
        most = count if self.request is NOTHING or self._is_chunked else min(count, self._length)
        while len(self._held) < most:
            self._more()

    def apply(self) -> None:
        """Have the API do what is asked for."""
        with self._owner.changed:
            self.answered = self._owner.ledger.apply(self.request, self._owner.api)

    def reply(self, how: Reply) -> None:
        """Send the answer; after it the connection is closed if this was its last."""
        names = {"{origin}": self._owner.url, "{target}": self.request.target}
        fields = tuple((name, replaced(value, names)) for name, value in how.fields)
        made = attrs.evolve(how, fields=fields)
        more = (("Connection", "close"),) if self.is_last else ()
        self.send(written(made, self.answered, head_only=self.request.method == "HEAD", more=more))

    def send(self, data: bytes) -> None:
        """Send bytes."""
        self.line.sendall(data)

    def pause(self, seconds: float | None) -> bool:
        """Do nothing for so long, or without end; True once the server is released. Raises Over if the client goes."""
        until, poll = self._owner.pause_until(), select.poll()
        poll.register(until, select.POLLIN | GONE)
        poll.register(self.line, GONE)
        found = poll.poll(PATIENCE * 1000 if seconds is None else seconds * 1000)
        if any(each == self.line.fileno() for each, _ in found):
            raise Over
        return bool(found) or seconds is None

    def reset(self) -> NoReturn:
        """End the connection, with what was not sent thrown away. Raises Over."""
        self.line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def close(self) -> NoReturn:
        """Close the connection; over TLS without a word. Raises Over."""
        self.line.close()
        raise Over

    def half_close(self) -> NoReturn:
        """Send no more, and read on until the client has gone. Raises Over."""
        self.line.shutdown(socket.SHUT_WR)
        while True:
            self._held = b""
            self._more()

    def _more(self) -> None:
        data = self.line.recv(65536)
        if not data:
            raise Over
        self._held += data
        with self._owner.changed:
            self._owner.ledger.size += len(data)

    def _exactly(self, count: int) -> bytes:
        parts = [self._held]
        missing = count - len(self._held)
        while missing > 0:
            self._held = b""
            self._more()
            parts.append(self._held)
            missing -= len(self._held)
        whole = b"".join(parts)
        self._held = whole[count:]
        return whole[:count]

    def _through(self, mark: bytes) -> bytes:
        while mark not in self._held:
            if len(self._held) > LONGEST:
                raise Over
            self._more()
        return self._exactly(self._held.index(mark) + len(mark))


def replaced(text: str, names: dict[str, str]) -> str:
    """A text with the names in it replaced."""
    for name, value in names.items():
        text = text.replace(name, value)
    return text
