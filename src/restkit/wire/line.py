"""A socket that another thread may cut."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable


class Line:
    """A socket, and how another thread rouses whoever waits on it: once cut, it is at its end in both directions.

    `close` gives it back. The system may use its number again at once, so cutting and closing exclude each other.
    """

    __slots__ = ("_close", "_closed", "_lock", "_socket")

    def __init__(self, line: socket.socket, close: Callable[[], object]) -> None:
        self._socket, self._close = line, close
        self._lock = threading.RLock()  # reentrant: a finalizer on the same thread may keep a promise
        self._closed = False

    def cut(self) -> bool:
        """Shut it down. It is a promise's waker, which always succeeds."""
        with self._lock:
            if not self._closed:
                with contextlib.suppress(OSError):  # the other side was faster
                    # Not an SSLSocket's own method: with that, what is written next would go out in plain text.
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
        return True

    def close(self) -> None:
        """Give it back. Again: nothing."""
        with self._lock:
            self._closed = True
            _ = self._close()
