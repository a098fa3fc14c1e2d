"""Tokens that are forgotten when the program ends."""

from __future__ import annotations

from collections.abc import Callable

from typing_extensions import TypeVar, override

from restkit.credentials import Token
from restkit.flow import Flow, Promise, Wait
from restkit.flow.forks import forks

T = TypeVar("T")


class MemoryTokens:
    """Keeps tokens as long as the program runs: for several schemes that share them, and for tests.

    Threads, tasks and event loops may share it; a forked child goes on with a copy of its own.
    """

    __slots__ = ("__weakref__", "_busy", "_tokens")

    def __init__(self) -> None:
        self._tokens: dict[str, Token] = {}
        self._busy: dict[str, Promise[None]] = {}
        forks.add(self)

    def load(self, key: str) -> Flow[Token | None]:
        """The token that was saved last; None if there is none."""
        yield from ()
        return self._tokens.get(key)

    def save(self, key: str, token: Token) -> Flow[None]:
        """Keep a token in the place of the last one."""
        yield from ()
        self._tokens[key] = token

    def remove(self, key: str) -> Flow[None]:
        """Forget a token, if it is there."""
        yield from ()
        _ = self._tokens.pop(key, None)

    def exclusive(self, key: str, work: Callable[[], Flow[T]]) -> Flow[T]:
        """Run `work` while nobody else on this store does for this key."""
        mine: Promise[None] = Promise(shared=True)
        while (others := self._busy.setdefault(key, mine)) is not mine:
            yield from Wait(others)
        try:
            return (yield from work())
        finally:
            self._leave(key, mine)

    def _leave(self, key: str, mine: Promise[None]) -> None:
        if self._busy.get(key) is mine:  # in a forked child it is not
            del self._busy[key]
        _ = mine.keep()

    def after_fork(self) -> None:
        """In the child: whoever was busy is the parent's."""
        self._busy = {}

    @override
    def __repr__(self) -> str:
        return f"MemoryTokens({len(self._tokens)} kept)"
