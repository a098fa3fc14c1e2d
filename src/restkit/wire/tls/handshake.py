"""How hands are shaken, and what it means when the other side does something else."""

from __future__ import annotations

import socket
import ssl
from typing import Any

from restkit.errors import ProtocolError, TLSError
from restkit.wire.facts import Tally
from restkit.wire.tls.handed import Handed

NO_TLS = ("wrong version number", "record layer failure", "packet length too long", "http request")
"""What OpenSSL, in its several versions, makes of an answer that is no TLS."""
UNWANTED = frozenset(
    {
        "TLSV13_ALERT_CERTIFICATE_REQUIRED",
        "TLSV1_ALERT_ACCESS_DENIED",
        "TLSV1_ALERT_UNKNOWN_CA",
        "SSLV3_ALERT_BAD_CERTIFICATE",
        "SSLV3_ALERT_CERTIFICATE_EXPIRED",
        "SSLV3_ALERT_CERTIFICATE_REVOKED",
        "SSLV3_ALERT_CERTIFICATE_UNKNOWN",
        "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE",
    }
)
"""How a server says that it does not take the client's certificate, or misses one: in TLS 1.3 after the handshake."""
RECORDS = (b"\x15\x03", b"\x16\x03")
"""How an alert and a handshake of TLS begin (RFC 8446 section 5.1)."""


def taken_over(line: socket.socket, context: ssl.SSLContext, **how: Any) -> ssl.SSLSocket:  # noqa: ANN401 - Python's own
    """The socket, taken over by TLS, as `wrap_socket` does. Raises OSError.

    Then it is closed: one that is reset at that very moment Python loses, unclosed.
    """
    try:
        return context.wrap_socket(line, **how)
    except OSError as error:
        import traceback

        for frame, _ in traceback.walk_tb(error.__traceback__):
            lost = frame.f_locals.get("self")
            if isinstance(lost, ssl.SSLSocket):
                lost.close()
        raise


def shake_hands(line: ssl.SSLSocket, context: ssl.SSLContext, host: str) -> None:
    """Begin TLS, and vet what was shown. Raises OSError, ProtocolError where no TLS is spoken, TLSVerifyError."""
    try:
        line.do_handshake()
    except ssl.SSLError as error:
        refuse_plain(error, host)
        raise
    vet(line, context, host)


def vet(session: ssl.SSLObject | ssl.SSLSocket, context: ssl.SSLContext, host: str) -> None:
    """Have the identity that a context stands for look at what was shown. Raises TLSVerifyError."""
    if isinstance(context, Handed):
        context.tls.vet(session, host)


def refuse_plain(error: ssl.SSLError, host: str) -> None:
    """Raise ProtocolError if a handshake failed since the other side speaks something else."""
    if any(said in str(error) for said in NO_TLS):
        raise ProtocolError(f"{host} does not speak TLS at this port, but perhaps plain HTTP: is it http?") from error


def note(line: socket.socket, data: bytes, tally: Tally) -> None:
    """Count what was read. Raises ProtocolError if it is the beginning of an answer, in TLS where none is spoken."""
    if tally.is_at_work and not tally.received and not isinstance(line, ssl.SSLSocket):
        refuse_tls(data)
    tally.read(len(data))


def refuse_tls(data: bytes) -> None:
    """Raise ProtocolError if the first bytes of an answer to plain HTTP are TLS."""
    if data.startswith(RECORDS):
        raise ProtocolError("the server answers plain HTTP in TLS: is it https?")


def lost(error: OSError, otherwise: type[Exception]) -> Exception:
    """The error for a connection that broke: TLSError where the server does not take our certificate."""
    if isinstance(error, ssl.SSLError) and error.reason in UNWANTED:
        return TLSError(f"the server wants another client certificate, or one at all: {error}")
    return otherwise(error)


def server_name(host: str | None) -> str | None:
    """The name to ask for, and to be shown, without the dot of the root (RFC 6066 section 3)."""
    return None if host is None else host.removesuffix(".")
