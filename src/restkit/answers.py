"""How a client reads answers: which statuses are answers, what each becomes, and which error the others are."""

from __future__ import annotations

import http
from collections.abc import Callable
from typing import Any

import httpx

from restkit.errors import DecodeError, RestkitError
from restkit.op import UNSET, Op
from restkit.reading import Readers
from restkit.response import Response
from restkit.settings import Settings

HandleError = Callable[[RestkitError], Exception]


class Answers:
    """The reading half of a client: `draft` is the writing half."""

    __slots__ = ("_codec", "_model", "_readers", "_redact", "handle")
    handle: HandleError

    def __init__(self, settings: Settings, handle_error: HandleError) -> None:
        self._codec, self._model, self._redact = settings.codec, settings.error_model, settings.redact
        self._readers = Readers(settings.codec)
        self.handle = handle_error

    def value(self, op: Op[Any], response: httpx.Response) -> Any:  # noqa: ANN401 - what the call declares
        """The body as the type that the call declares for this status.

        Raises StatusError for a status that it does not declare, and DecodeError for a body that is something else.
        """
        status = response.status_code
        if status in op.answers:
            declared = op.answers[status]
        elif http.HTTPStatus.OK <= status < http.HTTPStatus.MULTIPLE_CHOICES or not op.raises:
            declared = op.returns
        else:
            raise self.failure(response)
        try:
            return self._readers.reader(Any if declared is UNSET or declared is Response else declared)(response)
        except DecodeError as error:
            from restkit.border import decode_failure

            raise self.handle(decode_failure(error, response, self._redact)) from None

    def check(self, op: Op[Any], response: httpx.Response) -> None:
        """Raise StatusError for an error status that the call does not declare."""
        if response.status_code >= http.HTTPStatus.BAD_REQUEST and response.status_code not in op.answers:
            raise self.failure(response)

    def wrap(self, op: Op[Any], response: httpx.Response) -> Response[Any]:
        """The answer with what is known of it."""
        return Response(response, op, self)

    def failure(self, response: httpx.Response) -> Exception:
        """The error for an undeclared status."""
        from restkit.border import status_failure

        return self.handle(status_failure(response, self._codec, self._model, self._redact))

    def translate(self, error: Exception, request: httpx.Request) -> Exception:
        """The error of ours for one that came up from the layers below."""
        from restkit.border import translate

        return self.handle(translate(error, request, self._redact))
