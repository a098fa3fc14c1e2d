"""The three worlds, and an authorization server that answers as it is told."""

from __future__ import annotations

import pytest

from tests.auth.oauth.authority import Authority
from tests.client.worlds import portal, server, world

__all__ = ["portal", "server", "world"]


@pytest.fixture
def authority() -> Authority:
    """An authorization server, and an API that takes its tokens."""
    return Authority()
