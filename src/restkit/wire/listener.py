"""A listener on this machine, for whoever comes back from a browser (RFC 8252, section 7.3)."""

from __future__ import annotations

import contextlib
import os
import socket
import socketserver
import threading
from http.server import BaseHTTPRequestHandler
from typing import Any, ClassVar, cast

from typing_extensions import override

from restkit.flow import Promise

HOST = "127.0.0.1"
PAGE = b"<!doctype html><title>Done</title><p>Done. You may close this window, and go back to the program.</p>"
GONE, NOT_FOUND, FOUND = 410, 404, 200
SECONDS = 10.0
"""That a connection may take to say what it wants: browsers open some to say nothing."""
STEP = 0.1
"""Seconds after which it looks whether it is still wanted."""


class Listener:
    """Listens on 127.0.0.1 until one request for `path` has come, and refuses every other.

    `port` 0 is any that is free. It has a thread of its own, so that both worlds wait for `hit` in the same way.
    """

    path: str
    port: int
    """The one it listens on, once it does."""
    hit: Promise[str]
    """The target of the request that came."""

    def __init__(self, path: str, port: int = 0) -> None:
        self.path, self.port = path, port
        self.hit = Promise(shared=True)
        self._server: Server | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{HOST}:{self.port}{self.path}"

    def open(self) -> None:
        """Begin to listen. Raises OSError if the port is taken."""
        self._server = Server(self)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve, name="restkit-listener", daemon=True).start()

    async def aopen(self) -> None:
        """Begin to listen: that takes no time."""
        self.open()

    def close(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.is_over = True
            with contextlib.suppress(OSError):  # closed already; or a system where only closing helps
                self._server.socket.shutdown(socket.SHUT_RDWR)  # now: its thread may hold it for a moment
            self._server.server_close()

    async def aclose(self) -> None:
        """Listen no more: that takes no time."""
        self.close()

    def take(self, target: str) -> int:
        """The status for a request: found for the first that is for the path, after which nobody listens."""
        if target.partition("?")[0] != self.path:
            return NOT_FOUND
        if not self.hit.keep(target):
            return GONE
        self.close()
        return FOUND


class Server(socketserver.ThreadingTCPServer):
    """The socket, and a thread for each connection."""

    daemon_threads: bool = True
    block_on_close: bool = False
    allow_reuse_address: bool = os.name == "posix"  # a port is free again at once; elsewhere others could take it, too
    request_queue_size: int = 8
    timeout: float | None = STEP
    listener: Listener
    is_over: bool

    def __init__(self, listener: Listener) -> None:
        self.listener, self.is_over = listener, False
        super().__init__((HOST, listener.port), Exchange)

    def serve(self) -> None:
        """Take connections until it is over."""
        with contextlib.suppress(ValueError):  # closed between two looks
            while not self.is_over:
                self.handle_request()

    @override
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that goes away is no concern of ours."""


class Exchange(BaseHTTPRequestHandler):
    """One connection with one request."""

    timeout: ClassVar[float | None] = SECONDS

    def do_GET(self) -> None:
        """Answer, and say nothing of what was asked."""
        status = cast("Server", self.server).listener.take(self.path)  # whose connection it is
        body = PAGE if status == FOUND else b""
        self.send_response_only(status)
        for name, value in (
            ("Content-Type", "text/html"),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
            ("Referrer-Policy", "no-referrer"),
        ):
            self.send_header(name, value)
        self.end_headers()
        _ = self.wfile.write(body)

    @override
    def log_message(self, format: str, *args: Any) -> None:
        """What is asked for holds a secret."""
