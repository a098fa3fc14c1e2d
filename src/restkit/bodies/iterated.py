"""Iterables of bytes, to be awaited or not, and iterators, which can be read once only."""

from __future__ import annotations

import contextlib
import weakref
from collections.abc import AsyncIterable, AsyncIterator, Callable, Generator, Iterable
from functools import partial

from restkit.bodies.asking import at_once, checked, told
from restkit.errors import InputError
from restkit.flow import Ask, Emit, Emitting, Open
from restkit.flow.outgoing import Source, Tell

END = object()
"""What an iterator gives when it is at its end."""
_begun: weakref.WeakSet[object] = weakref.WeakSet()
"""The iterators of which a call has taken something, whichever call it was."""


class Iterated:
    """An iterable of bytes, read from its beginning each time; `ask` says in which way."""

    length: int | None = None
    is_replayable: bool = True
    is_asynchronous: bool = False

    def __init__(
        self, field: str, content: Iterable[object], ask: Callable[[Callable[[], object]], Ask[object]] = at_once
    ) -> None:
        self._field, self._content, self._ask = field, content, ask

    def chunks(self, tell: Tell, /) -> Emitting[bytes]:
        """Its pieces. An awaiting client reads them as a blocking one does."""
        iterator = yield from told(at_once(partial(iter, self._content)), tell)
        try:
            while (piece := (yield from told(self._ask(partial(next, iterator, END)), tell))) is not END:
                if data := checked(self._field, piece):
                    yield from Emit(data)
        finally:
            if isinstance(iterator, Generator):
                with contextlib.suppress(Exception):  # what broke off the body is of more interest
                    iterator.close()


class AsyncIterated:
    """An iterable of bytes that must be awaited."""

    length: int | None = None
    is_replayable: bool = True
    is_asynchronous: bool = True

    def __init__(self, field: str, content: AsyncIterable[object]) -> None:
        self._field, self._content = field, content

    def chunks(self, tell: Tell, /) -> Emitting[bytes]:
        """Its pieces. Raises InputError in a blocking client."""
        reading = yield from Open(Awaited(self._field, self._content))
        while (piece := (yield from told(Ask(reading.open, reading.following), tell))) is not END:
            if data := checked(self._field, piece):
                yield from Emit(data)
        yield from Ask(reading.close, reading.aclose)


class Awaited:
    """An iteration that is awaited, and closed at every end."""

    def __init__(self, field: str, content: AsyncIterable[object]) -> None:
        self._field = field
        self._iterator: AsyncIterator[object] = aiter(content)

    def open(self) -> None:
        """Begin, blocking: that cannot be."""
        raise only_awaiting(self._field)

    async def aopen(self) -> None:
        """Begin."""

    async def following(self) -> object:
        """The next piece, or END."""
        return await anext(self._iterator, END)

    def close(self) -> None:
        """There is nothing to close: it did not begin."""

    async def aclose(self) -> None:
        """Close what can be closed, as a generator can."""
        aclose = getattr(self._iterator, "aclose", None)
        if aclose is not None:
            await aclose()


class Once:
    """What can be read once only: an iterator, or a pipe. `content` is what the caller gave."""

    length: int | None = None

    def __init__(self, field: str, source: Source, content: object) -> None:
        self._field, self._source, self._content = field, source, content
        self._has_begun = False

    @property
    def is_replayable(self) -> bool:
        """Whether nothing has been taken of it yet."""
        if self._has_begun:
            return False
        with contextlib.suppress(TypeError):  # it cannot be hashed
            return self._content not in _begun
        return True

    @property
    def is_asynchronous(self) -> bool:
        """Whether a blocking client cannot read it."""
        return self._source.is_asynchronous

    def chunks(self, tell: Tell, /) -> Emitting[bytes]:
        """Its pieces, once. Raises InputError for a second time."""
        if not self.is_replayable:
            raise spent(self._field)
        self._has_begun = True
        with contextlib.suppress(TypeError):  # it cannot be hashed, or nothing can refer to it weakly
            _begun.add(self._content)
        yield from self._source.chunks(tell)


def spent(field: str) -> InputError:
    """The error for what has been read before."""
    return InputError(
        field,
        "can be read once only, and has been read",
        "pass bytes, a file or a path, or a function that makes it anew for each attempt",
    )


def only_awaiting(field: str) -> InputError:
    """The error for what a blocking client cannot read."""
    return InputError(
        field, "must be awaited, which a blocking client cannot", "pass bytes, a file or a plain iterator of bytes"
    )
