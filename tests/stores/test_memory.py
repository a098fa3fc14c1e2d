"""Tokens in memory, and a process that forks."""

from __future__ import annotations

from restkit.flow import Flow, Sleep
from restkit.stores import MemoryTokens
from restkit.testing import Simulation


def test_who_was_busy_when_the_process_forked() -> None:
    """Ends no other's turn, in the child."""
    store, simulation, seen = MemoryTokens(), Simulation(), list[str]()

    def turn(name: str, seconds: float) -> Flow[None]:
        def alone() -> Flow[None]:
            seen.append(f"{name} begins")
            yield from Sleep(seconds)
            seen.append(f"{name} ends")

        yield from store.exclusive("a", alone)

    _ = simulation.start(turn("parent", 1.0))
    simulation.advance(0.5)
    store.after_fork()  # as in the child
    _ = simulation.start(turn("child", 2.0))
    simulation.advance(1.0)
    _ = simulation.run(turn("other", 1.0))

    assert ["parent begins", "child begins", "parent ends", "child ends", "other begins", "other ends"] == seen
