"""Fixtures that pytest finds by itself.

pytest loads this in each of its runs, wherever restkit is installed: so nothing is imported before a fixture is used.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from restkit.testing.clock import VirtualClock
    from restkit.testing.faults.server import FaultServer
    from restkit.testing.simulation import Simulation
    from restkit.testing.transport import ScriptedTransport


@pytest.fixture
def virtual_clock() -> VirtualClock:
    """A clock on which time passes only by being slept through."""
    from restkit.testing.clock import VirtualClock

    return VirtualClock()


@pytest.fixture
def scripted_transport() -> Iterator[ScriptedTransport]:
    """A transport with an empty script: `scripted_transport.script("GET", "/users/7", answer(json=...))`.

    At the end every answer must have been asked for, and every response read or closed.
    """
    from restkit.testing.transport import ScriptedTransport

    transport = ScriptedTransport()
    yield transport
    transport.assert_all_sent()
    transport.assert_all_over()


@pytest.fixture
def simulation(virtual_clock: VirtualClock) -> Iterator[Simulation]:
    """Many calls at once in virtual time, on their client's own transport."""
    from restkit.testing.simulation import Simulation

    with Simulation(virtual_clock) as simulated:
        yield simulated


@pytest.fixture
def fault_server() -> Iterator[FaultServer]:
    """A real server, which is well until `fault_server.play(...)` says otherwise."""
    from restkit.testing.faults.server import FaultServer

    with FaultServer() as server:
        yield server
