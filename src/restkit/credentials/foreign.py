"""Any `httpx.Auth`, run as a flow: once for each attempt, in both worlds."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator

import httpx

from restkit.credentials.scheme import Proceed
from restkit.errors import AuthError
from restkit.flow import Ask, Flow, Open, read


def exchange(auth: httpx.Auth, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
    """Send a request as somebody else's scheme wants it."""
    return written_once(auth, request, proceed) if is_written_once(auth) else written_twice(auth, request, proceed)


def is_written_once(auth: httpx.Auth) -> bool:
    """Whether `auth_flow` is all there is to it: then it waits for nothing but answers."""
    kind = type(auth)
    twice = kind.sync_auth_flow, kind.async_auth_flow
    return twice == (httpx.Auth.sync_auth_flow, httpx.Auth.async_auth_flow)


def written_once(auth: httpx.Auth, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
    """Step `auth_flow`, the usual case: it is a flow but for its name."""
    if auth.requires_request_body:
        _ = yield from Ask(request.read, request.aread)
    steps = auth.auth_flow(request)
    try:
        request = next(steps)
        while True:
            response = yield from proceed(request)
            if auth.requires_response_body:
                _ = yield from read(response)
            try:
                request = steps.send(response)
            except StopIteration:
                return response
    finally:
        steps.close()


def written_twice(auth: httpx.Auth, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
    """Step `sync_auth_flow` or `async_auth_flow`, which may lock, read files, or call a token endpoint."""
    steps = yield from Open(Course(auth, request))
    response: httpx.Response | None = None
    while (asked := (yield from steps.advance(response))) is not None:
        response = yield from proceed(asked)
    yield from Ask(steps.close, steps.aclose)
    if response is None:
        raise AuthError(f"{type(auth).__name__} sends nothing")
    return response


class Course:
    """The generator of a scheme, in the form of whichever world begins it."""

    def __init__(self, auth: httpx.Auth, request: httpx.Request) -> None:
        self._auth, self._request = auth, request
        self._plain: Generator[httpx.Request, httpx.Response, None] | None = None
        self._awaited: AsyncGenerator[httpx.Request, httpx.Response] | None = None

    def advance(self, response: httpx.Response | None) -> Ask[httpx.Request | None]:
        """What it wants sent after that answer; None at its end."""

        def blocking() -> httpx.Request | None:
            try:
                return self.open().send(response)  # type: ignore[arg-type] # None begins it, as generators have it
            except StopIteration:
                return None

        async def awaiting() -> httpx.Request | None:
            try:
                return await (await self.aopen()).asend(response)  # type: ignore[arg-type] # likewise
            except StopAsyncIteration:
                return None

        return Ask(blocking, awaiting)

    def open(self) -> Generator[httpx.Request, httpx.Response, None]:
        """Its generator, blocking."""
        if self._plain is None:
            self._plain = self._auth.sync_auth_flow(self._request)
        return self._plain

    async def aopen(self) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Its generator, awaiting."""
        if self._awaited is None:
            self._awaited = self._auth.async_auth_flow(self._request)
        return self._awaited

    def close(self) -> None:
        """End it, blocking."""
        self.open().close()

    async def aclose(self) -> None:
        """End it, awaiting."""
        await (await self.aopen()).aclose()
