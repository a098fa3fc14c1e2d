"""The three worlds, and a real server that says what the test says."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from typing_extensions import override

from tests.client.worlds import portal, world

__all__ = ["Saying", "portal", "saying", "world"]


class Saying(socketserver.ThreadingTCPServer):
    """A server on 127.0.0.1 whose every answer is the same: `say` sets it. It counts the requests."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.content, self.requests = b"", 0
        self.echo: Callable[[str], bytes] | None = None

    def say(self, body: bytes, content_type: str | None = None, status: str = "200 OK", **headers: str) -> None:
        """From now on, answer this; `_` in the name of a header is a dash."""
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        if content_type is not None:
            fields["Content-Type"] = content_type
        if not status.startswith("204"):
            fields["Content-Length"] = str(len(body))
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        self.content = f"HTTP/1.1 {status}\r\n{head}Connection: close\r\n\r\n".encode("latin-1") + body

    def say_back(
        self, quote: Callable[[str], bytes], content_type: str | None = None, status: str = "200 OK", **headers: str
    ) -> None:
        """From now on, answer what `quote` makes of each request."""

        def echo(received: str) -> bytes:
            self.say(quote(received), content_type, status, **headers)
            return self.content

        self.echo = echo

    @override
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away early."""


class Answering(socketserver.StreamRequestHandler):
    """One connection, one request."""

    server: Saying

    @override
    def handle(self) -> None:
        """Read a request with its body, and answer."""
        length, received = 0, list[bytes]()
        while line := self.rfile.readline().strip():
            received.append(line)
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        received.append(self.rfile.read(length))
        self.server.requests += 1
        if self.server.echo is not None:
            self.server.content = self.server.echo(b"\n".join(received).decode("latin-1"))
        _ = self.wfile.write(self.server.content)


@pytest.fixture
def saying() -> Iterator[Saying]:
    """A real server that says what the test says."""
    with Saying() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()
