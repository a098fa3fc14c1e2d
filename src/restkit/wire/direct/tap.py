"""A connection as users may have it: `response.extensions["network_stream"]`, by the names of httpcore's streams.

It tells about the connection. Behind an answer that switches protocols (RFC 9110 15.2.2) it also reads and writes: the
connection speaks that protocol from then on, until the response is closed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx

from restkit.flow.awaiting import arun
from restkit.flow.blocking import run
from restkit.flow.effects import Flow
from restkit.flow.world import World
from restkit.wire.direct.pace import Pace
from restkit.wire.direct.ready import Ready

if TYPE_CHECKING:
    from restkit.wire.direct.connection import Connection

OUTSIDE = World()


class Tapped:
    """What both worlds' streams know."""

    __slots__ = ("_connection", "_rest")

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rest = b""

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - as httpcore answers
        """`socket`, `ssl_object`, `client_addr`, `server_addr` or `is_readable`; None for what nobody knows."""
        return self._connection.channel.about(info)

    def _reads(self, most: int, timeout: float | None) -> Flow[bytes]:
        self._check()
        channel, pace = self._connection.channel, paced(read=timeout)
        rest: bytes | None = self._rest or self._connection.parser.rest()
        while not rest:
            rest = channel.receive()
            if rest is None:
                _ = yield from Ready(channel, "read", pace)
            elif not rest:
                return b""
        self._rest = rest[most:]
        return rest[:most]

    def _writes(self, data: bytes, timeout: float | None) -> Flow[None]:
        self._check()
        channel, pace, left = self._connection.channel, paced(write=timeout), memoryview(data)
        while left:
            left = left[channel.send(left) :]
            if left:
                _ = yield from Ready(channel, "write", pace)

    def _check(self) -> None:
        if not self._connection.parser.switched:
            raise httpx.LocalProtocolError("this connection still speaks HTTP: read the response itself")


class Tap(Tapped):
    """A connection of the blocking world."""

    __slots__ = ()

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """At most so many bytes; none at the end. Raises httpx.ReadError and httpx.ReadTimeout."""
        return run(self._reads(max_bytes, timeout), OUTSIDE)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send bytes. Raises httpx.WriteError and httpx.WriteTimeout."""
        run(self._writes(buffer, timeout), OUTSIDE)

    def close(self) -> None:
        """End the connection."""
        self._connection.discard()


class AwaitedTap(Tapped):
    """A connection of the awaiting world."""

    __slots__ = ()

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - httpcore's own spelling
        """At most so many bytes; none at the end. Raises httpx.ReadError and httpx.ReadTimeout."""
        return await arun(self._reads(max_bytes, timeout), OUTSIDE)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - likewise
        """Send bytes. Raises httpx.WriteError and httpx.WriteTimeout."""
        await arun(self._writes(buffer, timeout), OUTSIDE)

    async def aclose(self) -> None:
        """End the connection."""
        self._connection.discard()


def paced(**timeouts: float | None) -> Pace:
    """The pace of one step."""
    return Pace({"timeout": timeouts})
