"""Where tokens outlive the process, or are shared by several."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from typing_extensions import TypeVar

from restkit.credentials.token import Token
from restkit.flow import Flow

T = TypeVar("T")


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
