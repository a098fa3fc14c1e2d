"""SinglePage: the whole list in one answer."""

from __future__ import annotations

from typing import Any

import httpx

from restkit.codec import Codec
from restkit.op import Op
from restkit.pagination.page import Page


class SinglePage:
    """A list that comes whole, as a JSON array."""

    def read(self, response: httpx.Response, codec: Codec, item: Any) -> Page[Any]:  # noqa: ANN401 - a type
        """The one page."""
        return Page(codec.decoder(list[item])(response.content), response)

    def following(self, op: Op[Page[Any]], page: Page[Any]) -> Op[Page[Any]] | None:  # noqa: ARG002 - there is no next page
        """None."""
        return None
