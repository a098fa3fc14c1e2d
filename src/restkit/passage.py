"""The way of a call: from its description through the layers to its value. Written once, as flows."""

from __future__ import annotations

import datetime as dt
from typing import Any, TypeGuard

import httpx

from restkit.answers import Answers
from restkit.context import KEY, Context
from restkit.draft import Draft
from restkit.errors import FROM_BELOW, ConfigError, DeadlineExceeded, InputError
from restkit.flow import Effect, Flow, Send, read
from restkit.flow.bounded import bounded
from restkit.flow.outgoing import is_callers
from restkit.op import Op, Plan, Within
from restkit.pipeline import Pipeline, compose
from restkit.response import Response
from restkit.settings import Settings


class Passage:
    """What performs described calls for a client or a view of it."""

    __slots__ = ("_answers", "_clock", "_encoding", "_pipeline", "_untold", "draft")
    draft: Draft

    def __init__(self, pipeline: Pipeline, draft: Draft, answers: Answers, settings: Settings) -> None:
        self._pipeline, self._untold, self.draft, self._answers = pipeline, pipeline.untold, draft, answers
        self._encoding, self._clock = settings.default_encoding, settings.clock

    def exchange(self, op: Op[Any], *, streamed: bool = False, until: float | None = None) -> Flow[httpx.Response]:
        """Send a call through the layers. The border: what comes up from below becomes the error tree.

        `until` is the moment that what it belongs to must be over by.
        """
        context = self.draft.context(op, streamed=streamed)
        context.deadline = until
        try:
            request = self.draft.request(op, context)
        except InputError as error:
            raise self._answers.handle(error) from None
        proceed = self._pipeline.proceed if context.options else self._untold
        if op.layers:
            proceed = compose(op.layers, proceed)
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

    def value(self, op: Op[Any], until: float | None = None) -> Flow[Any]:
        """Perform a call and answer its value."""
        if op.returns is Response:
            return (yield from self.checked(op, until))
        read = self._answers.reader(op)  # a type that cannot be read is refused before anything is sent
        response = yield from self.exchange(op, until=until)
        return self._answers.value(op, response, read)

    def wrapped(self, op: Op[Any]) -> Flow[Response[Any]]:
        """Perform a call and answer its Response, whatever its status."""
        _ = self._answers.reader(op)
        response = yield from self.exchange(op)
        return self._answers.wrap(op, response)

    def checked(self, op: Op[Any], until: float | None = None) -> Flow[Response[Any]]:
        """Perform a call and answer its Response, unless its status is an error that it does not declare."""
        response = yield from self.exchange(op, until=until)
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
        if isinstance(what, Within):
            return self.within(what)
        if isinstance(what, Effect):
            return iter(what)
        if getattr(what, "gi_frame", None) is None:
            raise InputError("flow", "is none, or has run already", "pass an op, such as client.users.get.op(7)")
        return what

    def within(self, whole: Within[Any]) -> Flow[Any]:
        """The flow of several steps that has one deadline: each described call in it is told the moment."""
        now, seconds = self._clock.now, whole.seconds
        until = now() + seconds if whole.until is None else whole.until

        def late() -> DeadlineExceeded:
            return DeadlineExceeded(f"not over within {seconds:g} s altogether")

        def narrow(effect: Effect[Any]) -> Effect[Any]:
            if isinstance(effect, Send):
                return Send(effect.request, sooner(effect.until, until), whole=effect.whole)
            if isinstance(effect, Within):
                own = now() + effect.seconds if effect.until is None else effect.until
                return effect if own <= until else Within(seconds, effect.what, until=until)
            return Within(seconds, effect, until=until) if isinstance(effect, Op | Plan) else effect

        what = whole.what
        if isinstance(what, Op):
            return bounded(self.value(what, until), until, now, late, narrow)
        return bounded(self.expand(narrow(what) if isinstance(what, Within) else what), until, now, late, narrow)


def sooner(own: float | None, until: float) -> float:
    """The moment that comes first."""
    return until if own is None else min(own, until)


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
