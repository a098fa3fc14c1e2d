"""A pipeline on loan: a transport that its borrower cannot close."""

from __future__ import annotations

import httpx
from typing_extensions import override

from restkit.pipeline import Pipeline


class Lent(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """The pipeline of a client, for a plain httpx client."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    @override
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._pipeline.handle_request(request)

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._pipeline.handle_async_request(request)
