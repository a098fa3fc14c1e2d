"""A request as a server sees it, without a server."""

from __future__ import annotations

import httpx

from tests.loopback import Received


def as_received(request: httpx.Request) -> Received:
    """What would arrive."""
    return Received(request.method, request.url.raw_path.decode("ascii"), request.headers, request.content, 1)
