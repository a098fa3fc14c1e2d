"""The course of a call after its first failure: decide, wait, try again.

It begins when something has failed, so a call that succeeds at once pays for none of it. What is tried is a `Subject`:
a request that a layer sends, or a function. The decision is `restkit.policies.decision`'s; here it is carried out.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import attrs
from typing_extensions import TypeVar

from restkit.errors import Refused
from restkit.flow import Clock, Flow, Sleep
from restkit.policies.checked import decided
from restkit.policies.decision import SAID, Decision, Facts, History, Outcome, Reason, RetryAt, Stop, decide
from restkit.policies.retry import Retrial, RetryPolicy

if TYPE_CHECKING:
    import random

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
logger: logging.Logger = logging.getLogger("restkit")


class Subject(Protocol[T_co]):
    """What is tried, and what is known of it."""

    def attempt(self, waited: float) -> Flow[T_co]:
        """Try once more, after that many seconds of waiting."""
        ...

    def outcome(self, answer: Any, error: Exception | None) -> Outcome:  # noqa: ANN401 - of type T_co
        """What came of an attempt."""
        ...

    def is_success(self, outcome: Outcome) -> bool:
        """Whether there is nothing to decide."""
        ...

    def facts(self, now: float) -> Facts:
        """What is known of the call."""
        ...

    def attempts(self, retries: int) -> int:
        """How often it went out so far, in whichever way."""
        ...

    def schedule(self, outcome: Outcome, moment: float) -> None:
        """Nothing more of it is sent before that moment."""

    def spend(self, cost: int) -> bool:
        """Pay for a retry; False if that cannot be."""
        ...

    def refund(self, cost: int) -> None:
        """Nothing was sent for what was paid."""

    def succeed(self, cost: int) -> None:
        """An attempt has succeeded, that cost so much."""

    def discard(self, outcome: Outcome) -> Flow[bool]:
        """Close what is not wanted; whether it can still be answered, should there be nothing better."""
        ...

    def stop(self, outcome: Outcome, reason: Reason) -> None:
        """Note why the call is not tried again."""


def retried(  # noqa: PLR0913, PLR0917 - all that a course is made of
    subject: Subject[Any],
    policy: RetryPolicy,
    outcome: Outcome,
    history: History,
    clock: Clock,
    dice: random.Random,
) -> Flow[Outcome]:
    """Go on after an attempt that failed, and tell what came of it in the end."""
    while True:
        now = clock.now()
        history = attrs.evolve(history, attempts=subject.attempts(history.retries - history.replaced))
        decision = affordable(decide(policy, subject.facts(now), history, outcome, now, dice), subject)
        subject.schedule(outcome, busy_until(policy, outcome, decision, now))
        if isinstance(decision, Stop):
            yield from stopped(subject, outcome, decision, now)
            return outcome
        wait = max(0.0, decision.moment - now)
        told = partial(tell, policy, outcome, history, now, wait)
        keeps = yield from rested(subject, outcome, decision, wait, told)
        history = gone_on(history, decision, wait)
        latest = yield from tried(subject, wait)
        if isinstance(latest.error, Refused):  # by a layer below, and nothing was sent
            subject.refund(decision.cost)
            if not keeps:
                return latest
            subject.stop(outcome, "refused")
            return outcome
        if subject.is_success(latest):
            subject.succeed(decision.cost)
            return latest
        outcome = latest


def busy_until(policy: RetryPolicy, outcome: Outcome, decision: Decision, now: float) -> float:
    """When a server that was too busy can be asked again: as was decided, else as it says, within reason."""
    if isinstance(decision, RetryAt):
        return decision.moment
    return now + min(outcome.retry_after or 0.0, policy.max_retry_after)


def gone_on(history: History, decision: RetryAt, wait: float) -> History:
    """The same history, and another attempt."""
    replaced = history.replaced + (not decision.counts)
    return attrs.evolve(history, retries=history.retries + 1, replaced=replaced, idle=history.idle + wait)


def rested(
    subject: Subject[Any], outcome: Outcome, decision: RetryAt, wait: float, told: Callable[[], None]
) -> Flow[bool]:
    """Tell, be done with what came last, and wait; whether it can still be answered.

    Whoever is called off here, or stopped by who is told, has sent nothing for what was paid.
    """
    try:
        told()
        keeps = yield from subject.discard(outcome)
        yield from Sleep(wait)
    except BaseException:
        subject.refund(decision.cost)
        raise
    return keeps


def tried(subject: Subject[T], waited: float = 0.0) -> Flow[Outcome]:
    """Try, and tell what came of it."""
    try:
        answer = yield from subject.attempt(waited)
    except Exception as error:  # noqa: BLE001 - raised by `ended`, unless another attempt does better
        return subject.outcome(None, error)
    return subject.outcome(answer, None)


def affordable(decision: Decision, subject: Subject[Any]) -> Decision:
    """The same decision, unless another call has spent what it costs."""
    if isinstance(decision, RetryAt) and decision.cost and not subject.spend(decision.cost):
        return Stop("budget")
    return decision


def stopped(subject: Subject[Any], outcome: Outcome, stop: Stop, now: float) -> Flow[None]:
    """Have what came last say why there is nothing better."""
    if stop.reason in SAID:
        subject.stop(outcome, stop.reason)
    if stop.reason == "answer":
        subject.succeed(0)
    if stop.after is not None:
        yield from Sleep(max(0.0, stop.after - now))


def ended(outcome: Outcome) -> Any:  # noqa: ANN401 - what the subject answered
    """Answer, or raise, what came of an attempt."""
    if outcome.error is None:
        return outcome.answer
    try:
        raise outcome.error
    finally:
        del outcome  # its error holds this frame


def tell(policy: RetryPolicy, outcome: Outcome, history: History, now: float, wait: float) -> None:
    """Tell those who want to know of a further attempt. What `before_sleep` raises ends the call, as with tenacity."""
    number = history.retries + 1
    if policy.before_sleep is not None:
        from restkit.policies.backoff import Tried
        from restkit.policies.tenacious import state

        tried = Tried(number, outcome.error, outcome.answer, history.started, now, history.idle + wait)
        _ = decided("before_sleep", policy.before_sleep(state(tried, wait)))
    if policy.on_retry is None:
        return
    try:
        _ = decided("on_retry", policy.on_retry(Retrial(number, wait, outcome.error, outcome.status)))
    except Exception:
        logger.exception("on_retry failed, and the call went on")
