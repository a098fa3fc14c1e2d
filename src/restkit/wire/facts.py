"""What the wire knows of a request: how much of it has left, over which connection, and how long that took."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Generator
from typing import Literal, NamedTuple

KEY = "restkit.wire"
"""Where the extensions of a response, and those of a request that failed, hold its `WireFacts`."""
Remote = tuple[str, int]


class WireTimes(NamedTuple):
    """Seconds that a request's steps took. None for a step that was not taken, or did not end."""

    dns: float | None = None
    """Looking up the host's name."""
    connect: float | None = None
    """Trying its addresses, until one of them answered."""
    tls: float | None = None
    """The TLS handshake."""
    first_byte: float | None = None
    """Waiting, from the last byte sent to the first one received."""


class WireFacts(NamedTuple):
    """What is known of a request on the wire, whether it was answered or failed.

    Bytes are counted as HTTP's, without those of TLS. `bytes_sent` of 0 says that the server has seen nothing of the
    request. While a body is streamed the facts are those of its head; when it is over, they are replaced.
    """

    bytes_sent: int = 0
    """Bytes of the request that the system has taken."""
    bytes_received: int = 0
    """Bytes of the response that were read."""
    reused: bool = False
    """Whether it went over a connection that an earlier request had opened."""
    remote: Remote | None = None
    """The address and port at the other end; None if there was no connection, or it was no TCP."""
    times: WireTimes = WireTimes()


class Tally:
    """The count of one request, kept by the connection that serves it."""

    __slots__ = ("_cut", "connect", "dns", "first_byte", "is_at_work", "received", "remote", "sent", "tls", "wrote_at")
    dns: float | None
    connect: float | None
    tls: float | None
    first_byte: float | None
    sent: int
    received: int
    wrote_at: float
    remote: Remote | None
    is_at_work: bool

    def __init__(self) -> None:
        self.dns = self.connect = self.tls = self.first_byte = None
        self.sent = self.received = 0
        self.wrote_at = 0.0
        self.remote = None
        self.is_at_work = False
        self._cut: Callable[[], object] | None = None

    @contextlib.contextmanager
    def times(self, step: Literal["dns", "connect", "tls"]) -> Generator[None]:
        """Note how long a step takes, if it succeeds."""
        began = time.monotonic()
        yield
        setattr(self, step, time.monotonic() - began)

    def begin(self, remote: Remote | None, cut: Callable[[], object] | None = None) -> None:
        """A connection is about to write for this request; `cut` ends it under whoever uses it."""
        self.is_at_work, self.remote, self._cut = True, remote, cut

    def give_up(self) -> None:
        """The connection that wrote last is of no use any more."""
        if self._cut is not None:
            _ = self._cut()

    def write(self, count: int) -> None:
        """So many bytes were taken."""
        self.sent += count
        self.wrote_at = time.monotonic()

    def read(self, count: int) -> None:
        """So many bytes have come."""
        if self.first_byte is None:
            self.first_byte = time.monotonic() - self.wrote_at
        self.received += count

    def facts(self) -> WireFacts:
        """What is known by now."""
        times = WireTimes(self.dns, self.connect, self.tls, self.first_byte)
        reused = self.is_at_work and self.connect is None
        return WireFacts(self.sent, self.received, reused, self.remote, times)
