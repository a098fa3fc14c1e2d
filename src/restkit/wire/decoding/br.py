"""br (RFC 7932), by a package whose output can be bounded: brotli or brotlicffi, 1.2 or newer."""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import ModuleType
from typing import Protocol

from restkit.wire.decoding.members import Format
from restkit.wire.decoding.packages import Load, loaded

ENOUGH = 32_000
"""Bytes after which a step stops: a little less than the package's first block, since it gives whole blocks."""


class Bounded(Protocol):
    """The decompressor of those packages."""

    def process(self, data: bytes, output_buffer_limit: int) -> bytes:
        """What comes out, about as much as the limit says; b"" if there is nothing more."""
        ...

    def is_finished(self) -> bool:
        """Whether the end has come, and all was given."""
        ...


class Brotli:
    """A brotli decompressor, in the manner of the others."""

    needs_input: bool
    unused_data: bytes
    """Nothing: bytes behind the end are an error of the package's."""

    def __init__(self, inner: Bounded) -> None:
        self._inner = inner
        self._held = b""
        self.needs_input, self.unused_data = True, b""

    @property
    def eof(self) -> bool:
        """Whether it is over."""
        return not self._held and self._inner.is_finished()

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        """At most `max_length` bytes; raises the package's error."""
        if not self._held:
            self._held = self._inner.process(data, output_buffer_limit=ENOUGH)
            self.needs_input = not self._held
        piece, self._held = self._held[:max_length], self._held[max_length:]
        return piece


def begun(make: Callable[[], Bounded]) -> Brotli:
    """A decompressor, made by its package."""
    return Brotli(make())


def is_bounded(package: ModuleType) -> bool:
    """Whether what comes out has a limit, which came with this method in 1.2."""
    return hasattr(getattr(package, "Decompressor", None), "can_accept_more_data")


@functools.cache
def br(load: Load) -> Format | None:
    """The coding `br`, unless no package that can be bounded is installed."""
    for package in loaded(load, "brotli", "brotlicffi"):
        if is_bounded(package):
            return Format("br", functools.partial(begun, package.Decompressor), package.error)
    return None
