"""How a body asks for its pieces: of the caller's own code, or of a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from typing_extensions import TypeVar

from restkit.errors import InputError
from restkit.flow import Ask, Emit, Emitting, Flow, next_item
from restkit.flow.outgoing import Tell

T = TypeVar("T")
PIECE = 262_144
"""Bytes that are read from a file at a time: with fewer, a worker thread is asked too often."""


def at_once(act: Callable[[], T]) -> Ask[T]:
    """Ask for what does not block, or is the caller's own: in both worlds where it is."""

    async def awaiting() -> T:
        return act()

    return Ask(act, awaiting)


def told(ask: Ask[T], tell: Tell) -> Flow[T]:
    """Ask the caller's own code, and tell of what it raises."""
    try:
        return (yield from ask)
    except Exception as error:
        tell(error)
        raise


def changed(pieces: Emitting[bytes], change: Callable[[bytes], bytes], last: Callable[[], bytes]) -> Emitting[bytes]:
    """The same pieces, each changed, and a last one."""
    emitted: Emit[bytes] | None
    try:
        while (emitted := (yield from next_item(pieces))) is not None:
            if piece := change(emitted.item):
                yield from Emit(piece)
        if piece := last():
            yield from Emit(piece)
    finally:
        pieces.close()


def copied(content: object) -> bytes | None:
    """The bytes of a bytearray or a memoryview, which may change; None for what is neither."""
    given: Any = content
    return bytes(given) if isinstance(content, bytearray | memoryview) else None


def checked(field: str, piece: object) -> bytes:
    """A piece of a body. Raises InputError unless it is bytes."""
    data = piece if isinstance(piece, bytes) else copied(piece)
    if data is not None:
        return data
    raise InputError(field, f"gives a piece of type {type(piece).__name__}", "give bytes")
