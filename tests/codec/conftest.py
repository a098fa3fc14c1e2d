"""The three worlds, a real server, and both ways to read."""

from __future__ import annotations

import pytest

from restkit import JSON
from tests.client.worlds import portal, server, world
from tests.codec.trials import Thorough

__all__ = ["codec", "portal", "server", "world"]


@pytest.fixture(params=[JSON, Thorough], ids=["direct", "thorough"])
def codec(request: pytest.FixtureRequest) -> JSON:
    """JSON, read directly where that is exact, and by cattrs alone: what comes of it is the same."""
    made: JSON = request.param()
    return made
