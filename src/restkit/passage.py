"""The way of a call: from its description through the layers to its value. Written once, as flows."""

from __future__ import annotations

import datetime as dt
from typing import Any, TypeGuard

import httpx

from restkit.answers import Answers
from restkit.context import KEY, Context
from restkit.draft import Draft
from restkit.errors import FROM_BELOW, ConfigError, InputError
from restkit.flow import Effect, Flow, read
from restkit.flow.outgoing import is_callers
from restkit.op import Op, Plan
from restkit.pipeline import Proceed, compose
from restkit.response import Response


class Passage:
    """What performs described calls for a client or a view of it."""

    __slots__ = ("_answers", "_encoding", "_proceed", "draft")
    draft: Draft

    def __init__(self, proceed: Proceed, draft: Draft, answers: Answers, encoding: str) -> None:
        self._proceed, self.draft, self._answers, self._encoding = proceed, draft, answers, encoding

    def exchange(self, op: Op[Any], *, streamed: bool = False) -> Flow[httpx.Response]:
        """Send a call through the layers. The border: what comes up from below becomes the error tree."""
        context = self.draft.context(op, streamed=streamed)
        try:
            request = self.draft.request(op, context)
        except InputError as error:
            raise self._answers.handle(error) from None
        proceed = compose(op.layers, self._proceed) if op.layers else self._proceed
        try:
            answer: object = yield from proceed(request)
        except FROM_BELOW as error:
            if is_callers(error, request):
                raise
            raise self._answers.translate(error, request)  # noqa: B904 - it has its cause
        if not is_response(answer):
            raise not_a_response(answer)
        if KEY not in answer.extensions:
            attach(answer, request, context)
        answer.default_encoding = self._encoding
        return answer

    def value(self, op: Op[Any]) -> Flow[Any]:
        """Perform a call and answer its value."""
        if op.returns is Response:
            return (yield from self.checked(op))
        read = self._answers.reader(op)  # a type that cannot be read is refused before anything is sent
        response = yield from self.exchange(op)
        return self._answers.value(op, response, read)

    def wrapped(self, op: Op[Any]) -> Flow[Response[Any]]:
        """Perform a call and answer its Response, whatever its status."""
        _ = self._answers.reader(op)
        response = yield from self.exchange(op)
        return self._answers.wrap(op, response)

    def checked(self, op: Op[Any]) -> Flow[Response[Any]]:
        """Perform a call and answer its Response, unless its status is an error that it does not declare."""
        response = yield from self.exchange(op)
        if op.raises:
            self._answers.check(op, response)
        return self._answers.wrap(op, response)

    def opened(self, op: Op[Any]) -> Flow[Response[Any]]:
        """Perform a call and open its Response, unless its status is an error that it does not declare."""
        response = yield from self.exchange(op, streamed=True)
        if self._answers.refuses(op, response):
            try:
                yield from read(response)
            except FROM_BELOW as error:
                raise self._answers.translate(error, response.request)  # noqa: B904 - it has its cause
            raise self._answers.failure(response)
        return self._answers.wrap(op, response)

    def expand(self, what: Effect[Any] | Flow[Any]) -> Flow[Any]:
        """The flow that performs a described call, an effect on its own, or a flow."""
        if isinstance(what, Op):
            return self.value(what)
        if isinstance(what, Plan):
            return what.steps()
        if isinstance(what, Effect):
            return iter(what)
        if getattr(what, "gi_frame", None) is None:
            raise InputError("flow", "is none, or has run already", "pass an op, such as client.users.get.op(7)")
        return what


def is_response(answer: object) -> TypeGuard[httpx.Response]:
    """Whether the layers kept their promise."""
    return isinstance(answer, httpx.Response)


def attach(response: httpx.Response, request: httpx.Request, context: Context) -> None:
    """Give a response that a layer made by itself what one from the transport has."""
    response.extensions[KEY] = context
    response.request = request
    if response.is_closed:
        response.elapsed = dt.timedelta()


def not_a_response(given: object) -> ConfigError:
    """The error for a layer that gives something else, most often since it forgot `yield from`."""
    return ConfigError(
        "layers", f"gave a {type(given).__name__}", "end a layer with `return (yield from proceed(request))`"
    )
