"""A lease: one process has it, the others wait, and nobody for ever."""

from __future__ import annotations

import errno
import fcntl
import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from typing_extensions import override

from restkit.errors import StoreError
from restkit.flow import Clock, Flow, World, run
from restkit.stores.lease import MOST, PATIENCE, Lease, leased
from restkit.testing import VirtualClock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file that is locked."""
    return tmp_path / "own" / "a.lock"


@pytest.fixture
def held(path: Path) -> Iterator[Lease]:
    """A lease that somebody has."""
    lease = Lease(path)
    assert lease.take()
    yield lease
    lease.give_back()


class Waiting(Clock):
    """A clock on which no time passes: it counts the waits, and after so many something happens."""

    def __init__(self, after: int, happens: Callable[[], object]) -> None:
        self.waits: list[float] = []
        self._after, self._happens = after, happens

    @override
    def sleep(self, seconds: float) -> None:
        """Count."""
        self.waits.append(seconds)
        if len(self.waits) == self._after:
            _ = self._happens()


def said() -> Flow[str]:
    """Work that is done at once."""
    yield from ()
    return "done"


def test_one_has_it(held: Lease, path: Path) -> None:
    """And nobody else, until it is given back."""
    other = Lease(path)
    before = other.take()
    held.give_back()

    assert (False, True) == (before, other.take())


def test_it_is_waited_for(held: Lease, path: Path) -> None:
    """At first impatiently, then less so."""
    clock = Waiting(after=9, happens=held.give_back)
    answer = run(leased(path, said), World(clock=clock))

    assert ("done", [0.001, 0.002, 0.004, 0.008, 0.016, MOST, MOST, MOST, MOST]) == (answer, clock.waits)


@pytest.mark.usefixtures("held")
def test_nobody_waits_for_ever(path: Path) -> None:
    """Whoever has it for so long hangs."""
    clock = VirtualClock()
    began = clock.now()
    with pytest.raises(StoreError, match=r"another process has kept .*a.lock locked for 60 seconds"):
        _ = run(leased(path, said), World(clock=clock))

    assert PATIENCE == pytest.approx(clock.now() - began, abs=2 * MOST)


def test_a_file_system_without_locks(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Is a failure of the store."""

    def refuse(_file: int, _how: int) -> NoReturn:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)

    with pytest.raises(StoreError, match=r"a\.lock cannot be locked: No locks available"):
        _ = run(leased(path, said), World())


def test_it_may_be_given_back_twice(held: Lease, path: Path) -> None:
    """The second time nothing happens."""
    held.give_back()
    other = Lease(path)
    taken = other.take()
    held.give_back()

    assert (True, False) == (taken, Lease(path).take())


def test_one_that_is_forgotten_is_given_back(path: Path) -> None:
    """A thread may take it when nobody waits any more."""
    lease = Lease(path)
    _ = lease.take()
    del lease
    _ = gc.collect()

    assert Lease(path).take()


def test_a_child_that_outlives_its_parent_does_not_keep_it(held: Lease, path: Path) -> None:
    """Its copy of the file is closed at once."""
    held.after_fork()  # as in the child
    held.after_fork()

    assert Lease(path).take()
