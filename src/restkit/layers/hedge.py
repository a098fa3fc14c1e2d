"""Hedge: send a slow call once more, and take the answer that comes first.

Theory of operation. A call is a race from its beginning, since what has begun cannot be moved to another thread: the
first contender sends, the others wait for their turn. An answer that decides is returned, and so wins; the race calls
off the others. What another send may better (an error, a 503) is held back as long as somebody is under way: an error
leaves the race, an answer waits until nobody is left who might bring a better one. If nobody else is under way, it
wins: a call that fails before its delay is never sent twice.
"""

from __future__ import annotations

import copy
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING

import httpx

from restkit.admission.origins import key_of
from restkit.attempt import HEDGE
from restkit.context import KEY, Context
from restkit.errors import InputError, Refused
from restkit.flow import Abandoned, Clock, Flow, Promise, Sleep, Wait
from restkit.flow.forks import forks
from restkit.flow.original import Original
from restkit.pipeline import ERRORS, Proceed
from restkit.policies.checked import clock_or_real, flag, plain_callables

if TYPE_CHECKING:
    from restkit.policies.hedging import Hedging

ORIGINS = 256
"""How many origins have their answers remembered."""
MayHedge = Callable[[httpx.Request], bool]


class Hedge:
    """Send a call once more when its answer takes long, and use whichever comes first; the loser is called off.

    Parameters: `delay` and `extra` as `Hedging` has them; `may_hedge`, functions of the request, asked before each
    further send, none of which may say no; `streams`, whether calls whose body is read piece by piece are raced up to
    the head of their answer. Only calls that may be sent twice are raced: by an idempotent method or with an
    idempotency key, and with a body in memory or none. A further send has `restkit.hedge` in the extensions of its
    request. Raises ConfigError.
    """

    __slots__ = ("_clock", "_hedging", "_may_hedge", "_streams", "_times")

    def __init__(
        self,
        delay: float | None = None,
        extra: int = 1,
        *,
        clock: Clock | None = None,
        may_hedge: Sequence[MayHedge] = (),
        streams: bool = True,
    ) -> None:
        from restkit.policies.hedging import Hedging

        self._hedging: Hedging | None = Hedging(delay, extra)
        self._may_hedge: tuple[MayHedge, ...] = plain_callables("may_hedge", may_hedge)
        self._clock, self._streams = clock_or_real("clock", clock), flag("streams", streams)
        self._times = Times()

    @classmethod
    def when_told(cls, hedging: Hedging | None, clock: Clock, may_hedge: Sequence[MayHedge]) -> Hedge:
        """The layer of a client: its calls may be told otherwise, and what streams is not hedged."""
        made = cls.__new__(cls)
        made._hedging, made._clock = hedging, clock  # noqa: SLF001 - its own: most need not know how to hedge
        made._may_hedge, made._streams, made._times = tuple(may_hedge), False, Times()  # noqa: SLF001 - likewise
        return made

    @property
    def is_idle(self) -> bool:
        """Whether nothing is to be done for a call that does not ask for it."""
        return self._hedging is None

    def __call__(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Race, if this call is to be hedged and may be. Raises InputError if it was told to be, and may not."""
        context = Context.of(request)
        hedging: Hedging | None = context.options.get("hedge", self._hedging)  # type: ignore[assignment] # checked
        if hedging is None:
            return proceed(request)
        reason = self._unfit(request, context)
        if reason is None:
            return self._hedged(request, proceed, hedging, context)
        if context.options.get("hedge") is not None:
            raise InputError("hedge", reason, "leave it out for this call")
        return proceed(request)

    def _unfit(self, request: httpx.Request, context: Context) -> str | None:
        if context.streamed and not self._streams:
            return "is set for a call that is streamed"
        from restkit.policies.hedging import unfit
        from restkit.policies.idempotency import issued

        keyed = issued(request, self._clock.now()) is not None
        in_memory = isinstance(request.stream, httpx.ByteStream)  # a file cannot be read by two side by side
        return unfit(request.method, keyed=keyed, idempotent=context.idempotent, in_memory=in_memory)

    def _hedged(
        self, request: httpx.Request, proceed: Proceed, hedging: Hedging, context: Context
    ) -> Flow[httpx.Response]:
        from restkit.policies.hedging import is_final

        now, origin = self._clock.now, key_of(request)
        began, delay = now(), self._times.delay(origin) if hedging.delay is None else hedging.delay
        if delay is None or (context.deadline is not None and began + delay >= context.deadline):
            response = yield from proceed(request)
        else:
            response = yield from Trial(request, proceed, self._may_hedge, self._clock).run(delay, hedging.extra)
        if is_final(response.status_code):
            self._times.note(origin, now() - began)
        return response


class Trial:
    """One call, raced: who is under way, and whose answer is held back.

    Each contender has a context of its own, whose attempts join those of the call when it ends: what a contender does
    that was called off is not seen any more, but that it was sent is.
    """

    __slots__ = (
        "_before",
        "_beside",
        "_clock",
        "_context",
        "_held",
        "_is_stopped",
        "_lock",
        "_may_hedge",
        "_original",
        "_proceed",
        "_running",
    )

    def __init__(self, request: httpx.Request, proceed: Proceed, may_hedge: Sequence[MayHedge], clock: Clock) -> None:
        from restkit.retrying.beside import Beside

        self._beside = Beside(request)
        self._proceed, self._may_hedge, self._clock = proceed, may_hedge, clock
        self._original, self._context = Original(request), Context.of(request)
        self._lock = threading.Lock()
        self._is_stopped = False
        self._held: list[Promise[None]] = []
        self._running: dict[Context, float] = {}
        """Who is under way, and since when."""
        self._before = len(self._context.history)

    def run(self, delay: float, extra: int) -> Flow[httpx.Response]:
        """The answer that decides, or the best there is. Raises the last error if there is none."""
        from restkit.flow.race import Race

        first = self._original.copy()
        self._begin(first)
        further = (self._further(delay * number) for number in range(1, extra + 1))
        try:
            won = yield from Race(self._sent(first), *further)
        finally:
            self._end()
        if isinstance(won, Failed):
            raise won.error
        if won.status_code < ERRORS:
            self._beside.refund()
        won.extensions[KEY] = self._context
        return won

    def _begin(self, request: httpx.Request) -> None:
        context = self._context
        began = self._clock.now()
        context.started = began if context.started is None else context.started
        own = request.extensions[KEY] = copy.copy(context)
        own.history = context.history[: self._before]
        self._running[own] = began

    def _end(self) -> None:
        """Those that are still under way were called off. All attempts stand in the order in which they began."""
        with self._lock:
            lost, self._running = self._running, {}
        for began in lost.values():
            _ = self._context.record(began, self._clock.now() - began, None, Abandoned.__name__)
        history, before = self._context.history, self._before
        raced = sorted(history[before:], key=lambda each: each.started)
        history[before:] = [each._replace(number=number) for number, each in enumerate(raced, before + 1)]

    def _further(self, delay: float) -> Flow[httpx.Response | Failed]:
        yield from Sleep(delay)
        request = self._original.copy()
        request.extensions[HEDGE] = True
        if not self._is_admitted(request):
            raise Withdrawn
        return (yield from self._sent(request))

    def _is_admitted(self, request: httpx.Request) -> bool:
        if not all(may_hedge(request) for may_hedge in self._may_hedge):
            return False
        with self._lock:
            if self._is_stopped or not self._running:
                return False
            if not self._beside.pay(len(self._context.history) + len(self._running)):
                return False
            self._begin(request)
        return True

    def _sent(self, request: httpx.Request) -> Flow[httpx.Response | Failed]:
        from restkit.policies.hedging import is_final, says_wait

        own = Context.of(request)
        try:
            response = yield from self._proceed(request)
        except Exception as error:
            if isinstance(error, Refused) and HEDGE in request.extensions:  # nothing was sent
                self._beside.refund_one()
            if self._is_left_to_others(own):
                raise
            return Failed(error)
        if says_wait(response.status_code, response.headers):
            self._is_stopped = True
        held = self._ended(own, is_final=is_final(response.status_code))
        if held is not None:
            yield from Wait(held)
        return response

    def _ended(self, own: Context, *, is_final: bool) -> Promise[None] | None:
        """A contender has an answer: what holds it back as long as somebody may bring a better one."""
        with self._lock:
            self._leave(own)
            if is_final or not self._running:
                return None
            held: Promise[None] = Promise()
            self._held.append(held)
        return held

    def _is_left_to_others(self, own: Context) -> bool:
        """A contender has failed: whether somebody is under way, or an answer is held back, which then wins."""
        with self._lock:
            self._leave(own)
            if self._running or not self._held:
                return bool(self._running)
            held = self._held[-1]
        return held.keep()

    def _leave(self, own: Context) -> None:
        """The attempts of a contender join those of its call, unless it was called off."""
        if self._running.pop(own, None) is not None:
            self._context.history += own.history[self._before :]


class Failed:
    """How a contender ended when nobody else was under way."""

    __slots__ = ("error",)
    error: Exception

    def __init__(self, error: Exception) -> None:
        self.error = error


class Withdrawn(Exception):
    """A further send that was not to be: it leaves the race to the others."""


class Times:
    """How long the last answers of each origin took."""

    __slots__ = ("__weakref__", "_known", "_lock")

    def __init__(self) -> None:
        self._known: OrderedDict[Hashable, tuple[float, ...]] = OrderedDict()
        self._lock = threading.Lock()
        forks.add(self)

    def delay(self, origin: Hashable) -> float | None:
        """After how long an answer is late; None if too little is known."""
        from restkit.policies.hedging import usual_delay

        return usual_delay(self._known.get(origin, ()))

    def note(self, origin: Hashable, seconds: float) -> None:
        """An answer has come."""
        from restkit.policies.hedging import remembered

        with self._lock:
            self._known[origin] = remembered(self._known.pop(origin, ()), seconds)
            if len(self._known) > ORIGINS:
                _ = self._known.popitem(last=False)

    def after_fork(self) -> None:
        """In the child: a lock that may have been held there."""
        self._lock = threading.Lock()
