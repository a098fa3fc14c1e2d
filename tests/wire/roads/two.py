"""A small HTTP/2 server on a real socket, whose every frame the test decides."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import RequestReceived
from h2.exceptions import ProtocolError

from tests.loopback import PATIENCE, wrapped
from tests.wire.conftest import CERTIFICATE

Act = Callable[["Two", int], object]
"""What to do for a stream."""


class Two:
    """A connection: it answers each request with 200, unless its server has something else to do first."""

    def __init__(self, server: TwoServer, line: ssl.SSLSocket) -> None:
        self.line = line
        self.h2 = H2Connection(H2Configuration(client_side=False))
        self._server = server

    def serve(self) -> None:
        """Until the client leaves, or an act has ended it."""
        self.h2.initiate_connection()
        self.flush()
        while data := self.line.recv(65536):
            for event in self.h2.receive_data(data):
                if isinstance(event, RequestReceived) and event.stream_id is not None:
                    self._server.streams += 1
                    act = self._server.first.pop(0) if self._server.first else Two.answer
                    act(self, event.stream_id)
            self.flush()

    def answer(self, stream: int, body: bytes = b"{}") -> None:
        """Answer a stream."""
        self.begin(stream)
        self.h2.send_data(stream, body, end_stream=True)

    def begin(self, stream: int) -> None:
        """Send a head, and leave the body out."""
        self.h2.send_headers(stream, [(":status", "200"), ("content-type", "application/json")])

    def flush(self) -> None:
        """Send what is to be sent."""
        self.line.sendall(self.h2.data_to_send())

    def raw(self, content: bytes) -> None:
        """Send these bytes, whatever they are."""
        self.flush()
        self.line.sendall(content)


class TwoServer:
    """The server: use its `url`; `first` holds what it does for the next streams."""

    def __init__(self) -> None:
        self.first: list[Act] = []
        self.streams = self.connections = 0
        self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._context.load_cert_chain(CERTIFICATE)
        self._context.set_alpn_protocols(["h2"])
        self._open: list[socket.socket] = []
        self._serving: list[threading.Thread] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self._listening.getsockname()[1]}"
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                line, _ = self._listening.accept()
                self.connections += 1
                self._open.append(line)
                self._serving.append(threading.Thread(target=self._serve, args=(line,), daemon=True))
                self._serving[-1].start()

    def _serve(self, line: socket.socket) -> None:
        gone = (OSError, ProtocolError)  # the client, or this server itself, has ended the connection
        with contextlib.suppress(*gone), wrapped(self._context, line, shakes=False) as secure:
            self._open.append(secure)
            secure.do_handshake()
            Two(self, secure).serve()

    def has_been_left(self) -> bool:
        """Whether clients end all of its connections, in time."""
        for thread in self._serving:
            thread.join(PATIENCE)
        return not any(thread.is_alive() for thread in self._serving)

    def close(self) -> None:
        """End. A socket is closed when nobody reads it any more: its number may be another's at once."""
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._thread.join(PATIENCE)
        for each in self._open:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(each, socket.SHUT_RDWR)
        for thread in self._serving:
            thread.join(PATIENCE)
        for each in (self._listening, *self._open):
            each.close()
