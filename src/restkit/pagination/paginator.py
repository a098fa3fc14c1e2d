"""The seam between an API's way of paging and ours: each way is one file with one class."""

from __future__ import annotations

from typing import Any, Protocol

import httpx

from restkit.codec import Codec
from restkit.op import Op
from restkit.pagination.page import Page


class Paginator(Protocol):
    """How an API divides a list into pages."""

    def read(self, response: httpx.Response, codec: Codec, item: Any, /) -> Page[Any]:  # noqa: ANN401 - a type
        """The page in an answer, with its items of the declared type. Raises DecodeError."""
        ...

    def following(self, op: Op[Page[Any]], page: Page[Any], /) -> Op[Page[Any]] | None:
        """The call for the page after this one; None after the last."""
        ...
