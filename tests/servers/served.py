"""The servers of one test run: each started when first asked for, and remembered."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import NoReturn, TypeAlias

import pytest
from attrs import define, field

from tests.servers.install import Cache, Unavailable
from tests.servers.running import Running, running
from tests.servers.table import SERVERS, Server

Served: TypeAlias = Callable[[str], Running]


@define
class Servers:
    """Every server a run has asked for, running or not to be had; each is tried once."""

    work: Callable[[str], Path]
    cache: Cache = field(factory=Cache)
    rows: Iterable[Server] = SERVERS
    environ: Mapping[str, str] = field(factory=lambda: os.environ)
    used: dict[str, Running | Unavailable] = field(factory=dict[str, "Running | Unavailable"])
    _open: ExitStack = field(factory=ExitStack)

    def __call__(self, name: str) -> Running:
        """Give a server that runs; without one the test is skipped, or fails where CI is set."""
        if name not in self.used:
            self.used[name] = self._tried(named(name, self.rows))
        outcome = self.used[name]
        if isinstance(outcome, Unavailable):
            refuse(f"no {name}: {outcome}", self.environ)
        return outcome

    def close(self) -> None:
        """End every server."""
        self._open.close()

    def _tried(self, server: Server) -> Running | Unavailable:
        try:
            return self._open.enter_context(running(server, self.cache, self.work(server.name)))
        except Unavailable as unavailable:
            return unavailable


def named(name: str, rows: Iterable[Server]) -> Server:
    """Find a server's row; an unknown name is an error that names the known ones."""
    known = {server.name: server for server in rows}
    if name not in known:
        raise LookupError(f"no server is named {name!r}; there are: {', '.join(known)}")
    return known[name]


def refuse(reason: str, environ: Mapping[str, str]) -> NoReturn:
    """Skip a test for want of a server, or fail it where CI promised that every server is there."""
    if environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def report(used: Mapping[str, Running | Unavailable]) -> list[str]:
    """Tell which servers a run used, in which versions, and which it could not have."""
    return [
        f"{name} {outcome.version}" if isinstance(outcome, Running) else f"{name}: not used, {outcome}"
        for name, outcome in used.items()
    ]
