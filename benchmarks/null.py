"""A transport that goes nowhere: what remains is the client's own code."""

from __future__ import annotations

import httpx

from benchmarks.answer import BODY

HEADERS = [(b"content-type", b"application/json"), (b"content-length", str(len(BODY)).encode())]


class Null(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Answers every request at once, with an unread response as a real transport gives it."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer, blocking."""
        return httpx.Response(200, headers=HEADERS, stream=httpx.ByteStream(BODY), request=request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer, awaiting."""
        return httpx.Response(200, headers=HEADERS, stream=httpx.ByteStream(BODY), request=request)
