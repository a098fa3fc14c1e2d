"""How a client reads answers: which statuses are answers, what each becomes, and which error the others are."""

from __future__ import annotations

import http
from collections.abc import Callable
from typing import Any

import httpx

from restkit.errors import DecodeError, RestkitError
from restkit.op import PENDING, Op
from restkit.reading import Reader, Readers
from restkit.redaction import redact_url
from restkit.response import Response
from restkit.settings import Settings
from restkit.unset import UNSET

HandleError = Callable[[RestkitError], Exception]


class Answers:
    """The reading half of a client: `draft` is the writing half."""

    __slots__ = ("_clock", "_codec", "_model", "_readers", "_redact", "handle")
    handle: HandleError

    def __init__(self, settings: Settings, readers: Readers, handle_error: HandleError) -> None:
        self._codec, self._model, self._redact = settings.codec, settings.error_model, settings.redact
        self._readers, self._clock = readers, settings.clock
        self.handle = handle_error

    def reader(self, op: Op[Any]) -> Reader:
        """How the answer of a call is read. Raises ConfigError for a type that nothing can be read as.

        That goes for its further answers, too: a type of theirs is found wrong before anything is sent.
        """
        for each in op.answers.values():
            _ = self._readers.reader(each, op.shape.without_envelope())
        declared = op.returns
        return self._readers.reader(Any if is_undeclared(declared) else declared, op.shape)

    def value(self, op: Op[Any], response: httpx.Response, read: Reader | None = None) -> Any:  # noqa: ANN401 - what the call declares
        """The body as the type that the call declares for this status; `read` is how that of a success is read.

        Raises StatusError for a status that it does not declare, and DecodeError for a body that is something else.
        """
        status = response.status_code
        if not OK <= status < REDIRECTION and op.raises and status not in op.answers:
            raise self.failure(response)
        if status in op.answers:  # its body has an envelope of its own, if any
            read = self._readers.reader(op.answers[status], op.shape.without_envelope())
        elif op.returns is Response and not response.content:
            return None
        try:
            return (read or self.reader(op))(response)
        except DecodeError as error:
            from restkit.border import decode_failure

            raise self.handle(decode_failure(error, response, self._redact)) from None

    def refuses(self, op: Op[Any], response: httpx.Response) -> bool:
        """Whether the call declares nothing for this status: for a plain verb, whether it is an error."""
        if not op.raises or declares(op, response.status_code):
            return False
        return op.returns is not Response or response.is_error

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

        return self.handle(status_failure(response, self._codec, self._model, self._redact, self._clock.wall()))

    def redacted(self, url: httpx.URL) -> str:
        """A URL without secrets."""
        return redact_url(str(url), self._redact)

    def translate(self, error: Exception, request: httpx.Request) -> Exception:
        """The error of ours for one that came up from the layers below."""
        from restkit.border import translate

        return self.handle(translate(error, request, self._redact))


def is_undeclared(returns: object) -> bool:
    """Whether a call does not say what it answers: then that is plain data."""
    return returns is Response or returns is PENDING or returns is UNSET


def declares(op: Op[Any], status: int) -> bool:
    """Whether a call says what it answers for this status."""
    return OK <= status < REDIRECTION or status in op.answers


OK, REDIRECTION = 200, 300
