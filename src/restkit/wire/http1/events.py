"""What a parser tells of an answer."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

Field: TypeAlias = tuple[bytes, bytes]
"""A field's name, in the letters it was sent in, and its value."""


class Informational(NamedTuple):
    """A head that comes before the final one, such as 100 or 103."""

    status: int
    reason: bytes
    headers: list[Field]


class Head(NamedTuple):
    """The final head. `informational` holds the first twenty that came before it."""

    status: int
    reason: bytes
    version: bytes
    headers: list[Field]
    informational: tuple[Informational, ...]


class End(NamedTuple):
    """The answer is whole. `trailers` came after its body."""

    trailers: list[Field]


Event: TypeAlias = Informational | Head | bytes | End
"""Heads that come first, then the final head, then the body in parts, which are bytes, then the end."""
