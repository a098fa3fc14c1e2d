"""What an error says of a request: whether another attempt could do better, and whether the server can have seen it."""

from __future__ import annotations

import httpx

from restkit.errors import (
    ConfigError,
    DeadlineExceeded,
    DNSError,
    InputError,
    ProtocolError,
    ProxyAuthError,
    Refused,
    ResourceError,
    RestkitError,
    TLSError,
    TooLarge,
    TransportError,
)
from restkit.flow.deadline import MomentPassed
from restkit.quotation import causes

REFUSALS = (ConfigError, InputError, DeadlineExceeded, Refused)
"""What restkit says by itself, and would say again."""
LASTING = (DNSError, ProtocolError, ProxyAuthError, ResourceError, TLSError, TooLarge)
"""Errors of the wire that would come again."""
BEFORE_SENDING = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
"""Errors that by their meaning come before a request is written."""
BROKEN = (httpx.ReadError, httpx.WriteError, httpx.CloseError, httpx.RemoteProtocolError)
"""How a connection ends that the server has closed."""
NO_SUCH_NAME = frozenset({-2, -4, -5, 4, 7, 8, 11001, 11003, 11004})
"""What EAI_NONAME, EAI_FAIL and EAI_NODATA are on Linux, macOS and Windows."""
REFUSED_STREAM = 7
"""HTTP/2's code for a request that was not looked at (RFC 9113, section 8.7)."""


def is_refusal(error: Exception) -> bool:
    """Whether restkit itself has said no."""
    return isinstance(error, REFUSALS)


def is_hopeless(error: Exception, deadline: float | None) -> bool:
    """Whether nothing would be gained by sending the request again, whatever anybody says.

    That goes for all that restkit refuses by itself, for what is wrong with the request, the answer or the certificate,
    for names that do not exist, and for the deadline.
    """
    if isinstance(error, MomentPassed):
        return error.until == deadline
    if isinstance(error, RestkitError):
        return not isinstance(error, TransportError) or isinstance(error, LASTING)
    if isinstance(error, httpx.UnsupportedProtocol | httpx.LocalProtocolError | httpx.InvalidURL):
        return True
    return isinstance(error, httpx.ConnectError) and any(map(is_lasting, causes(error)))


def is_lasting(cause: BaseException) -> bool:
    """Whether this, at the root of a failed connection, would come again."""
    names = {kind.__name__ for kind in type(cause).__mro__}
    if "gaierror" in names:
        return getattr(cause, "errno", None) in NO_SUCH_NAME
    return "SSLCertVerificationError" in names


def is_of_the_wire(error: Exception) -> bool:
    """Whether it is a failure of the wire: what is worth another attempt if nobody says otherwise."""
    return isinstance(error, httpx.TransportError)


def is_unseen(error: Exception, bytes_sent: int | None) -> bool:
    """Whether the server cannot have seen the request: no byte was written, or it said so itself.

    Where nobody has counted, the meaning of the error decides.
    """
    if bytes_sent == 0:
        return True
    if isinstance(error, httpx.RemoteProtocolError):
        return any(says_unseen(said) for cause in causes(error) for said in cause.args)
    return bytes_sent is None and isinstance(error, BEFORE_SENDING)


def says_unseen(said: object) -> bool:
    """Whether this is h2's event for a request that was not looked at: its stream was refused, or any there was."""
    if getattr(said, "last_stream_id", None) == 0:  # of a GOAWAY (RFC 9113, section 6.8)
        return True
    return getattr(said, "error_code", None) == REFUSED_STREAM and hasattr(said, "stream_id")


def is_broken(error: Exception | None) -> bool:
    """Whether a connection broke off, rather than was silent for too long."""
    return isinstance(error, BROKEN)
