"""SinglePage: the whole list in one answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx

from restkit.codec import Codec
from restkit.op import Op
from restkit.pagination.page import Page


class SinglePage:
    """A list that comes whole, as a JSON array."""

    def reader(self, codec: Codec, item: Any) -> Callable[[httpx.Response], Page[Any]]:  # noqa: ANN401 - a type
        """A function from an answer to its one page."""
        decode = codec.decoder(list[item])
        return lambda response: Page(decode(response.content), response)

    def following(self, op: Op[Page[Any]], page: Page[Any]) -> Op[Page[Any]] | None:  # noqa: ARG002 - there is no next page
        """None."""
        return None


SINGLE = SinglePage()
"""How lists are paged where nothing else is said."""
