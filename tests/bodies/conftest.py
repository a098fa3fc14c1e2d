"""The three worlds, a real server, and servers whose every byte the test decides."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.bodies.content import OPEN
from tests.client.worlds import portal, server, world
from tests.wire.conftest import speak

__all__ = ["portal", "server", "speak", "world"]


@pytest.fixture(autouse=True)
def _tidy() -> Iterator[None]:
    """Close what a test has opened."""
    yield
    while OPEN:
        OPEN.pop().close()
