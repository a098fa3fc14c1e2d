"""Processes that share one file of tokens, each of which is good for an hour, in a time that each makes go by itself.

A refresh token is good once: the server, a folder, has a file for each that was used.
"""

from __future__ import annotations

import secrets
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
from attrs import frozen
from typing_extensions import override

from restkit import Client, Clock, Flow, Sync, Token
from restkit.stores import FileTokens
from restkit.tokens import TokenScheme

HOUR = 3600.0
SECONDS = 300.0
"""More than all processes take."""


class Ahead(Clock):
    """Real time, from which hours go by at once."""

    def __init__(self) -> None:
        self.hours = 0

    @override
    def now(self) -> float:
        """Seconds that have passed."""
        return time.monotonic() + self.hours * HOUR

    @override
    def wall(self) -> float:
        """Seconds since 1970."""
        return time.time() + self.hours * HOUR


@frozen
class Server:
    """Gives tokens for refresh tokens, in any process."""

    folder: Path

    def refresh(self, spent: str) -> str:
        """Another refresh token for one, which is used up by that. One that was is noted."""
        try:
            (self.folder / f"used-{spent}").touch(exist_ok=False)
        except FileExistsError:
            (self.folder / f"reused-{spent}-{secrets.token_hex(8)}").touch()
        return secrets.token_hex(16)

    def count(self, what: str) -> int:
        """How many refresh tokens were `used`, or `reused`."""
        return len(list(self.folder.glob(f"{what}-*")))


class Rotating(TokenScheme):
    """A scheme whose refresh tokens are good once."""

    def __init__(self, server: Server, **settings: Any) -> None:
        self._server, self.clock = server, Ahead()
        super().__init__(store=FileTokens(server.folder / "tokens.json"), key="me", clock=self.clock, **settings)

    @override
    def fetch(self, old: Token | None) -> Flow[Token]:
        """Get the next."""
        yield from ()
        spent = "first" if old is None else old.refresh_token or "none"
        return Token(
            value=secrets.token_hex(16),
            expires_at=self.clock.wall() + HOUR,
            lifetime=HOUR,
            refresh_token=self._server.refresh(spent),
        )


def call(folder: Path, count: int) -> None:
    """Make a call in each of so many hours, each with a token that is good."""
    scheme = Rotating(Server(folder))
    api = httpx.MockTransport(lambda request: httpx.Response(200, json=request.headers["Authorization"]))
    with Client[Sync](base_url="https://api.test", transport=api, auth=scheme) as client:
        seen = Counter[str]()
        for _ in range(count):
            seen[str(client.get("/").data)] += 1
            scheme.clock.hours += 1
    assert len(seen) == count, "a token was used after its end"


@frozen
class Played:
    """What came of it."""

    statuses: tuple[int, ...]
    refreshed: int
    reused: int
    words: str
    """What the processes complained of."""


def play(folder: Path, processes: int, count: int) -> Played:
    """Have processes share the tokens of a folder, through so many hours each."""
    words = [sys.executable, "-m", __name__, str(folder), str(count)]
    started = [subprocess.Popen(words, stderr=subprocess.PIPE, text=True) for _ in range(processes)]  # noqa: S603 - this
    said = [each.communicate(timeout=SECONDS)[1] for each in started]
    server = Server(folder)
    statuses = tuple(each.returncode for each in started)
    return Played(statuses, server.count("used"), server.count("reused"), "".join(said))


def main(words: Sequence[str]) -> None:
    """Be one of the processes."""
    call(Path(words[0]), int(words[1]))


if __name__ == "__main__":
    main(sys.argv[1:])
