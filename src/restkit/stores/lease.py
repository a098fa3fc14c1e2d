"""What one process at a time has, all others waiting: a locked file.

Theory of operation. The system gives up the lock of a process that ends, however it ends, so none is left behind. Two
leases exclude each other in one process just as well. The file is never removed: somebody may be about to lock it.
Whoever waits asks again and again, since a system call that waits could not be called off.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable
from pathlib import Path

from typing_extensions import TypeVar

from restkit.errors import ConfigError, StoreError
from restkit.flow import Flow, Sleep
from restkit.flow.forks import forks
from restkit.flow.worker import in_thread
from restkit.stores.place import private_folder

T = TypeVar("T")
FIRST, MOST = 0.001, 0.02
"""Seconds between two looks at whether it has become free: at first, and in the end."""
PATIENCE = 60.0
"""Seconds after which whoever has it is taken to hang: a refresh takes half of that at most."""

if sys.platform == "win32":  # pragma: no cover - the tests run elsewhere
    import msvcrt

    def lock(file: int) -> bool:
        """Lock an open file; False if somebody has."""
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        return True

    def unlock(file: int) -> None:
        """Let others lock it."""
        msvcrt.locking(file, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def lock(file: int) -> bool:
        """Lock an open file; False if somebody has."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def unlock(file: int) -> None:
        """Let others lock it."""
        fcntl.flock(file, fcntl.LOCK_UN)


class Lease:
    """The right to be the only one, taken and given back once."""

    __slots__ = ("__weakref__", "_file", "_path")

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None
        forks.add(self)

    def take(self) -> bool:
        """Take it; False if somebody has it. Raises ConfigError where no file can be made, StoreError for a lock."""
        if self._file is None:
            self._file = opened(self._path)
        try:
            return lock(self._file)
        except OSError as error:
            raise StoreError(f"{self._path} cannot be locked: {error.strerror}") from error

    def give_back(self) -> None:
        """Let the next one have it, if it was taken."""
        file, self._file = self._file, None
        if file is not None:
            with contextlib.suppress(OSError):  # it was not locked, or closing it does
                unlock(file)
            os.close(file)

    def __del__(self) -> None:
        self.give_back()  # a thread took it when nobody waited any more

    def after_fork(self) -> None:
        """In the child: it is the parent's, who keeps it when the child's copy of the file is closed."""
        file, self._file = self._file, None
        if file is not None:
            os.close(file)


def opened(path: Path) -> int:
    """Open a file to be locked, and make it if need be. Raises ConfigError."""
    private_folder(path.parent)
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
    except OSError as error:
        raise ConfigError(str(path), f"cannot be written: {error.strerror}", "choose another folder") from error


def leased(path: Path, work: Callable[[], Flow[T]]) -> Flow[T]:
    """Run `work` while nobody else does who names the same file."""
    lease = Lease(path)
    try:
        yield from taken(lease, path)
        return (yield from work())
    finally:
        lease.give_back()


def taken(lease: Lease, path: Path) -> Flow[None]:
    """Wait for a lease. Raises StoreError if whoever has it never gives it back."""
    waited, delay = 0.0, FIRST
    while not (yield from in_thread(lease.take)):
        if waited > PATIENCE:
            raise StoreError(f"another process has kept {path} locked for {PATIENCE:g} seconds")
        yield from Sleep(delay)
        waited, delay = waited + delay, min(2 * delay, MOST)
