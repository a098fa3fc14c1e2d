"""How a test runs the flows of a store, and what it keeps there."""

from __future__ import annotations

from typing import Protocol, TypeVar

from restkit.credentials import Token
from restkit.flow import Flow, World, run

T = TypeVar("T")

CANARY = "canary-bf2c41"
"""A part of each secret, which nothing may show."""
TOKEN = Token(
    value=f"{CANARY}-value",
    kind="DPoP",
    expires_at=1_800_000_000.5,
    lifetime=3600.0,
    refresh_token=f"{CANARY}-refresh",
    scope="read write",
    extra={"id_token": f"{CANARY}-id"},
)
OTHER = Token(value=f"{CANARY}-other")


class Perform(Protocol):
    """Runs a flow in one of the worlds."""

    def __call__(self, flow: Flow[T], /) -> T:
        """Give what it returns."""
        ...


def blocking(flow: Flow[T]) -> T:
    """Run a flow, blocking."""
    return run(flow, World())
