"""What everybody asks of a connected socket."""

from __future__ import annotations

import select
import socket
import ssl

from restkit.wire.facts import Remote


def remote_of(line: socket.socket) -> Remote | None:
    """The address and port at the other end; None if there is none, or it is no TCP."""
    if line.family not in (socket.AF_INET, socket.AF_INET6):
        return None
    try:
        host, port = line.getpeername()[:2]
    except OSError:
        return None
    return host, port


def about(line: socket.socket, info: str) -> object:
    """What httpcore, or a user, asks of a connection; None for what nobody knows."""
    match info:
        case "socket":
            return line
        case "is_readable":
            return is_readable(line)
        case "ssl_object":
            return line if isinstance(line, ssl.SSLSocket) else None
        case "client_addr":
            return line.getsockname()
        case "server_addr":
            return line.getpeername()
        case _:
            return None


def is_readable(line: socket.socket) -> bool:
    """Whether there is something to read, if only the end: how a pool finds out that an idle connection is over."""
    if line.fileno() < 0:
        return True
    if not hasattr(select, "poll"):  # pragma: no cover - Windows
        return bool(select.select([line], [], [], 0)[0])
    poll = select.poll()
    poll.register(line, select.POLLIN)
    return bool(poll.poll(0))
