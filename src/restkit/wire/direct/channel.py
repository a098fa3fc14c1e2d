"""A connection's bytes, as an exchange sees them: it tries, and waits when there is nothing to be had.

Whether a thread waits, a task of asyncio or one of trio, is the channel's alone to know.
"""

from __future__ import annotations

from typing import Any, Protocol

import httpx

from restkit.wire.facts import Remote

CLOSED = "the connection was closed meanwhile"
TORN = "the connection ended without TLS saying so"


class Channel(Protocol):
    """A connected socket that never blocks."""

    reads_ahead: bool
    """Whether something may lie here that nobody has waited for."""

    @property
    def remote(self) -> Remote | None:
        """The address and port at the other end; None if it is no TCP."""
        ...

    def receive(self) -> bytes | None:
        """What has come: b"" at the proper end, None if nothing has. Raises httpx.ReadError."""
        ...

    def send(self, data: bytes | memoryview) -> int:
        """How many of these bytes were taken. Raises httpx.WriteError."""
        ...

    @property
    def unsent(self) -> int:
        """How many of the bytes that were taken are still waiting here."""
        ...

    @property
    def has_news(self) -> bool:
        """Whether something has come, if only the end: an idle connection is over then."""
        ...

    async def wait(self, seconds: float | None, *, writing: bool) -> bool:
        """Wait in this task until it is worth trying again; False if that takes too long."""
        ...

    def cut(self) -> bool:
        """Rouse whoever waits, from any thread: it is at its end. It is a promise's waker."""
        ...

    def close(self) -> None:
        """Give it back, from any thread, or a finalizer. Again: nothing."""
        ...

    def about(self, info: str) -> Any:  # noqa: ANN401 - as httpcore's network streams answer
        """What a user asks of a connection, by the names that httpcore has for it."""
        ...


class BlockingChannel(Channel, Protocol):
    """One that a thread can wait for."""

    def block(self, seconds: float | None, *, writing: bool) -> bool:
        """Wait in this thread until it is worth trying again; False if that takes too long."""
        ...


class Torn(httpx.ReadError):
    """The stream ended without the word that ends one of TLS: nobody knows whether that was all."""
