"""A session on loan: a transport that its borrower cannot close."""

from __future__ import annotations

import httpx
from typing_extensions import override

from restkit.credentials.clear import refuse_clear
from restkit.session import Session


class Lent(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """The layers and pool of a client, for a plain httpx client; once the client is closed it raises ClientClosed.

    A plain client puts its own credentials on, above all layers: InputError is raised for those that `allow_insecure`
    does not let go over plain http.
    """

    def __init__(self, session: Session, *, allow_insecure: bool) -> None:
        self._session, self._allow_insecure = session, allow_insecure

    @override
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._check(request)
        return self._session.handle(request)

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._check(request)
        return await self._session.ahandle(request)

    def _check(self, request: httpx.Request) -> None:
        """Raise InputError for credentials that could be read on the way."""
        if "Authorization" in request.headers and not self._allow_insecure:
            refuse_clear(request.url)
