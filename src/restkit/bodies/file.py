"""Files: open ones, from where they stand, and paths, opened for each attempt."""

from __future__ import annotations

import contextlib
import inspect
import io
import os
import stat
import threading
from functools import partial
from pathlib import Path
from typing import Any

from restkit.bodies.asking import PIECE, at_once, checked, told
from restkit.bodies.iterated import Iterated, Once
from restkit.errors import InputError
from restkit.flow import Emit, Emitting, Open
from restkit.flow.outgoing import Source, Tell
from restkit.flow.worker import in_thread


class OpenFile:
    """An open binary file, from the place where it stands; afterwards it stands there again.

    Each attempt keeps its own place, so two of them may read side by side. Another call may not: where the file stood
    when it was described, nobody could know.
    """

    is_replayable: bool = True
    is_asynchronous: bool = False
    file: Any

    def __init__(self, field: str, file: Any, offset: int) -> None:  # noqa: ANN401 - anything that reads and seeks
        self._field, self.file, self._offset = field, file, offset
        self._lock, self._readings = threading.Lock(), 0
        self._ask = at_once if isinstance(file, io.BytesIO) else in_thread
        self.length: int | None = length_from(file, offset)

    def chunks(self, tell: Tell, /) -> Emitting[bytes]:
        """Read it, as far as it went when it was described."""
        sent = 0
        self._begin()
        try:
            while sent != self.length:
                size = PIECE if self.length is None else min(PIECE, self.length - sent)
                read = partial(self._read, self._offset + sent, size)
                piece = checked(self._field, (yield from told(self._ask(read), tell)))
                if not piece and self.length is None:
                    return
                if not piece:
                    raise shortened(self._field)
                sent += len(piece)
                yield from Emit(piece)
        finally:
            self._end()

    def _begin(self) -> None:
        with self._lock:
            if _readers.setdefault(id(self.file), self) is not self:
                raise busy(self._field)
            self._readings += 1

    def _read(self, place: int, size: int) -> object:
        with self._lock:
            _ = self.file.seek(place)
            return self.file.read(size)

    def _end(self) -> None:
        with self._lock:
            self._readings -= 1
            if not self._readings:
                _ = _readers.pop(id(self.file), None)
            with contextlib.suppress(ValueError, OSError):  # it was closed meanwhile
                _ = self.file.seek(self._offset)


_readers: dict[int, OpenFile] = {}
"""Who is reading an open file, by its identity."""


class File:
    """A file by its path: opened for each attempt, and closed after it."""

    is_replayable: bool = True
    is_asynchronous: bool = False
    path: str

    def __init__(self, field: str, path: str) -> None:
        self._field, self.path = field, path
        try:
            found = Path(path).stat()
            if stat.S_ISREG(found.st_mode):  # opening another, such as a pipe, might wait for ever
                io.FileIO(path).close()
        except (OSError, ValueError) as error:
            raise unopened(field, error) from error
        if not stat.S_ISREG(found.st_mode):
            raise InputError(field, "is the path of no file", "pass the path of one, or an open one")
        self.length: int = found.st_size

    def chunks(self, tell: Tell, /) -> Emitting[bytes]:
        """Open it, and read it as far as it went when it was described."""
        try:
            opened = yield from Open(Opened(self.path))
        except OSError as error:
            raise unopened(self._field, error) from error
        left = self.length
        while left:
            piece = yield from told(in_thread(partial(opened.file.read, min(PIECE, left))), tell)
            if not piece:
                raise shortened(self._field)
            left -= len(piece)
            yield from Emit(piece)
        opened.close()


class Opened:
    """A file that is open as long as an attempt lasts."""

    file: io.FileIO

    def __init__(self, path: str) -> None:
        self._path = path

    def open(self) -> None:
        """Open it. Raises OSError."""
        self.file = io.FileIO(self._path)

    async def aopen(self) -> None:
        """Open it in a worker thread. Raises OSError."""
        from anyio.to_thread import run_sync

        await run_sync(self.open)

    def close(self) -> None:
        """Close it, if it was opened."""
        file = getattr(self, "file", None)
        if file is not None:
            file.close()

    async def aclose(self) -> None:
        """Close it, which does not block."""
        self.close()


def open_file(field: str, file: Any) -> Source:  # noqa: ANN401 - anything that can be read
    """An open file as a source. Raises InputError for one that gives no bytes."""
    if id(file) in _readers:
        raise busy(field)
    if inspect.iscoroutinefunction(file.read):
        raise InputError(field, "is a file that is read asynchronously", "pass its path, or an iterator of bytes")
    try:
        nothing: object = file.read(0)
    except (OSError, ValueError, TypeError) as error:  # io.UnsupportedOperation is both of the first
        raise InputError(field, f"is a file that cannot be read: {error}", "open it with mode 'rb'") from error
    if not isinstance(nothing, bytes):
        raise InputError(field, "is a file in text mode", "open it with mode 'rb'")
    offset = offset_of(file)
    if offset is None:
        pieces = Iterated(field, iter(partial(file.read, PIECE), b""), partial(in_thread, abandon=True))
        return Once(field, pieces, file)
    return OpenFile(field, file, offset)


def offset_of(file: Any) -> int | None:  # noqa: ANN401 - anything that can be read
    """Where an open file stands; None for one that cannot go back there, such as a pipe."""
    try:
        place: int = file.tell()
        return place if file.seekable() else None
    except (AttributeError, OSError):
        return None


def length_from(file: Any, offset: int) -> int | None:  # noqa: ANN401 - anything that seeks
    """Bytes from there to an open file's end; None if it does not know its end, as a compressed one."""
    try:
        return max(0, int(file.seek(0, os.SEEK_END)) - offset)
    except (OSError, ValueError):
        return None
    finally:
        _ = file.seek(offset)


def busy(field: str) -> InputError:
    """The error for an open file that two calls would read at once."""
    return InputError(field, "is a file that another call is sending", "open it once for each call, or pass its path")


def unopened(field: str, error: OSError | ValueError) -> InputError:
    """The error for a path that cannot be opened."""
    reason = getattr(error, "strerror", None) or str(error)
    return InputError(field, f"cannot be opened: {reason}", "pass the path of a file")


def shortened(field: str) -> InputError:
    """The error for a file that has fewer bytes than it had."""
    return InputError(field, "became shorter while it was sent", "send a file that nobody writes to")
