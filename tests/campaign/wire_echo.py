"""A fast server in a process of its own, whose answers name their requests: `python -m tests.campaign.wire_echo`.

It tells its port, and serves until its standard input ends. `/stats` tells what it has seen. Some answers are long,
some come in two parts, some come late, so that a call may be cancelled anywhere.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from typing import ClassVar, TypedDict

import httpx

SHORT, LONG = 1, 4_000
"""How often an answer says its target."""
LATE = 0.001
"""Seconds."""


class Stats(TypedDict):
    """What the server has seen."""

    open: int
    connections: int
    requests: int
    doubled: int


def body_of(target: str) -> bytes:
    """What the answer to a target is."""
    return f"{target};".encode() * (LONG if target.endswith("9") else SHORT)


class Echo(asyncio.Protocol):
    """One connection."""

    open: ClassVar[int] = 0
    connections: ClassVar[int] = 0
    asked: ClassVar[Counter[str]] = Counter()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It begins."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._held = b""
        Echo.open += 1
        Echo.connections += 1

    def connection_lost(self, _error: Exception | None) -> None:
        """It is over."""
        Echo.open -= 1

    def data_received(self, data: bytes) -> None:
        """Answer each request that is whole."""
        self._held += data
        while b"\r\n\r\n" in self._held:
            head, _, self._held = self._held.partition(b"\r\n\r\n")
            self._answer(head.split(b" ", 2)[1].decode())

    def _answer(self, target: str) -> None:
        if target == "/stats":
            return self._say(json.dumps(stats()).encode(), target)
        Echo.asked[target] += 1
        return self._say(body_of(target), target)

    def _say(self, body: bytes, target: str) -> None:
        said = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
        if target.endswith("8"):
            _ = asyncio.get_running_loop().call_later(LATE, self._transport.write, said)
            return
        middle = 30 if target.endswith(("7", "9")) else 0
        if middle:
            self._transport.write(said[:middle])
            _ = asyncio.get_running_loop().call_later(LATE, self._transport.write, said[middle:])
            return
        self._transport.write(said)


def stats() -> Stats:
    """What was seen, without the connection of whoever asks."""
    doubled = sum(count - 1 for count in Echo.asked.values())
    requests = Echo.asked.total()
    return {"open": Echo.open - 1, "connections": Echo.connections, "requests": requests, "doubled": doubled}


async def main() -> None:
    """Serve until nobody needs it."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Echo, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    _ = await loop.run_in_executor(None, sys.stdin.read)


@contextmanager
def running() -> Generator[str]:
    """The server, as long as it is needed: its URL."""
    command = [sys.executable, "-m", "tests.campaign.wire_echo"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.kill()


def ask_stats(url: str) -> Stats:
    """What it has seen."""
    found: Stats = httpx.get(f"{url}/stats", trust_env=False).json()
    return found


if __name__ == "__main__":
    asyncio.run(main())
