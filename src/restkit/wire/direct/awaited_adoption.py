"""A task makes a channel of a socket: one of asyncio over the loop's own transports, one of trio over the socket."""

from __future__ import annotations

import socket

from restkit.wire.direct.adoption import tls_name, wrapped
from restkit.wire.direct.channel import Channel
from restkit.wire.direct.opening import Opening, no_hands
from restkit.wire.direct.origin import Origin
from restkit.wire.direct.socket_channel import SocketChannel
from restkit.wire.direct.turn import in_trio
from restkit.wire.facts import Tally


async def aadopted(opening: Opening, line: socket.socket, origin: Origin, tally: Tally) -> Channel:
    """A channel over a connected socket, with TLS where the origin has it. Raises httpx.ConnectError."""
    adopt = on_trio if in_trio() else on_asyncio
    if not origin.is_secure:
        return await adopt(opening, line, origin)
    try:
        with tally.times("tls"):
            return await adopt(opening, line, origin)
    except OSError as error:
        raise no_hands(error, origin) from error


async def on_trio(opening: Opening, line: socket.socket, origin: Origin) -> Channel:
    """Have trio's tasks wait for a socket that does not block."""
    if not origin.is_secure:
        return SocketChannel(line)
    channel = wrapped(opening, line, origin)
    try:
        while not channel.shake_hands():
            _ = await channel.wait(None, writing=False)
        opening.tls.vet(channel.about("ssl_object"), origin.name)
    except BaseException:
        channel.close()
        raise
    return channel


async def on_asyncio(opening: Opening, line: socket.socket, origin: Origin) -> Channel:
    """Have the loop's transports read and write the socket."""
    import asyncio

    from restkit.wire.direct.protocol_channel import ProtocolChannel

    loop = asyncio.get_running_loop()
    channel = ProtocolChannel(loop, line, secure=origin.is_secure)
    try:
        if origin.is_secure:
            context, name = opening.tls.context(), tls_name(origin)
            _ = await loop.create_connection(lambda: channel, sock=line, ssl=context, server_hostname=name)
        else:
            _ = await loop.create_connection(lambda: channel, sock=line)
    except BaseException:
        channel.close() if channel.is_connected else line.close()  # a transport has to close its socket itself
        raise
    try:
        if origin.is_secure:
            opening.tls.vet(channel.about("ssl_object"), origin.name)
    except BaseException:
        channel.close()
        raise
    return channel
