"""Tokens in the keyring of the system."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest
from keyring.errors import KeyringError, KeyringLocked, NoKeyringError

from restkit.errors import ConfigError, StoreError
from restkit.stores import KeyringTokens
from tests.stores.backend import Drawer
from tests.stores.running import CANARY, OTHER, TOKEN, blocking


@pytest.fixture
def store(tmp_path: Path) -> KeyringTokens:
    """A store with nothing in it."""
    return KeyringTokens("shop", tmp_path)


def test_it_is_listed_by_service_and_key(store: KeyringTokens, drawer: Drawer) -> None:
    """As JSON."""
    blocking(store.save("a", TOKEN))

    assert {("shop", "a"): TOKEN.to_dict()} == {name: json.loads(text) for name, text in drawer.kept.items()}


def test_services_do_not_share(store: KeyringTokens, tmp_path: Path) -> None:
    """Each has its own."""
    blocking(store.save("a", TOKEN))

    assert None is blocking(KeyringTokens("bank", tmp_path).load("a"))


@pytest.mark.parametrize("text", ["", "a password", "[]", '{"kind": "Bearer"}'])
def test_what_is_no_token(store: KeyringTokens, drawer: Drawer, text: str) -> None:
    """Is an error that does not show it."""
    drawer.kept["shop", "a"] = text
    with pytest.raises(StoreError, match=r"the keyring (is broken|holds)") as caught:
        _ = blocking(store.load("a"))

    assert ("a password" in str(caught.value), None) == (False, caught.value.__cause__)


@pytest.mark.parametrize(
    ("failure", "message"),
    [
        (KeyringLocked("it is locked"), "the keyring failed: it is locked"),
        (NoKeyringError("No recommended backend"), "the keyring failed: No recommended backend"),
        (KeyringError(), "the keyring failed: KeyringError"),
        (RuntimeError(CANARY), "the keyring failed with RuntimeError"),
    ],
)
def test_a_keyring_that_fails(store: KeyringTokens, drawer: Drawer, failure: Exception, message: str) -> None:
    """Is a failure of the store; what a backend says for itself may be a secret."""
    drawer.failure = failure
    for ask in (store.load("a"), store.save("a", OTHER), store.remove("a")):
        with pytest.raises(StoreError, match=f"^{message}$") as caught:
            _ = blocking(ask)

        assert (None, True) == (caught.value.__cause__, caught.value.__suppress_context__)


def test_without_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store cannot be made, and the error says what to install."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)

    with pytest.raises(ConfigError, match=r"needs the package keyring; install restkit-httpx\[keyring\]"):
        _ = KeyringTokens("shop", tmp_path)


@pytest.mark.parametrize("service", ["", 7, None])
def test_a_service_has_a_name(tmp_path: Path, service: Any) -> None:
    """Your program's."""
    with pytest.raises(ConfigError, match="service is no name"):
        _ = KeyringTokens(service, tmp_path)
