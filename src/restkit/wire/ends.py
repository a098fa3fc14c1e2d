"""What the streams of both worlds do with their sockets in the same way."""

from __future__ import annotations

import socket
import ssl

import httpcore

from restkit.wire.tls import taken_over

Errors = tuple[type[Exception], type[Exception]]
"""What a step raises when it fails, and when it takes too long."""
CONNECT: Errors = (httpcore.ConnectError, httpcore.ConnectTimeout)
READ: Errors = (httpcore.ReadError, httpcore.ReadTimeout)
WRITE: Errors = (httpcore.WriteError, httpcore.WriteTimeout)
CLOSED = "the connection was closed meanwhile"


def wrapped(line: socket.socket, context: ssl.SSLContext, name: str | None) -> ssl.SSLSocket:
    """The socket, taken over by TLS, whose hands are still to be shaken. Raises httpcore.ConnectError."""
    if isinstance(line, ssl.SSLSocket):
        raise httpcore.ConnectError("TLS within TLS is not supported")
    try:
        return taken_over(
            line, context, server_hostname=name, do_handshake_on_connect=False, suppress_ragged_eofs=False
        )
    except OSError as error:
        raise httpcore.ConnectError(error) from error
