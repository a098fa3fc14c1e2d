"""The error for a connection that was not made."""

from __future__ import annotations

import httpx


def no_connection(said: str, cause: OSError) -> httpx.ConnectError:
    """One with a cause: httpcore's pool forgets the cause of an error, not its context."""
    made = httpx.ConnectError(said)
    made.__cause__ = made.__context__ = cause
    return made
