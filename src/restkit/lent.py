"""A session on loan: a transport that its borrower cannot close."""

from __future__ import annotations

import httpx
from typing_extensions import override

from restkit.session import Session


class Lent(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """The layers and pool of a client, for a plain httpx client; once the client is closed it raises ClientClosed."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @override
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._session.handle(request)

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._session.ahandle(request)
