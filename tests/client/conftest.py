"""The three worlds, and a real server."""

from __future__ import annotations

from tests.client.worlds import portal, server, world
from tests.wire.conftest import speak

__all__ = ["portal", "server", "speak", "world"]
