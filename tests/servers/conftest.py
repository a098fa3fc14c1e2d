"""The fixture that hands out servers, and the run's last word on which were used."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.client.worlds import portal, world
from tests.servers.calling import connect, kind, make
from tests.servers.install import Unavailable
from tests.servers.running import Running
from tests.servers.served import Served, Servers, report

__all__ = ["connect", "kind", "make", "portal", "world"]

USED = pytest.StashKey[dict[str, "Running | Unavailable"]]()


@pytest.fixture(scope="session")
def served(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Hand out servers by name, started when first asked for."""
    servers = Servers(work=tmp_path_factory.mktemp, used=pytestconfig.stash.setdefault(USED, {}))
    yield servers
    servers.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """End the run with the servers it used."""
    if used := config.stash.get(USED, None):
        terminalreporter.section("servers")
        for line in report(used):
            terminalreporter.write_line(line)
