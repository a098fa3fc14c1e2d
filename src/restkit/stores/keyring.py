"""Tokens in the keyring of the system: Keychain, Credential Locker, Secret Service, KWallet."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from attrs import field, frozen
from typing_extensions import TypeVar

from restkit.credentials import Token
from restkit.errors import ConfigError, StoreError
from restkit.flow import Flow
from restkit.flow.worker import in_thread
from restkit.policies.checked import CHECK, check_fields
from restkit.stores.file import digest
from restkit.stores.lease import leased
from restkit.stores.place import state_folder, written_path
from restkit.stores.written import parsed, token_of

T = TypeVar("T")
HERE = "the keyring"


def checked_service(name: str, given: object) -> str:
    """The name under which the keyring lists its tokens. Raises ConfigError."""
    if not isinstance(given, str) or not given:
        raise ConfigError(name, "is no name", "pass your program's")
    return given


def lock_folder(given: str | os.PathLike[str] | None) -> Path:
    """The folder that was named, or the one for this user. Raises ConfigError."""
    return state_folder(os.environ) if given is None else written_path("folder", given)


@frozen
class KeyringTokens:
    """Keeps tokens where the system keeps its user's passwords. Needs `restkit-httpx[keyring]`.

    Whatever the keyring cannot do is a StoreError: it may be locked, or not be there at all.
    """

    service: str = field(metadata={CHECK: checked_service})
    """The name under which the keyring lists them: your program's."""
    folder: Path = field(default=None, converter=lock_folder)
    """Where processes take turns, since a keyring knows no locks: as for `FileTokens`, unless it is given."""

    def __attrs_post_init__(self) -> None:
        check_fields(self)
        if importlib.util.find_spec("keyring") is None:
            raise ConfigError("KeyringTokens", "needs the package keyring", "install restkit-httpx[keyring]")

    def load(self, key: str) -> Flow[Token | None]:
        """The token that was saved last; None if there is none."""
        text = yield from in_thread(partial(kept, self.service, key))
        return None if text is None else token_of(parsed(text, HERE), HERE)

    def save(self, key: str, token: Token) -> Flow[None]:
        """Keep a token in the place of the last one."""
        yield from in_thread(partial(keep, self.service, key, token))

    def remove(self, key: str) -> Flow[None]:
        """Forget a token, if it is there."""
        yield from in_thread(partial(forget, self.service, key))

    def exclusive(self, key: str, work: Callable[[], Flow[T]]) -> Flow[T]:
        """Run `work` while no other process of this user does for this service and key."""
        name = f"keyring.{digest(f'{self.service}/{key}')}.lock"
        return (yield from leased(self.folder / name, work))


def kept(service: str, key: str) -> str | None:
    """What the keyring has."""
    import keyring

    return asked(partial(keyring.get_password, service, key))


def keep(service: str, key: str, token: Token) -> None:
    """Hand a token to the keyring."""
    import json

    import keyring

    asked(partial(keyring.set_password, service, key, json.dumps(token.to_dict())))


def forget(service: str, key: str) -> None:
    """Have the keyring forget a token."""
    import keyring

    if kept(service, key) is not None:
        asked(partial(keyring.delete_password, service, key))


def asked(call: Callable[[], T]) -> T:
    """Ask the keyring. Raises StoreError, which repeats what the keyring says, but nothing of what a backend does."""
    from keyring.errors import KeyringError

    try:
        return call()
    except KeyringError as error:
        raise StoreError(f"the keyring failed: {str(error) or type(error).__name__}") from None
    except Exception as error:  # a backend's own  # noqa: BLE001 - which may hold the password
        raise StoreError(f"the keyring failed with {type(error).__name__}") from None
