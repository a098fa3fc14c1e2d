"""An open response, in a `with` or an `async with`."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Any, Generic

import httpx
from typing_extensions import TypeVar

from restkit.errors import ConfigError
from restkit.response import Response

R = TypeVar("R")


class Opening(Generic[R]):
    """Sends when it is entered, and closes the response when it is left. Each world uses its own half."""

    __slots__ = ("_awaits", "_perform", "_response")

    def __init__(self, perform: Callable[[], Any], *, awaits: bool) -> None:
        self._perform, self._awaits = perform, awaits

    def __enter__(self) -> Response[R]:
        if self._awaits:
            raise ConfigError("`with`", "is for blocking clients, and this one awaits", "use `async with`")
        response: Response[R] = self._perform()
        self._response = response
        return response

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._response.http.close()
        self._convert(error)

    async def __aenter__(self) -> Response[R]:
        if not self._awaits:
            raise ConfigError("`async with`", "is for awaiting clients, and this one blocks", "use `with`")
        response: Response[R] = await self._perform()
        self._response = response
        return response

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._response.http.aclose()
        self._convert(error)

    def _convert(self, error: BaseException | None) -> None:
        """Raise the error of ours for one of httpx's that came from reading this body."""
        if isinstance(error, httpx.RequestError) and request_of(error) is self._response.http.request:
            with self._response.border():
                raise error


def request_of(error: httpx.RequestError) -> httpx.Request | None:
    """The request that an error is about, if it says so."""
    try:
        return error.request
    except RuntimeError:
        return None
