"""The way of a call: from its description through the layers to its value. Written once, as flows."""

from __future__ import annotations

from typing import Any, TypeGuard

import httpx

from restkit.answers import Answers
from restkit.draft import Draft
from restkit.errors import ConfigError, InputError, RestkitError
from restkit.flow import Effect, Flow, read
from restkit.op import Op, Plan
from restkit.pipeline import Proceed, compose
from restkit.response import Response

FROM_BELOW = (RestkitError, httpx.HTTPError, httpx.StreamError, httpx.InvalidURL)
"""What layers and transports raise; anything else is the user's own, and passes."""


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
            raise self._answers.translate(error, request) from error
        if not is_response(answer):
            raise not_a_response(answer)
        answer.default_encoding = self._encoding
        return answer

    def value(self, op: Op[Any]) -> Flow[Any]:
        """Perform a call and answer its value."""
        if op.returns is Response:
            return (yield from self.checked(op))
        response = yield from self.exchange(op)
        return self._answers.value(op, response)

    def wrapped(self, op: Op[Any]) -> Flow[Response[Any]]:
        """Perform a call and answer its Response, whatever its status."""
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
        if op.raises and response.is_error and response.status_code not in op.answers:
            try:
                yield from read(response)
            except FROM_BELOW as error:
                raise self._answers.translate(error, response.request) from error
            self._answers.check(op, response)
        return self._answers.wrap(op, response)

    def expand(self, what: Effect[Any] | Flow[Any]) -> Flow[Any]:
        """The flow that performs a described call, an effect on its own, or a flow."""
        if isinstance(what, Op):
            return self.value(what)
        if isinstance(what, Plan):
            return what.steps()
        return iter(what) if isinstance(what, Effect) else what


def is_response(answer: object) -> TypeGuard[httpx.Response]:
    """Whether the layers kept their promise."""
    return isinstance(answer, httpx.Response)


def not_a_response(given: object) -> ConfigError:
    """The error for a layer that gives something else, most often since it forgot `yield from`."""
    return ConfigError(
        "layers", f"gave a {type(given).__name__}", "end a layer with `return (yield from proceed(request))`"
    )
