"""The error for a connection that was not made."""

from __future__ import annotations

import errno

import httpx

from restkit.errors import ResourceError

EXHAUSTED = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
"""What the system says when this machine has nothing left to connect with."""


def no_connection(said: str, cause: OSError) -> httpx.TransportError:
    """One with a cause: httpcore's pool forgets the cause of an error, not its context."""
    made = ResourceError(said) if cause.errno in EXHAUSTED else httpx.ConnectError(said)
    made.__cause__ = made.__context__ = cause
    return made
