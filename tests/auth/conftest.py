"""The three worlds, and a real server."""

from __future__ import annotations

from tests.client.worlds import portal, server, world

__all__ = ["portal", "server", "world"]
