"""The two worlds, as types: a client, and all that hangs on it, either blocks or awaits."""

from __future__ import annotations

from typing_extensions import TypeVar


class Sync:
    """Blocks: `client.users.get(7)` is a User."""


class Async:
    """Awaits: `await client.users.get(7)` is a User."""


M = TypeVar("M", Sync, Async, default=Sync)
"""The world of a resource or client: write it into the definition, and the client fills it in."""
