"""The seam between bytes and values: another format or engine is one file with one class."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from attrs import frozen

Path = tuple[str, ...]
"""The names on the way from the whole body to a value; none for the body itself."""


class Codec(Protocol):
    """Bytes to values of a declared type, and back."""

    @property
    def media_type(self) -> str:
        """What is sent as Content-Type and asked for as Accept."""
        ...

    def decoder(self, declared: Any, path: Path = (), /) -> Callable[[bytes], Any]:  # noqa: ANN401 - a type, of any form
        """A function from bytes to the declared type, which lies at `path` in them.

        It raises DecodeError; it is asked for once for each type.
        """
        ...

    def encode(self, value: object, /) -> bytes:
        """The bytes of a value. Raises InputError for one that has none."""
        ...


@frozen
class Within:
    """A codec whose values lie in an envelope: what it is asked to read, it reads at a path."""

    codec: Codec
    path: Path

    @property
    def media_type(self) -> str:
        """That of the codec."""
        return self.codec.media_type

    def decoder(self, declared: Any, path: Path = ()) -> Callable[[bytes], Any]:  # noqa: ANN401 - a type, of any form
        """A function from bytes to the declared type in its envelope."""
        return self.codec.decoder(declared, (*self.path, *path))

    def encode(self, value: object) -> bytes:
        """The bytes of a value, without an envelope."""
        return self.codec.encode(value)
