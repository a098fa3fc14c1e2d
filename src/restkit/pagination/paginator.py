"""The seam between an API's way of paging and ours: each way is one file with one class."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import httpx

from restkit.codec import Codec
from restkit.op import Op
from restkit.pagination.page import Page


class Paginator(Protocol):
    """How an API divides a list into pages."""

    def reader(self, codec: Codec, item: Any, /) -> Callable[[httpx.Response], Page[Any]]:  # noqa: ANN401 - a type
        """A function from an answer to its page, with items of the declared type. It raises DecodeError.

        It is asked for once for each listing.
        """
        ...

    def following(self, op: Op[Page[Any]], page: Page[Any], /) -> Op[Page[Any]] | None:
        """The call for the page after this one; None after the last."""
        ...
