"""The three worlds, real origins, and no proxy of the environment's own."""

from __future__ import annotations

import pytest

from tests.client.worlds import portal, world
from tests.wire.conftest import secure, server, speak, trust, wire

__all__ = ["portal", "secure", "server", "speak", "trust", "wire", "world"]
VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment that says nothing of proxies."""
    for name in (*VARIABLES, *map(str.upper, VARIABLES), "REQUEST_METHOD"):
        monkeypatch.delenv(name, raising=False)
