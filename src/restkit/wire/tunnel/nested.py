"""TLS within TLS: to an https origin through an https proxy, where no socket can do it.

Theory of operation. OpenSSL works on two buffers in memory. A step is tried; where it wants to read, what it has
written is yielded to be sent, and what came is put in. It is a handshake of the same form as a proxy's.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Generator
from typing import TypeVar

from restkit.wire.tls import real, server_name, vet
from restkit.wire.tunnel import Steps

T = TypeVar("T")


class Nested:
    """A TLS session in memory."""

    tls: ssl.SSLObject

    def __init__(self, context: ssl.SSLContext, name: str | None) -> None:
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = real(context).wrap_bio(self._in, self._out, server_hostname=server_name(name))
        self._context, self._name = context, name or ""
        self._lock = threading.Lock()  # over HTTP/2 one thread reads while another writes

    def shake_hands(self) -> Steps:
        """Begin, and vet what was shown. Raises ssl.SSLError, and TLSVerifyError."""
        yield from self._tried(self.tls.do_handshake)
        vet(self.tls, self._context, self._name)

    def read(self, count: int) -> Generator[bytes, bytes, bytes]:
        """At most so many bytes; none at an end that is said to be one. Raises ssl.SSLError."""
        return (yield from self._tried(lambda: self.tls.read(count)))

    def write(self, data: bytes) -> bytes:
        """What is to be sent for these bytes. Raises ssl.SSLError."""
        with self._lock:
            _ = self.tls.write(data)
            return self._out.read()

    def pending(self) -> bytes:
        """What is still to be sent."""
        return self._out.read()

    def _tried(self, act: Callable[[], T]) -> Generator[bytes, bytes, T]:
        while True:
            with self._lock:
                try:
                    return act()
                except ssl.SSLWantReadError:
                    wanted = self._out.read()
            came = yield wanted
            if came:
                _ = self._in.write(came)
            else:
                self._in.write_eof()
