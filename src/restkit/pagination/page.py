"""A page: some of the items, and where the next ones are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic

import httpx
from attrs import frozen
from typing_extensions import TypeVar

T = TypeVar("T")


@frozen
class Page(Generic[T]):
    """The items of one answer."""

    items: list[T]
    http: httpx.Response
    """The answer they came in."""
    cursor: object = None
    """Where the next page is, as its paginator understands it; None on the last one."""

    def __iter__(self) -> Iterator[T]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)
