"""What a server does about one request, step by step: a fault is data, and so is each of its steps.

Theory of operation. A script is played to one end of a connection, when a request begins to come over it. `Head` and
`Body` read the request, `Apply` has the API do what it asks for, `Reply` sends what the API answers, as it is or
damaged. `End` is what they are played to. A healthy request is played `Head(), Body(), Apply(), Reply()`; a fault
leaves some of that out, or puts something else in its place.
"""

from __future__ import annotations

from typing import Literal, Protocol, TypeAlias

from attrs import frozen

from restkit.testing.ledger import Answered

Form = Literal["gzip", "deflate"]
Framing = Literal["length", "chunks", "close"]


class Over(Exception):
    """The connection is over."""


class End(Protocol):
    """A server's end of one connection."""

    answered: Answered
    """What the API has answered."""

    def head(self) -> None:
        """Read the head of the request, unless it was read."""

    def body(self) -> None:
        """Read what is left of the request, and enter it in the ledger."""

    def take(self, count: int) -> None:
        """Read so many bytes, whatever they are."""

    def apply(self) -> None:
        """Have the API do what is asked for."""

    def send(self, data: bytes) -> None:
        """Send bytes."""

    def reply(self, how: Reply) -> None:
        """Send the answer."""

    def pause(self, seconds: float | None) -> bool:
        """Do nothing for so long, or without end; True once the server is released. Raises Over if the client goes."""
        ...

    def reset(self) -> None:
        """End the connection, with what was not sent thrown away. Raises Over."""

    def close(self) -> None:
        """Close the connection; over TLS without a word. Raises Over."""

    def half_close(self) -> None:
        """Send no more, and read on until the client has gone. Raises Over."""


class Step(Protocol):
    """One thing that a server does."""

    def __call__(self, end: End, /) -> None:
        """Do it. Raises Over, or OSError where the client has gone."""


Script: TypeAlias = tuple[Step, ...]


@frozen
class Take:
    """Read so many bytes."""

    count: int

    def __call__(self, end: End, /) -> None:
        """Do it."""
        end.take(self.count)


@frozen
class Head:
    """Read the request's head."""

    def __call__(self, end: End, /) -> None:
        """Do it."""
        end.head()


@frozen
class Body:
    """Read what is left of the request."""

    def __call__(self, end: End, /) -> None:
        """Do it."""
        end.body()


@frozen
class Apply:
    """Have the API do what the request asks for."""

    def __call__(self, end: End, /) -> None:
        """Do it."""
        end.apply()


@frozen
class Say:
    """Send these bytes."""

    data: bytes

    def __call__(self, end: End, /) -> None:
        """Do it."""
        end.send(self.data)


@frozen(kw_only=True)
class Reply:
    """Send the API's answer, or another, whole or damaged."""

    status: int | None = None
    """Instead of the API's."""
    fields: tuple[tuple[str, str], ...] = ()
    """Further header fields. `{origin}` in a value is the server's own, `{target}` what was asked for."""
    body: bytes | None = None
    """Instead of the API's."""
    media_type: str | None = None
    """Instead of the API's."""
    coding: Form | None = None
    """How the body is compressed."""
    behind: bytes = b""
    """What follows the body, within it as HTTP counts."""
    after: bytes = b""
    """What is sent together with the answer, behind it."""
    lacks: int = 0
    """Bytes of the body, from its end, that are not there."""
    promises: int = 0
    """How much longer its Content-Length says that it is."""
    framing: Framing = "length"
    """How its end is told: by Content-Length, by a last chunk, or by closing the connection."""

    def __call__(self, end: End, /) -> None:
        """Do it."""
        end.reply(self)


@frozen
class Drip:
    """Send something again and again, every so many seconds, until the server is released."""

    data: bytes
    seconds: float = 0.02

    def __call__(self, end: End, /) -> None:
        """Do it."""
        while not end.pause(self.seconds):
            end.send(self.data)


@frozen
class Stall:
    """Do nothing, until the server is released."""

    def __call__(self, end: End, /) -> None:
        """Do it."""
        _ = end.pause(None)


@frozen
class Reset:
    """Reset the connection."""

    def __call__(self, end: End, /) -> None:
        """Do it."""
        end.reset()


@frozen
class Close:
    """Close the connection; over TLS without a word. The system resets it if there is anything unread."""

    def __call__(self, end: End, /) -> None:
        """Do it."""
        end.close()


@frozen
class HalfClose:
    """Send no more, and read on until the client has gone."""

    def __call__(self, end: End, /) -> None:
        """Do it."""
        end.half_close()


READ: Script = (Head(), Body())
"""Read the whole request, and do nothing about it."""
DONE: Script = (*READ, Apply())
"""Read the whole request, and do what it asks for."""
HEALTHY: Script = (*DONE, Reply())
"""What becomes of a request without a fault."""
