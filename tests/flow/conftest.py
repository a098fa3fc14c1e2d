"""Every engine, one after the other."""

from __future__ import annotations

import pytest

from tests.flow.engines import Engine


@pytest.fixture(params=["blocking", "asyncio", "trio", "simulation"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """An engine in virtual time, on an empty script."""
    return Engine(str(request.param))


@pytest.fixture(params=["asyncio", "trio"])
def awaiting(request: pytest.FixtureRequest) -> Engine:
    """The awaiting engine on either loop."""
    return Engine(str(request.param))
