"""A server's end of one connection: what a script's steps are done with."""

from __future__ import annotations

import re
import select
import socket
import ssl
from typing import TYPE_CHECKING

from tests.campaign.wire_certificates import certified
from tests.campaign.wire_script import Over, answer
from tests.campaign.wire_two import Two
from tests.loopback import wrapped

if TYPE_CHECKING:
    from tests.campaign.wire_server import Server

GONE = select.POLLRDHUP | select.POLLHUP | select.POLLERR
PATIENCE = 20.0
"""Seconds after which a conversation is over, whatever it is about."""
LONGEST = 1 << 17
"""Bytes of a line or a head. What is longer belongs to a request that a script did not read."""
ORIGIN = re.compile(r"^https?://[^/]*")
"""What stands before the path in a target that a proxy is told (RFC 9112, section 3.2.2)."""


class End:
    """A server's end of one connection."""

    def __init__(self, server: Server, line: socket.socket, healed: socket.socket) -> None:
        self.server, self.line, self._healed = server, line, healed
        self._two: Two | None = None
        self._held = b""

    def shake(self, name: str, protocol: str) -> None:
        """Shake hands over TLS."""
        self.line = wrapped(certified(name, protocol), self.line)

    def speak_two(self) -> None:
        """Begin HTTP/2."""
        self._two = Two(self)
        self._two.greet()

    def told_as_proxy(self, count: int) -> None:
        """So many bytes that came were none of a request's."""
        with self.server.changed:
            self.server.seen.size -= count

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

    def take(self, count: int, *, ahead: bool = False) -> bytes:
        """Read so many bytes; or, ahead, whatever there is, and answer so many of them."""
        while len(self._held) < count:
            self._more(65536 if ahead else count - len(self._held))
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
        if self._two is not None:
            return *self._two.head(), ""
        text = self._through(b"\r\n\r\n", byte_by_byte=byte_by_byte).decode("latin-1")
        method, target, _ = text.split(" ", 2)
        return *self.noted(method, ORIGIN.sub("", target)), text.lower()

    def noted(self, method: str, target: str) -> tuple[str, str]:
        """Count a head."""
        with self.server.changed:
            self.server.seen.heads.append((method, target))
            self.server.changed.notify_all()
        return method, target

    def request(self) -> tuple[str, str]:
        """Read a whole request: its method and target."""
        if self._two is not None:
            return self._two.request()
        method, target, text = self.head(byte_by_byte=False)
        if "transfer-encoding: chunked" in text:
            while size := int(self._through(b"\r\n", byte_by_byte=False), 16):
                _ = self.take(size + 2)
            _ = self.take(2)
        elif "content-length: " in text:
            _ = self.take(int(text.partition("content-length: ")[2].partition("\r\n")[0]))
        return method, target

    def answer(self, body: bytes, *, bare: bool) -> None:
        """Answer a request with a body, or with its head alone."""
        if self._two is not None:
            self._two.answer(body, bare=bare)
        else:
            said = answer(body)
            self.send(said.removesuffix(body) if bare else said)

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
