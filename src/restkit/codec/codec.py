"""The seam between bytes and values: another format or engine is one file with one class."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol


class Codec(Protocol):
    """Bytes to values of a declared type, and back."""

    media_type: str
    """What is sent as Content-Type and asked for as Accept."""

    def decoder(self, declared: Any) -> Callable[[bytes], Any]:  # noqa: ANN401 - a type, of any form
        """A function from bytes to the declared type. It raises DecodeError; it is asked for once for each type."""
        ...

    def encode(self, value: object) -> bytes:
        """The bytes of a value. Raises InputError for one that has none."""
        ...
