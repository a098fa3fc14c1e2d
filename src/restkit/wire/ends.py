"""What the streams of both worlds do with their sockets in the same way."""

from __future__ import annotations

import select
import socket
import ssl

import httpcore

from restkit.wire.facts import Remote

Errors = tuple[type[Exception], type[Exception]]
"""What a step raises when it fails, and when it takes too long."""
CONNECT: Errors = (httpcore.ConnectError, httpcore.ConnectTimeout)
READ: Errors = (httpcore.ReadError, httpcore.ReadTimeout)
WRITE: Errors = (httpcore.WriteError, httpcore.WriteTimeout)
CLOSED = "the connection was closed meanwhile"


def no_connection(said: str, cause: OSError) -> httpcore.ConnectError:
    """The error for a connection that was not made. httpcore's pool forgets the cause of an error, not its context."""
    made = httpcore.ConnectError(said)
    made.__cause__ = made.__context__ = cause
    return made


def remote_of(line: socket.socket) -> Remote | None:
    """The address and port at the other end; None if there is none, or it is no TCP."""
    if line.family not in (socket.AF_INET, socket.AF_INET6):
        return None
    try:
        host, port = line.getpeername()[:2]
    except OSError:
        return None
    return host, port


def wrapped(line: socket.socket, context: ssl.SSLContext, name: str | None) -> ssl.SSLSocket:
    """The socket, taken over by TLS, whose hands are still to be shaken. Raises httpcore.ConnectError."""
    if isinstance(line, ssl.SSLSocket):
        raise httpcore.ConnectError("TLS within TLS is not supported")
    try:
        return context.wrap_socket(line, server_hostname=name, do_handshake_on_connect=False)
    except OSError as error:
        raise httpcore.ConnectError(error) from error


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
