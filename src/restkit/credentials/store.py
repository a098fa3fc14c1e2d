"""Where tokens outlive the process, or are shared by several."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, cast

from typing_extensions import TypeVar

from restkit.credentials.token import Token
from restkit.errors import ConfigError
from restkit.flow import Flow
from restkit.policies.checked import refuse_class

T = TypeVar("T")
METHODS = ("load", "save", "remove", "exclusive")


class TokenStore(Protocol):
    """Keeps tokens by a key. Its methods are flows, so that one store serves both worlds.

    Whatever cannot be read or written is a StoreError; what is not there is None.
    """

    def load(self, key: str, /) -> Flow[Token | None]:
        """The token that was saved last."""
        ...

    def save(self, key: str, token: Token, /) -> Flow[None]:
        """Keep a token: once this is over, no other process gets an older one."""
        ...

    def remove(self, key: str, /) -> Flow[None]:
        """Forget a token."""
        ...

    def exclusive(self, key: str, work: Callable[[], Flow[T]], /) -> Flow[T]:
        """Run `work` while nobody else who shares this store does: one refresh at a time."""
        ...


def checked_store(name: str, given: object) -> TokenStore | None:
    """A token store, or None. Raises ConfigError."""
    refuse_class(name, given)
    if given is not None and not all(callable(getattr(given, method, None)) for method in METHODS):
        raise ConfigError(name, f"is of type {type(given).__name__}", "pass a token store, such as FileTokens(path)")
    return cast("TokenStore | None", given)  # as is checked
