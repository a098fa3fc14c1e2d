"""The three worlds."""

from __future__ import annotations

from tests.client.worlds import portal, world

__all__ = ["portal", "world"]
