"""Certificates made for a test, and servers that show them.

`issued()` is a server's certificate from an authority that `trusting()` knows; `shown_by(leaf)` is a server's context
with it, to be handed to `Loopback(context)` or to `TlsServer(context, conversation)`, which holds a conversation of
bytes with each client after the handshake. All names here lead to 127.0.0.1.
"""

from __future__ import annotations

import contextlib
import functools
import socket
import ssl
import struct
import threading
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import pytest
import trustme

from tests.loopback import PATIENCE, wrapped

T = TypeVar("T")
Conversation = Callable[[ssl.SSLSocket], None]
HOSTS = ("127.0.0.1", "localhost", "api.test")
OURS, STRANGERS = "ours", "strangers"
"""The authority that is trusted, and one that nobody knows."""
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


@functools.cache
def authority(name: str) -> trustme.CA:
    """One that issues certificates, the same for the whole run."""
    return trustme.CA(organization_name=name)


@functools.cache
def issued(*hosts: str, by: str = OURS, ended: bool = False, copy: int = 0) -> trustme.LeafCert:
    """One for hosts, or for those of the tests. `ended`: it was valid until yesterday. Each `copy` has its own key."""
    now = datetime.now(UTC)
    after, before = (now - timedelta(days=1), now - timedelta(days=9)) if ended else (None, None)
    unit = f"copy {copy}"
    return authority(by).issue_cert(*(hosts or HOSTS), organization_unit_name=unit, not_after=after, not_before=before)


def shown_by(
    leaf: trustme.LeafCert, *, asks_for: str | None = None, latest: ssl.TLSVersion | None = None
) -> ssl.SSLContext:
    """A server's context: it shows a certificate, may ask for one that an authority has issued, may be outdated."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf.configure_cert(context)
    if asks_for is not None:
        authority(asks_for).configure_trust(context)
        context.verify_mode = ssl.CERT_REQUIRED
    if latest is not None:
        outdate(context, latest)
    return context


def outdate(context: ssl.SSLContext, latest: ssl.TLSVersion) -> None:
    """Have a context speak nothing newer, however insecure that is."""
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version, context.maximum_version = ssl.TLSVersion.MINIMUM_SUPPORTED, latest


def trusting(by: str = OURS) -> ssl.SSLContext:
    """A client's context of one's own, which knows an authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority(by).configure_trust(context)
    return context


def answer(line: ssl.SSLSocket) -> None:
    """Answer each request with `hello`."""
    while line.recv(65536):
        line.sendall(OK)


def cut(line: socket.socket) -> None:
    """End the connection below TLS: without its close_notify."""
    with contextlib.suppress(OSError):
        socket.socket.shutdown(line, socket.SHUT_WR)


def reset(line: socket.socket) -> None:
    """Reset the connection."""
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    line.close()


class TlsServer:
    """A server whose every byte within TLS the test decides: use it in a `with`; `url` is its address.

    It holds the conversation with each client, in a thread of its own, then closes the socket without close_notify;
    for a proper end the conversation calls `line.unwrap()`. `before` is held on the bare socket, in place of or before
    the handshake: it returns the socket to shake hands on, or None.
    """

    def __init__(
        self,
        context: ssl.SSLContext,
        conversation: Conversation = answer,
        *,
        before: Callable[[socket.socket], socket.socket | None] | None = None,
    ) -> None:
        self.connections = 0
        """How many clients have come."""
        self.shaken: list[ssl.SSLSocket] = []
        """Those with whom hands were shaken, in this order."""
        self.errors: list[OSError] = []
        """What ended handshakes and conversations."""
        self.names: list[str | None] = []
        """The server names that clients asked for (SNI)."""
        self.over = threading.Event()
        """Set when the test is over: what a conversation that stalls waits for."""
        self._context, self._conversation, self._before = context, conversation, before
        context.sni_callback = self._note
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._changed = threading.Condition()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.url = f"https://127.0.0.1:{self.port}"

    def _note(self, _line: ssl.SSLObject, name: str | None, _context: ssl.SSLContext) -> None:
        self.names.append(name)

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.over.set()
        for each in (self._listening, *self._open):
            with contextlib.suppress(OSError):
                socket.socket.shutdown(each, socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(PATIENCE)
        for each in (self._listening, *self._open):
            each.close()

    def at(self, host: str) -> str:
        """Its address under another name."""
        return f"https://{host}:{self.port}"

    def wait_for(self, count: int) -> None:
        """Wait until hands were shaken with so many."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.shaken) >= count, PATIENCE), f"{count} never came"

    def wait_for_error(self) -> OSError:
        """What ended a handshake or a conversation, once that has happened."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.errors, PATIENCE), "nothing failed"
        return self.errors[0]

    def _start(self, function: Callable[..., None], *what: object) -> None:
        thread = threading.Thread(target=function, args=what, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # the test is over
            while True:
                line, _ = self._listening.accept()
                self.connections += 1
                self._open.append(line)
                self._start(self._serve, line)

    def _serve(self, line: socket.socket) -> None:
        try:
            bare = line if self._before is None else self._before(line)
            if bare is not None:
                self._talk(wrapped(self._context, bare, shakes=False))
        except OSError as error:
            self._keep(self.errors, error)

    def _talk(self, secure: ssl.SSLSocket) -> None:
        self._open.append(secure)
        try:
            secure.do_handshake()
            self._keep(self.shaken, secure)
            self._conversation(secure)
            secure.close()
        except OSError:
            cut(secure)  # closed only when the test is over: a reset would overtake the alert
            raise

    def _keep(self, notes: list[T], note: T) -> None:
        with self._changed:
            notes.append(note)
            self._changed.notify_all()


def written(folder: Path, **contents: bytes) -> dict[str, str]:
    """Files of these contents, `.pem` all of them: their paths by name."""
    found = {name: folder / f"{name}.pem" for name in contents}
    for name, path in found.items():
        _ = path.write_bytes(contents[name])
    return {name: str(path) for name, path in found.items()}


@pytest.fixture
def trusted() -> Iterator[TlsServer]:
    """A server that shows a good certificate, and answers each request with `hello`."""
    with TlsServer(shown_by(issued())) as running:
        yield running
