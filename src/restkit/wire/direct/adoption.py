"""A thread makes a channel of a socket."""

from __future__ import annotations

import socket

from restkit.wire.direct.opening import Opening, no_hands
from restkit.wire.direct.origin import Origin
from restkit.wire.direct.pace import Pace
from restkit.wire.direct.socket_channel import SocketChannel
from restkit.wire.http1 import Unsendable
from restkit.wire.tls import server_name, taken_over


def adopted(opening: Opening, line: socket.socket, origin: Origin, pace: Pace) -> SocketChannel:
    """A channel over a connected socket, with TLS where the origin has it. Raises httpx.ConnectError."""
    if not origin.is_secure:
        return SocketChannel(line)
    with pace.tally.times("tls"):
        channel = wrapped(opening, line, origin)
        try:
            shake_hands(channel, origin, pace)
            opening.tls.vet(channel.about("ssl_object"), origin.name)
        except BaseException:
            channel.close()
            raise
    return channel


def tls_name(origin: Origin) -> str | None:
    """The name to ask for. Raises Unsendable for one that TLS cannot say."""
    name = server_name(origin.name)
    try:
        _ = (name or "").encode("idna")
    except UnicodeError:
        raise Unsendable("server name", "has a label that is empty or longer than 63 letters") from None
    return name


def wrapped(opening: Opening, line: socket.socket, origin: Origin) -> SocketChannel:
    """The socket, taken over by TLS, whose hands are still to be shaken."""
    try:
        name = tls_name(origin)
        context = opening.tls.context()
        secure = taken_over(
            line, context, server_hostname=name, do_handshake_on_connect=False, suppress_ragged_eofs=False
        )
    except OSError as error:
        line.close()
        raise no_hands(error, origin) from error
    except BaseException:
        line.close()
        raise
    return SocketChannel(secure)


def shake_hands(channel: SocketChannel, origin: Origin, pace: Pace) -> None:
    """Begin TLS, within the time to connect."""
    stop = pace.stop
    try:
        if stop is not None and not stop.enlist(channel.cut):
            raise pace.over()
        seconds = pace.seconds("connect")  # asked before each step, also one that has to wait for nothing
        while not channel.shake_hands():
            if not channel.block(seconds, writing=False):
                raise pace.late("connect")
            seconds = pace.seconds("connect")
    except OSError as error:
        if pace.is_over:
            raise pace.over() from error
        raise no_hands(error, origin) from error
    finally:
        if stop is not None:
            stop.forget(channel.cut)
