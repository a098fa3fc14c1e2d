"""How a connection is opened: a name becomes addresses, one of these a socket, and that a channel, perhaps with TLS."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Sequence
from functools import partial

import httpx
from attrs import frozen
from typing_extensions import override

from restkit.flow.effects import Effect
from restkit.flow.world import World
from restkit.wire.budget import Budget
from restkit.wire.dial import Begin, SocketOption, begin, begin_unix, dial
from restkit.wire.direct.channel import Channel
from restkit.wire.direct.origin import Origin
from restkit.wire.direct.pace import Pace
from restkit.wire.guard import AddressGuard
from restkit.wire.resolve import Resolver, alook_up, is_literal, look_up
from restkit.wire.tls import Tls, lost, refuse_plain


@frozen
class Opening:
    """The settings that connections are opened with."""

    resolver: Resolver
    guard: AddressGuard | None
    tls: Tls
    uds: str | None = None
    local_address: str | None = None
    socket_options: tuple[SocketOption, ...] = ()

    def begins(self, origin: Origin) -> Begin:
        """How connecting to one of an origin's addresses begins."""
        if self.uds is not None:
            return begin_unix
        return partial(begin, port=origin.port, local=self.local_address, options=self.socket_options)

    def known(self, origin: Origin) -> Sequence[str] | None:
        """An origin's addresses, if nobody need look them up."""
        if self.uds is not None:
            if self.guard is not None:
                self.guard.refuse_unix()
            return [self.uds]
        return [origin.host] if is_literal(origin.host) else None

    def check(self, origin: Origin, addresses: Sequence[str]) -> None:
        """Raise AddressRefused if one of the addresses may not be called."""
        if self.guard is not None and self.uds is None:
            self.guard.check(origin.host, addresses)


class Dial(Effect[socket.socket]):
    """Connect to an origin, in any of its addresses, within the time for that."""

    __slots__ = ("opening", "origin", "pace")
    opening: Opening
    origin: Origin
    pace: Pace

    def __init__(self, opening: Opening, origin: Origin, pace: Pace) -> None:
        self.opening, self.origin, self.pace = opening, origin, pace

    @override
    def block(self, world: World) -> socket.socket:
        bound, opening, origin = self.pace.bound("connect"), self.opening, self.origin
        budget = Budget(bound)
        addresses = opening.known(origin)
        if addresses is None:
            with bound.tally.times("dns"):
                addresses = look_up(opening.resolver, origin.host, origin.port, budget)
        opening.check(origin, addresses)
        with bound.tally.times("connect"):
            return dial(addresses, opening.begins(origin), budget)

    @override
    async def wait(self, world: World) -> socket.socket:
        return await self.pace.hold(self._wait, "connect")

    async def _wait(self) -> socket.socket:
        from restkit.wire.awaited_dial import adial

        tally, opening, origin = self.pace.tally, self.opening, self.origin
        addresses = opening.known(origin)
        if addresses is None:
            with tally.times("dns"):
                addresses = await alook_up(opening.resolver, origin.host, origin.port)
        opening.check(origin, addresses)
        with tally.times("connect"):
            return await adial(addresses, opening.begins(origin))


class Adopt(Effect[Channel]):
    """Make a channel of a connected socket, with TLS where the origin has it; closed, if that fails."""

    __slots__ = ("_is_begun", "line", "opening", "origin", "pace")
    opening: Opening
    line: socket.socket
    origin: Origin
    pace: Pace

    def __init__(self, opening: Opening, line: socket.socket, origin: Origin, pace: Pace) -> None:
        self.opening, self.line, self.origin, self.pace = opening, line, origin, pace
        self._is_begun = False

    @override
    def block(self, world: World) -> Channel:
        from restkit.wire.direct.adoption import adopted

        return adopted(self.opening, self.line, self.origin, self.pace)

    @override
    async def wait(self, world: World) -> Channel:
        try:
            return await self.pace.hold(self._wait, "connect")
        finally:
            if not self._is_begun:  # the time was over, or somebody had called it off
                self.line.close()

    async def _wait(self) -> Channel:
        from restkit.wire.direct.awaited_adoption import aadopted

        self._is_begun = True
        return await aadopted(self.opening, self.line, self.origin, self.pace.tally)


def no_hands(error: OSError, origin: Origin) -> Exception:
    """The error for a handshake that failed. Raises ProtocolError if the other side speaks something else."""
    if isinstance(error, ssl.SSLError):
        refuse_plain(error, origin.host)
    made = lost(error, httpx.ConnectError)
    made.__cause__ = error
    return made
