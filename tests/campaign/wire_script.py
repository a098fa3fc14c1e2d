"""What a server does on one connection, as steps: a script is data, and every byte of it is decided by its row.

A step is handed the server's end of a connection. When a script is over and its connection still open, the server
answers whatever else comes over it with the target that was asked for.
"""

from __future__ import annotations

import socket
import struct
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol, TypeAlias

from attrs import frozen

if TYPE_CHECKING:
    from tests.campaign.wire_end import End


class Over(Exception):
    """The connection is over."""


class Step(Protocol):
    """One thing that a server does."""

    def __call__(self, end: End, /) -> None:
        """Do it. Raises Over, or OSError where the client has gone."""


Script: TypeAlias = tuple[Step, ...]


@frozen
class Shake:
    """Shake hands as a server of TLS does, with a certificate of ours: `good`, or one of `certificates/`."""

    name: str = "good"
    protocol: str = "http/1.1"

    def __call__(self, end: End, /) -> None:
        """Do it."""
        end.shake(self.name, self.protocol)


@frozen
class SpeakTwo:
    """Read the preface of HTTP/2, send settings, and speak that from now on."""

    def __call__(self, end: End, /) -> None:
        """Do it."""
        end.speak_two()


@frozen
class Connect:
    """Read what a proxy is asked: a CONNECT, and no byte more. It counts for no request."""

    def __call__(self, end: End, /) -> None:
        """Do it."""
        end.told_as_proxy(len(end.head()[2]))


@frozen
class TakeAsProxy:
    """Read so many bytes that a proxy is told. They count for no request."""

    count: int

    def __call__(self, end: End, /) -> None:
        """Do it."""
        end.told_as_proxy(len(end.take(self.count)))


@frozen
class Head:
    """Read a request's head, and no byte more."""

    def __call__(self, end: End, /) -> None:
        """Do it."""
        _ = end.head()


@frozen
class Ask:
    """Read a whole request."""

    def __call__(self, end: End, /) -> None:
        """Do it."""
        _ = end.request()


@frozen
class Take:
    """Read so many bytes, whatever they are."""

    count: int

    def __call__(self, end: End, /) -> None:
        """Do it."""
        _ = end.take(self.count)


@frozen
class Say:
    """Send bytes, in pieces that are cut at these places."""

    data: bytes
    cuts: tuple[int, ...] = ()

    def __call__(self, end: End, /) -> None:
        """Do it."""
        for start, stop in pairwise((0, *self.cuts, len(self.data))):
            end.send(self.data[start:stop])


@frozen
class Drip:
    """Send a beginning, and then a byte every so many seconds, until the server is healed or the client has gone."""

    first: bytes
    then: bytes
    seconds: float

    def __call__(self, end: End, /) -> None:
        """Do it."""
        end.send(self.first)
        for at in range(1 << 30):
            if end.pause(self.seconds):
                return
            end.send(self.then[at % len(self.then) :][:1])


@frozen
class Beat:
    """Send a beginning, and then the same bytes every so many seconds, until healed or the client has gone."""

    first: bytes
    then: bytes
    seconds: float

    def __call__(self, end: End, /) -> None:
        """Do it."""
        end.send(self.first)
        while not end.pause(self.seconds):
            end.send(self.then)


@frozen
class Stall:
    """Do nothing, until the server is healed or the client has gone."""

    def __call__(self, end: End, /) -> None:
        """Do it."""
        _ = end.pause(None)


@frozen
class Await:
    """Do nothing, until the server is told to go on."""

    def __call__(self, end: End, /) -> None:
        """Do it."""
        end.wait_for_word()


@frozen
class Mark:
    """Tell that the script has come to here."""

    def __call__(self, end: End, /) -> None:
        """Do it."""
        end.mark()


@frozen
class Reset:
    """End the connection at once, with what was not sent thrown away."""

    def __call__(self, end: End, /) -> None:
        """Do it."""
        end.line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        end.line.close()
        raise Over


@frozen
class Close:
    """Close the connection; over TLS without a word. The system resets it if there is anything unread."""

    def __call__(self, end: End, /) -> None:
        """Do it."""
        end.line.close()
        raise Over


@frozen
class HalfClose:
    """Send no more, and read on until the client has gone."""

    def __call__(self, end: End, /) -> None:
        """Do it."""
        end.line.shutdown(socket.SHUT_WR)
        end.drain()
        raise Over


@frozen
class Farewell:
    """End TLS as one should, and close."""

    def __call__(self, end: End, /) -> None:
        """Do it."""
        end.farewell()
        raise Over


def answer(body: bytes = b"", *fields: str, status: str = "200 OK", length: int | None = None) -> bytes:
    """A whole answer with a Content-Length: its body's own, or another."""
    lines = (f"HTTP/1.1 {status}", *fields, f"Content-Length: {len(body) if length is None else length}", "", "")
    return "\r\n".join(lines).encode("latin-1") + body


def raw(*fields: str, status: str = "HTTP/1.1 200 OK") -> bytes:
    """A head, of these lines and no other."""
    return "\r\n".join((status, *fields, "", "")).encode("latin-1")


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    """A body in chunks."""
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + end
