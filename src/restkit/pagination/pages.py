"""A list, page after page, in both worlds: the walk is a flow, `Pages` and `AsyncPages` are its two faces."""

from __future__ import annotations

from collections.abc import AsyncIterator, Coroutine, Iterator
from typing import Any, Generic

from typing_extensions import TypeVar, override

from restkit.flow import Emit, Emitting, Flow
from restkit.op import Caller, Op, Plan
from restkit.pagination.page import Page
from restkit.pagination.paginator import Paginator

T = TypeVar("T")


class Walk(Generic[T]):
    """The way from a listing's first call through its pages."""

    __slots__ = ("first", "paginator")
    first: Op[Page[T]]
    paginator: Paginator

    def __init__(self, first: Op[Page[T]], paginator: Paginator) -> None:
        self.first, self.paginator = first, paginator

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
        answer: Iterator[T] = self._caller.iterate(self._walk.items())
        return answer

    def pages(self) -> Iterator[Page[T]]:
        """Iterate over pages instead of items."""
        answer: Iterator[Page[T]] = self._caller.iterate(self._walk.pages())
        return answer

    def collect(self) -> list[T]:
        """All items, in a list."""
        answer: list[T] = self._caller.execute(Plan("collect", self._walk.collect))
        return answer

    def first(self) -> T | None:
        """The first item, or None if there is none."""
        answer: T | None = self._caller.execute(Plan("first", self._walk.head))
        return answer


class AsyncPages(_Face[T]):
    """What a listing gives in an awaiting client: `async for` over its items; pages are fetched as they are needed."""

    __slots__ = ()

    def __aiter__(self) -> AsyncIterator[T]:
        answer: AsyncIterator[T] = self._caller.iterate(self._walk.items())
        return answer

    def pages(self) -> AsyncIterator[Page[T]]:
        """Iterate over pages instead of items."""
        answer: AsyncIterator[Page[T]] = self._caller.iterate(self._walk.pages())
        return answer

    def collect(self) -> Coroutine[Any, Any, list[T]]:
        """All items, in a list."""
        plan = Plan("collect", self._walk.collect)
        answer: Coroutine[Any, Any, list[T]] = self._caller.execute(plan)
        return answer

    def first(self) -> Coroutine[Any, Any, T | None]:
        """The first item, or None if there is none."""
        plan = Plan("first", self._walk.head)
        answer: Coroutine[Any, Any, T | None] = self._caller.execute(plan)
        return answer
