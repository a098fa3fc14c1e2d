"""A store of each kind, and every way to run its flows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import anyio
import keyring
import pytest

from restkit.credentials import TokenStore
from restkit.flow import Flow, World, run
from restkit.flow.awaiting import arun
from restkit.stores import FileTokens, KeyringTokens, MemoryTokens
from tests.stores.backend import Drawer
from tests.stores.running import Perform, T


@pytest.fixture(params=["blocking", "asyncio", "trio"])
def perform(request: pytest.FixtureRequest) -> Perform:
    """Runs a flow in each world, in real time."""

    def awaiting(flow: Flow[T]) -> T:
        return anyio.run(arun, flow, World(), backend=request.param)

    return (lambda flow: run(flow, World())) if request.param == "blocking" else awaiting


@pytest.fixture(autouse=True)
def drawer(monkeypatch: pytest.MonkeyPatch) -> Drawer:
    """A keyring that lies in memory."""
    backend = Drawer()
    monkeypatch.setattr(keyring.core, "_keyring_backend", backend)
    return backend


STORES: dict[str, Callable[[Path], TokenStore]] = {
    "memory": lambda _: MemoryTokens(),
    "file": lambda folder: FileTokens(folder / "kept" / "tokens.json"),
    "keyring": lambda folder: KeyringTokens("tests", folder / "locks"),
}


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> TokenStore:
    """A store of each kind, with nothing in it."""
    return STORES[request.param](tmp_path)
