"""The transport whose figures are taken. It is named here and nowhere else."""

from __future__ import annotations

from typing import Any

from restkit.wire.transport import WireTransport


def transport(limit: int | None = None, **settings: Any) -> WireTransport:
    """The transport, of both worlds; its bodies have at most `limit` bytes, decoded."""
    return WireTransport(max_response_bytes=limit, **settings)
