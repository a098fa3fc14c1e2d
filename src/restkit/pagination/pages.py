"""A list, page after page, in both worlds: the walk is a flow, `Pages` and `AsyncPages` are its two faces."""

from __future__ import annotations

from collections.abc import AsyncIterator, Coroutine, Iterator
from typing import Any, Generic, cast

from attrs import frozen
from typing_extensions import TypeVar, override

from restkit.flow import Emit, Emitting, Flow
from restkit.op import Caller, Op, Plan
from restkit.pagination.page import Page
from restkit.pagination.paginator import Paginator

T = TypeVar("T")


@frozen
class Walk(Generic[T]):
    """The way from a listing's first call through its pages."""

    first: Op[Page[T]]
    paginator: Paginator

    def pages(self) -> Emitting[Page[T]]:
        """Each page as it is asked for."""
        op: Op[Page[T]] | None = self.first
        while op is not None:
            page = yield from op
            yield from Emit(page)
            op = self.paginator.following(op, page)

    def items(self) -> Emitting[T]:
        """Each item; its page is fetched when the one before is used up."""
        op: Op[Page[T]] | None = self.first
        while op is not None:
            page = yield from op
            for item in page.items:
                yield from Emit(item)
            op = self.paginator.following(op, page)

    def collect(self) -> Flow[list[T]]:
        """All items."""
        found: list[T] = []
        op: Op[Page[T]] | None = self.first
        while op is not None:
            page = yield from op
            found += page.items
            op = self.paginator.following(op, page)
        return found

    def head(self) -> Flow[T | None]:
        """The first item, or None."""
        page = yield from self.first
        return page.items[0] if page.items else None


class _Face(Generic[T]):
    """A walk, and the client that goes it."""

    __slots__ = ("_caller", "_walk")

    def __init__(self, walk: Walk[T], caller: Caller) -> None:
        self._walk, self._caller = walk, caller

    @override
    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._walk.first.route or self._walk.first.path}>"


class Pages(_Face[T]):
    """What a listing gives in a blocking client: iterate over its items; pages are fetched as they are needed."""

    __slots__ = ()

    def __iter__(self) -> Iterator[T]:
        return cast("Iterator[T]", self._caller.iterate(self._walk.items()))  # a blocking caller

    def pages(self) -> Iterator[Page[T]]:
        """Iterate over pages instead of items."""
        return cast("Iterator[Page[T]]", self._caller.iterate(self._walk.pages()))  # likewise

    def collect(self) -> list[T]:
        """All items, in a list."""
        return cast("list[T]", self._caller.execute(Plan("collect", self._walk.collect)))  # likewise

    def first(self) -> T | None:
        """The first item, or None if there is none."""
        return cast("T | None", self._caller.execute(Plan("first", self._walk.head)))  # likewise


class AsyncPages(_Face[T]):
    """What a listing gives in an awaiting client: `async for` over its items; pages are fetched as they are needed."""

    __slots__ = ()

    def __aiter__(self) -> AsyncIterator[T]:
        return cast("AsyncIterator[T]", self._caller.iterate(self._walk.items()))  # an awaiting caller

    def pages(self) -> AsyncIterator[Page[T]]:
        """Iterate over pages instead of items."""
        return cast("AsyncIterator[Page[T]]", self._caller.iterate(self._walk.pages()))  # likewise

    def collect(self) -> Coroutine[Any, Any, list[T]]:
        """All items, in a list."""
        plan = Plan("collect", self._walk.collect)
        return cast("Coroutine[Any, Any, list[T]]", self._caller.execute(plan))  # likewise

    def first(self) -> Coroutine[Any, Any, T | None]:
        """The first item, or None if there is none."""
        plan = Plan("first", self._walk.head)
        return cast("Coroutine[Any, Any, T | None]", self._caller.execute(plan))  # likewise
