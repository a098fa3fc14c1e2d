"""The three worlds, a real server, and every engine in virtual time."""

from __future__ import annotations

import pytest

from tests.client.worlds import portal, server, world
from tests.flow.engines import Engine

__all__ = ["portal", "server", "world"]


@pytest.fixture(params=["blocking", "asyncio", "trio", "simulation"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """An engine in virtual time, on an empty script."""
    return Engine(str(request.param))
