"""Log: one line for each attempt, as httpx writes it, without secrets."""

from __future__ import annotations

import logging
from collections.abc import Collection

import httpx

from restkit.attempt import name_of
from restkit.flow import Flow
from restkit.pipeline import Proceed
from restkit.policies.checked import names
from restkit.redaction import redact_url

logger: logging.Logger = logging.getLogger("restkit")


class Log:
    """Write `GET https://api.example.com/users/7 200` to the logger `restkit`, at INFO.

    `redact` names further parameters that hold secrets.
    """

    __slots__ = ("_redact",)

    def __init__(self, redact: Collection[str] = ()) -> None:
        self._redact = names("redact", redact)

    def __call__(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Write a line when the answer has come, or the error instead; stand aside where nobody would read it."""
        return self._told(request, proceed) if logger.isEnabledFor(logging.INFO) else proceed(request)

    def _told(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        try:
            response = yield from proceed(request)
        except Exception as error:
            self._write(request, name_of(error))
            raise
        self._write(request, str(response.status_code))
        return response

    def _write(self, request: httpx.Request, outcome: str) -> None:
        logger.info("%s %s %s", request.method, redact_url(str(request.url), self._redact), outcome)
