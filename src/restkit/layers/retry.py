"""Retry: send a call again that failed, where that is safe and may help."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from restkit.admission.origins import key_of
from restkit.context import KEY, Context
from restkit.errors import RateLimitTimeout
from restkit.flow import Clock, Flow, Outgoing, Sleep
from restkit.flow.original import Original
from restkit.flow.witness import WANTED
from restkit.pipeline import ERRORS, Proceed
from restkit.policies import checked
from restkit.policies.checked import clock_or_real, plain_function
from restkit.retrying.memory import SENDING, Admits, Memory

if TYPE_CHECKING:
    import random

    from restkit.policies.retry import Retries, RetryPolicy
    from restkit.retrying.requests import Requested


class Retry:
    """Send a call again if it failed: `policy` says when, and how long to wait; the call's own option goes first.

    Parameters: `policy`, a RetryPolicy, or a number of attempts; `clock`, what waits are measured by; `dice`, what
    they are rolled with; `admits`, asked before each further attempt, which is not made if it says no.

    A call is not sent again once its answer was handed out to be streamed. What came last is the answer, or the error;
    each attempt is among its `attempts`. Raises ConfigError.
    """

    __slots__ = ("_debts", "_memory", "_pauses", "_policy")

    def __init__(
        self,
        policy: Retries = True,  # noqa: FBT002 - as the setting has it
        *,
        clock: Clock | None = None,
        dice: random.Random | None = None,
        admits: Admits | None = None,
    ) -> None:
        self._policy = read(policy)
        asked = None if admits is None else plain_function("admits", admits)
        self._memory = Memory(clock_or_real("clock", clock), checked.dice("dice", dice), asked)
        self._debts, self._pauses = self._memory.budgets.debts, self._memory.pauses.moments

    @property
    def is_idle(self) -> bool:
        """Whether nothing is to be done for a call that does not ask for it."""
        return self._policy is None

    def __call__(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Send a call, as often as it takes."""
        context: Context = request.extensions.get(KEY) or Context.of(request)
        options = context.options
        policy = read(options["retry"]) if "retry" in options else self._policy
        if policy is None:
            return (yield from proceed(request))
        if request.method not in policy.methods or context.idempotent is False:
            request.extensions[WANTED] = True
        if isinstance(request.stream, Outgoing):
            request.stream.compare()
        before = len(context.history)
        request.extensions[SENDING] = policy, self._memory, before
        original = Original(request)
        if self._pauses:
            yield from pause(self._memory, request, context.deadline)
        try:
            response = yield from proceed(request)
        except Exception as error:  # noqa: BLE001 - raised again, unless another attempt does better
            course = self._failed(request, original, proceed, policy, before).after(None, error)
        else:
            if response.status_code < ERRORS:
                if self._debts or self._pauses:
                    recover(self._memory, request)
                return response
            course = self._failed(request, original, proceed, policy, before).after(response, None)
        from restkit.retrying.course import ended

        answer: httpx.Response = ended((yield from course))
        return answer

    def _failed(
        self, request: httpx.Request, original: Original, proceed: Proceed, policy: RetryPolicy, before: int
    ) -> Requested:
        from restkit.retrying.requests import Requested

        return Requested(request, original, proceed, policy, self._memory, before)


def read(given: Retries) -> RetryPolicy | None:
    """A policy, as it may be written; None for none. Raises ConfigError."""
    from restkit.policies.retry import retry_policy

    return retry_policy("retry", given)


def pause(memory: Memory, request: httpx.Request, deadline: float | None) -> Flow[None]:
    """Wait with all others while an origin is too busy. Raises RateLimitTimeout if there is no time for that."""
    now = memory.clock.now()
    wait = memory.pauses.moments.get(key_of(request), now) - now
    wait += memory.dice.uniform(0.0, min(1.0, 0.1 * wait))
    if wait <= 0:
        return
    if deadline is not None and now + wait >= deadline:
        raise RateLimitTimeout(f"its origin is too busy for {wait:.3g} s, longer than there is time", retry_after=wait)
    yield from Sleep(wait)


def recover(memory: Memory, request: httpx.Request) -> None:
    """A call has succeeded at once: its origin may have been in trouble before."""
    from restkit.retrying.requests import recover

    recover(memory, key_of(request))
