"""A request without a body."""

from __future__ import annotations

import httpx
from typing_extensions import override


class Request(httpx.Request):
    """One whose content is known to be empty: nobody need read it, which httpx is slow at."""

    @property
    @override
    def content(self) -> bytes:
        return b""

    @override
    def read(self) -> bytes:
        return b""

    @override
    async def aread(self) -> bytes:
        return b""
