"""Tokens in a file, for the processes of one user on one machine."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from attrs import field, frozen
from typing_extensions import TypeVar

from restkit.credentials import Token
from restkit.flow import Flow
from restkit.flow.worker import in_thread
from restkit.stores.lease import leased
from restkit.stores.place import state_folder, written_path
from restkit.stores.written import change_tokens, read_tokens

T = TypeVar("T")


def token_file(given: str | os.PathLike[str] | None) -> Path:
    """The file that was named, or the one for this user. Raises ConfigError."""
    if given is None:
        return state_folder(os.environ) / "tokens.json"
    return written_path("path", given)


@frozen
class FileTokens:
    """Keeps tokens in a file that only its owner can read, and that is changed whole or not at all.

    Processes that name the same file share its tokens, and refresh one of them one at a time. A file that is broken,
    or not of tokens, is a StoreError and stays as it is; one that others can read, or a folder that they own or can
    write, is a ConfigError.
    """

    path: Path = field(default=None, converter=token_file)
    """The file; unless it is given, `restkit/tokens.json` in XDG_STATE_HOME or in `.local/state` of HOME."""

    def load(self, key: str) -> Flow[Token | None]:
        """The token that was saved last; None if there is none."""
        tokens = yield from in_thread(partial(read_tokens, self._real))
        return tokens.get(key)

    def save(self, key: str, token: Token) -> Flow[None]:
        """Keep a token in the place of the last one."""
        yield from leased(self._beside("lock"), partial(self._change, key, token))

    def remove(self, key: str) -> Flow[None]:
        """Forget a token, if it is there."""
        yield from leased(self._beside("lock"), partial(self._change, key, None))

    def exclusive(self, key: str, work: Callable[[], Flow[T]]) -> Flow[T]:
        """Run `work` while nobody else does for this key of this file, in any process."""
        return (yield from leased(self._beside(f"{digest(key)}.lock"), work))

    def _change(self, key: str, token: Token | None) -> Flow[None]:
        yield from in_thread(partial(change_tokens, self._real, key, token))

    def _beside(self, suffix: str) -> Path:
        return self._real.with_name(f"{self._real.name}.{suffix}")

    @property
    def _real(self) -> Path:
        """Where a link leads to: that is what is replaced."""
        return Path(os.path.realpath(self.path))  # which takes a link to itself as it is, to be refused when opened


def digest(key: str) -> str:
    """A key as part of a file's name."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]
