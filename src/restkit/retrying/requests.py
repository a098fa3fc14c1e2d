"""A request, as it is tried again."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

import httpx

from restkit.admission.origins import key_of
from restkit.attempt import KEY as ATTEMPT
from restkit.attempt import STOPPED, WAITED, WIRE, Attempt
from restkit.context import Context
from restkit.flow import Flow, close, is_callers
from restkit.flow.original import Original
from restkit.pipeline import ERRORS, Proceed
from restkit.policies.decision import SAID, TOO_MANY, Facts, History, Outcome, Reason
from restkit.policies.idempotency import issued
from restkit.policies.quota import RateLimit
from restkit.policies.retry import RetryPolicy
from restkit.policies.retry_after import retry_after
from restkit.retrying.course import retried
from restkit.retrying.memory import Memory

if TYPE_CHECKING:
    from restkit.wire.facts import WireFacts

_SAYS = {"true": True, "false": False}


class Requested:
    """A request that has been sent once; `before` is how often its call had been sent before that, to other URLs."""

    def __init__(  # noqa: PLR0913, PLR0917 - what the layer knows of it
        self,
        request: httpx.Request,
        original: Original,
        proceed: Proceed,
        policy: RetryPolicy,
        memory: Memory,
        before: int = 0,
    ) -> None:
        self._request, self._original, self._proceed = request, original, proceed
        self._policy, self._memory = policy, memory
        self._context, self._before = Context.of(request), before
        self._origin: Hashable = key_of(request)
        self._issued = issued(request, memory.clock.now())

    def after(self, answer: httpx.Response | None, error: Exception | None) -> Flow[Outcome]:
        """Go on after its first attempt, which failed in one of the two ways."""
        outcome, memory, context = self.outcome(answer, error), self._memory, self._context
        started = memory.clock.now()
        if context.started is not None and len(context.history) > self._before:
            started = context.started + context.history[self._before].started
        return retried(self, self._policy, outcome, History(started=started), memory.clock, memory.dice)

    def attempt(self, waited: float) -> Flow[httpx.Response]:
        """Send it once more."""
        request = self._request = self._original.copy()
        request.extensions[WAITED] = waited
        return self._proceed(request)

    def outcome(self, answer: httpx.Response | None, error: Exception | None) -> Outcome:
        """What came of an attempt."""
        if answer is None:
            return self._failed(error)
        headers = answer.headers
        return Outcome(
            answer=answer,
            status=answer.status_code,
            retry_after=retry_after(headers, self._memory.clock.wall()),
            says=_SAYS.get(headers.get("x-should-retry", "").lower()),
            has_quota=answer.status_code == TOO_MANY and RateLimit.of(headers) is not None,
        )

    def _failed(self, error: Exception | None) -> Outcome:
        sent = sent_by(error, self._request)
        known: Attempt | None = sent.get(ATTEMPT)
        told: WireFacts | None = sent.get(WIRE)
        return Outcome(
            error,
            bytes_sent=None if known is None else known.bytes_sent,
            bytes_received=None if told is None else told.bytes_received,
            reused=known is not None and known.reused,
            is_callers=error is not None and is_callers(error, self._request),
        )

    def is_success(self, outcome: Outcome) -> bool:
        """Whether it was answered, and not with an error."""
        return outcome.error is None and outcome.status is not None and outcome.status < ERRORS

    def facts(self, now: float) -> Facts:
        """What is known of it."""
        context, policy, memory = self._context, self._policy, self._memory
        declared = context.idempotent
        safe = self._request.method in policy.methods if declared is None else declared
        keyed = self._issued is not None
        return Facts(
            idempotent=safe or keyed,
            keyed=keyed,
            key_age=0.0 if self._issued is None else now - self._issued.made,
            replayable=self._original.is_replayable,
            deadline=context.deadline,
            tokens=None if policy.budget is None else memory.budgets.left(policy.budget, self._origin),
            admits=memory.admits is None or memory.admits(self._request),
            paused=memory.pauses.moments.get(self._origin) if policy.adaptive else None,
        )

    def attempts(self, retries: int) -> int:
        """How often it went out: each time after the other, and beside another one."""
        return retries + 1 + sum(each.hedge for each in self._context.history[self._before :])

    def schedule(self, outcome: Outcome, moment: float) -> None:
        """If its origin is too busy, have others wait as well."""
        if self._policy.adaptive and outcome.is_throttle:
            self._memory.pauses.extend(self._origin, moment)

    def spend(self, cost: int) -> bool:
        """Pay for sending it again."""
        budget = self._policy.budget
        return budget is None or self._memory.budgets.spend(budget, self._origin, cost)

    def refund(self, cost: int) -> None:
        """It was not sent again after all."""
        if cost:
            self._memory.budgets.repay(self._origin, cost)

    def succeed(self, cost: int) -> None:
        """It was answered."""
        recover(self._memory, self._origin, cost)

    def discard(self, outcome: Outcome) -> Flow[bool]:
        """Close an answer that is not wanted. If it was read, it can still be had."""
        if outcome.error is not None:
            return True
        if not outcome.answer.is_closed:
            yield from close(outcome.answer)
        return not self._context.streamed

    def stop(self, outcome: Outcome, reason: Reason) -> None:
        """Note on the error, or on the answer, why it is not sent again."""
        if outcome.error is not None:
            outcome.error.add_note(SAID[reason])
        else:
            outcome.answer.extensions[STOPPED] = SAID[reason]


def recover(memory: Memory, origin: Hashable, cost: int = 1) -> None:
    """A request to an origin has succeeded: give back what it cost, or, if it was the first, one token."""
    memory.budgets.repay(origin, cost or 1)
    memory.pauses.end(origin, memory.clock.now())


def sent_by(error: Exception | None, request: httpx.Request) -> Mapping[str, Any]:
    """What is known of the request that an error ended: its extensions."""
    try:
        sent: httpx.Request = getattr(error, "request", request)
    except RuntimeError:  # httpx's way to say that it has none: nothing was sent
        sent = request
    return sent.extensions
