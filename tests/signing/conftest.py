"""The three worlds, a real server, and vectors."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.client.worlds import portal, server, world
from tests.signing.vectors import unpacked

__all__ = ["portal", "server", "world"]


@pytest.fixture(scope="session")
def botocore() -> Path:
    """The source distribution of botocore, which has AWS's own vectors."""
    return unpacked("botocore")


@pytest.fixture(scope="session")
def rfc9421() -> Path:
    """The source distribution of http-message-signatures, which has the RFC's keys."""
    return unpacked("http-message-signatures")
