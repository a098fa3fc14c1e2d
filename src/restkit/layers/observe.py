"""Observe: tell observers what happens. They cannot change it, and their errors stop nothing."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Collection, Sequence
from contextvars import ContextVar
from typing import NamedTuple

import httpx

from restkit.context import Context
from restkit.errors import ConfigError
from restkit.flow import Clock, Flow, when_over
from restkit.pipeline import Proceed
from restkit.policies.checked import clock_or_real, names, plain_callables
from restkit.redaction import redact_url

logger: logging.Logger = logging.getLogger("restkit")
_is_telling: ContextVar[bool] = ContextVar("restkit.telling", default=False)
"""Whether an observer is at work: nobody is told of the calls that it makes."""


class Started(NamedTuple):
    """A call or an attempt begins."""

    method: str
    url: str
    """Without secrets."""
    route: str
    """The template, such as `users/{id}`; empty in a plain httpx client."""


class Ended(NamedTuple):
    """A call or an attempt is over, its body included."""

    method: str
    url: str
    """Without secrets."""
    route: str
    """The template, such as `users/{id}`; empty in a plain httpx client."""
    status: int | None
    """The status, or None if no answer came."""
    error: BaseException | None
    """What ended it instead; a cancellation too."""
    elapsed: float
    """Seconds that it took."""
    attempts: int
    """How many times the call has been sent so far."""


class CallStarted(Started):
    """A call begins."""

    __slots__ = ()


class CallEnded(Ended):
    """A call is over."""

    __slots__ = ()


class AttemptStarted(Started):
    """An attempt begins."""

    __slots__ = ()


class AttemptEnded(Ended):
    """An attempt is over."""

    __slots__ = ()


Observer = Callable[[CallStarted | CallEnded | AttemptStarted | AttemptEnded], object]
"""A plain function that is told of each event."""


class Observe:
    """Tell `observers` when what lies below begins and when it is over.

    `Observe(...)` stands around the call, `Observe.attempts(...)` around each attempt. `redact` names further
    parameters that hold secrets. Raises ConfigError, for an asynchronous observer too.
    """

    __slots__ = ("_clock", "_ended", "_observers", "_redact", "_started")

    def __init__(
        self,
        observers: Sequence[Observer],
        clock: Clock | None = None,
        *,
        redact: Collection[str] = (),
        started: type[CallStarted | AttemptStarted] = CallStarted,
        ended: type[CallEnded | AttemptEnded] = CallEnded,
    ) -> None:
        self._observers: tuple[Observer, ...] = plain_callables("observers", observers)
        self._clock, self._redact = clock_or_real("clock", clock), names("redact", redact)
        self._started, self._ended = started, ended

    @classmethod
    def attempts(
        cls, observers: Sequence[Observer], clock: Clock | None = None, *, redact: Collection[str] = ()
    ) -> Observe:
        """One that is told of attempts."""
        return cls(observers, clock, redact=redact, started=AttemptStarted, ended=AttemptEnded)

    def __call__(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Tell of the beginning, and of the end when the body is over; stand aside in a call that an observer makes."""
        return proceed(request) if _is_telling.get() else self._told(request, proceed)

    def _told(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        context, began = Context.of(request), self._clock.now()
        where = (request.method, redact_url(str(request.url), self._redact), context.route)
        self._tell(self._started(*where))

        def over(status: int | None, error: BaseException | None) -> None:
            seconds = self._clock.now() - began
            self._tell(self._ended(*where, status, error, seconds, len(context.history)))

        try:
            response = yield from proceed(request)
        except BaseException as error:
            over(None, error)
            raise
        status = response.status_code
        when_over(response, lambda error: over(status, error))
        return response

    def _tell(self, event: CallStarted | CallEnded | AttemptStarted | AttemptEnded) -> None:
        before = _is_telling.set(True)
        try:
            for observer in self._observers:
                self._tell_one(observer, event)
        finally:
            _is_telling.reset(before)

    def _tell_one(self, observer: Observer, event: CallStarted | CallEnded | AttemptStarted | AttemptEnded) -> None:
        try:
            refuse_coroutine(observer(event))
        except Exception:
            logger.exception("an observer failed, and the call went on")


def refuse_coroutine(answer: object) -> None:
    """Raise ConfigError for what an observer gives that turns out to be asynchronous: nobody awaits it."""
    if inspect.iscoroutine(answer):
        answer.close()
        raise ConfigError("observers", "holds an asynchronous function", "pass plain functions")
