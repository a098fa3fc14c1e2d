"""A page: some of the items, and where the next ones are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic

import httpx
from typing_extensions import TypeVar, override

T = TypeVar("T")


class Page(Generic[T]):
    """The items of one answer: `http` is the answer they came in.

    `cursor` says where the next page is, as the paginator understands it; it is None on the last one.
    """

    __slots__ = ("cursor", "http", "items")
    items: list[T]
    http: httpx.Response
    cursor: object

    def __init__(self, items: list[T], http: httpx.Response, cursor: object = None) -> None:
        self.items, self.http, self.cursor = items, http, cursor

    def __iter__(self) -> Iterator[T]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    @override
    def __repr__(self) -> str:
        return f"<Page of {len(self.items)}>"
