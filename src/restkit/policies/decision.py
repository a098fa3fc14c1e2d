"""Whether a call is sent again, and when: one pure decision, made after each attempt that failed.

Theory of operation. `decide` asks the rules in their order, and the first that says stop is the decision; if none does,
it is time that is left to be found. Only what cannot be known without trying is left to whoever acts: whether the body
is the same again, and whether the budget still holds when two calls ask for it at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from attrs import frozen

from restkit.policies.backoff import Tried
from restkit.policies.checked import decided, delay
from restkit.policies.failures import is_broken, is_hopeless, is_of_the_wire, is_refusal, is_unseen
from restkit.policies.retry import RetryPolicy

if TYPE_CHECKING:
    import random

TOO_MANY, UNAVAILABLE, CONFLICT, UNPROCESSABLE = 429, 503, 409, 422
UNSEEN: frozenset[int] = frozenset({421, 425})
"""Statuses that say that a request was not looked at (RFC 9110, section 15.5.20, and RFC 8470)."""
KEY_LIVES = 24 * 3_600.0
"""Seconds that servers remember an idempotency key for."""
SPREAD, MOST_SPREAD = 0.1, 1.0
"""How much later than a server asks we come: a tenth, a second at the most, so that not all come at once."""

Reason: TypeAlias = Literal[
    "answer",
    "hopeless",
    "attempts",
    "maybe applied",
    "body",
    "key",
    "circuit",
    "retry_after",
    "stop",
    "deadline",
    "budget",
    "refused",
]
SAID: dict[Reason, str] = {
    "maybe applied": "not sent again: the server may have acted on it",
    "body": "not sent again: its body can be sent once only",
    "key": "not sent again: its idempotency key is a day old",
    "circuit": "not sent again: the circuit breaker is open",
    "retry_after": "not sent again: the server asks for a longer wait than max_retry_after",
    "deadline": "not sent again: there is no time for it before the deadline",
    "budget": "not sent again: the budget for retries of this origin is used up",
    "refused": "not sent again: the rate limit, the bulkhead or the circuit breaker did not let it through",
}
"""What is noted on the error of a call that would have been sent again."""


class Stop(NamedTuple):
    """The call ends with what it has."""

    reason: Reason
    after: float | None = None
    """The moment to wait for before that; None for at once."""


class RetryAt(NamedTuple):
    """The call is sent again at that moment of the clock."""

    moment: float
    cost: int = 0
    """Tokens of the budget."""
    counts: bool = True
    """Whether it is an attempt of its own, rather than the same one over another connection."""


Decision: TypeAlias = Stop | RetryAt


@frozen
class Outcome:
    """What came of an attempt."""

    error: Exception | None = None
    answer: Any = None
    """An httpx.Response, or what a function returned."""
    status: int | None = None
    retry_after: float | None = None
    """Seconds that the server asks us to wait."""
    says: bool | None = None
    """What the header `x-should-retry` says."""
    has_quota: bool = False
    """Whether the answer tells our quota: then a 429 comes from a rate limit, which acts on nothing."""
    bytes_sent: int | None = None
    """Bytes that were written; None if nobody knows."""
    bytes_received: int | None = None
    """Bytes of an answer that came; None if nobody knows."""
    reused: bool = False
    """Whether it went over a connection that had been idle."""
    is_callers: bool = False
    """Whether the caller's own code raised the error, while it gave the body."""

    @property
    def is_throttle(self) -> bool:
        """Whether the server was merely too busy."""
        asks = self.status == UNAVAILABLE and self.retry_after is not None
        return self.status == TOO_MANY or asks

    @property
    def is_stale(self) -> bool:
        """Whether its connection had been idle for too long: it broke before anything came."""
        return self.reused and not self.bytes_received and is_broken(self.error)


@frozen
class Facts:
    """What is known of a call, apart from what came of it."""

    idempotent: bool = True
    """Whether it may be sent twice: by its method, its declaration, or its idempotency key."""
    keyed: bool = False
    """Whether it has such a key."""
    key_age: float = 0.0
    """Seconds since that was made."""
    replayable: bool = True
    """Whether its body can be sent again."""
    deadline: float | None = None
    tokens: float | None = None
    """What is left of the budget; None for no budget."""
    admits: bool = True
    """Whether the circuit breaker would let another attempt through."""
    paused: float | None = None
    """The moment until which all calls to this origin wait."""
    is_function: bool = False
    """Whether a function is called rather than a request sent: then any error is worth another attempt."""


@frozen
class History:
    """What a call has been through."""

    attempts: int = 1
    """How often it was sent, hedges included; without the one whose connection was merely replaced."""
    retries: int = 0
    """How often it was sent again, one after the other."""
    started: float = 0.0
    idle: float = 0.0
    """Seconds that were waited in all."""
    replaced: int = 0
    """How often it was sent again to replace a connection that had been idle for too long."""


@frozen
class Case:
    """All that a rule may look at."""

    policy: RetryPolicy
    facts: Facts
    history: History
    outcome: Outcome
    now: float

    @property
    def tried(self) -> Tried:
        """The same, as strategies see it."""
        history, outcome = self.history, self.outcome
        number = history.retries - history.replaced + 1
        return Tried(number, outcome.error, outcome.answer, history.started, self.now, history.idle)

    @property
    def replaces(self) -> bool:
        """Whether another attempt only replaces a connection: once a call, then it may be the server."""
        return self.outcome.is_stale and not self.history.replaced


def decide(  # noqa: PLR0913, PLR0917 - all that a decision is made of
    policy: RetryPolicy, facts: Facts, history: History, outcome: Outcome, now: float, dice: random.Random
) -> Decision:
    """Whether to send a call again, and when; `now` and all moments are those of one clock."""
    case = Case(policy, facts, history, outcome, now)
    for rule in RULES:
        reason = rule(case)
        if reason is not None:
            return Stop(reason)
    return in_time(case, moment(case, dice))


def settled(case: Case) -> Reason | None:
    """An answer that is none of those that another attempt could better."""
    outcome, policy = case.outcome, case.policy
    if outcome.error is not None:
        return None
    if case.facts.keyed and outcome.status == UNPROCESSABLE:
        return "answer"  # the key was used for something else
    if policy.obey_should_retry and outcome.says is not None:
        return None if outcome.says else "answer"
    if case.facts.keyed and outcome.status == CONFLICT:
        return None  # the first attempt is still at work
    return None if wanted(case, default=outcome.status in policy.statuses) else "answer"


def hopeless(case: Case) -> Reason | None:
    """An error that another attempt could not better."""
    error = case.outcome.error
    if error is None:
        return None
    if case.outcome.is_callers:
        return "hopeless"
    if case.facts.is_function:
        return "hopeless" if is_refusal(error) or not wanted(case, default=True) else None
    if is_hopeless(error, case.facts.deadline):
        return "hopeless"
    return None if wanted(case, default=is_of_the_wire(error)) else "hopeless"


def wanted(case: Case, *, default: bool) -> bool:
    """Whether the user wants another attempt."""
    policy = case.policy
    if policy.strategy is not None:
        return bool(decided("should_retry", policy.strategy.should_retry(case.tried)))
    if policy.retry is None:
        return default
    from restkit.policies.tenacious import state

    return bool(decided("retry", policy.retry(state(case.tried))))


def enough(case: Case) -> Reason | None:
    """A call that was sent often enough."""
    return "attempts" if case.history.attempts >= case.policy.attempts and not case.replaces else None


def unsafe(case: Case) -> Reason | None:
    """A call that the server may have acted on, and must not act on twice."""
    facts, outcome = case.facts, case.outcome
    if facts.idempotent:
        return None
    if outcome.error is not None:
        return None if is_unseen(outcome.error, outcome.bytes_sent) else "maybe applied"
    limited = outcome.status == TOO_MANY and (outcome.retry_after is not None or outcome.has_quota)
    return None if limited or outcome.status in UNSEEN else "maybe applied"


def unrepeatable(case: Case) -> Reason | None:
    """A body that can be sent once only, of which something may have been taken."""
    untouched = case.outcome.error is not None and case.outcome.bytes_sent == 0
    return None if case.facts.replayable or untouched else "body"


def outlived(case: Case) -> Reason | None:
    """A key that the server may have forgotten."""
    return "key" if case.facts.keyed and case.facts.key_age >= KEY_LIVES else None


def refused(case: Case) -> Reason | None:
    """An origin that would not be called anyway."""
    return None if case.facts.admits else "circuit"


def too_long(case: Case) -> Reason | None:
    """A server that wants us to wait for longer than we would."""
    asked = case.outcome.retry_after
    return "retry_after" if asked is not None and asked > case.policy.max_retry_after else None


RULES: tuple[Callable[[Case], Reason | None], ...] = (
    settled,
    hopeless,
    enough,
    unsafe,
    unrepeatable,
    outlived,
    refused,
    too_long,
)
"""In their order: the first that gives a reason to stop is the decision."""


def moment(case: Case, dice: random.Random) -> float:
    """When to try again: as the policy says, and not before the server, or a pause of its origin, lets us."""
    now, asked, paused = case.now, case.outcome.retry_after, case.facts.paused
    own = now + backoff(case, dice)
    earliest = max(0.0 if asked is None else now + asked, paused or 0.0)
    if earliest <= now:
        return own
    wait = max(own, earliest) - now
    return now + wait + dice.uniform(0.0, min(MOST_SPREAD, SPREAD * wait))


def backoff(case: Case, dice: random.Random) -> float:
    """The seconds to wait, as the policy says: none for a connection that had been idle for too long."""
    policy, tried = case.policy, case.tried
    if case.replaces:
        return 0.0
    if policy.strategy is not None:
        return delay("get_delay", policy.strategy.get_delay(tried))
    wait = policy.throttle_wait if case.outcome.is_throttle else policy.wait
    return delay("wait", wait.seconds(tried, dice))


def in_time(case: Case, moment: float) -> Decision:
    """Send the call again at that moment, if there is time, and a budget."""
    policy, facts, now, counts = case.policy, case.facts, case.now, not case.replaces
    if policy.stop is not None and counts:
        from restkit.policies.tenacious import state

        if decided("stop", policy.stop(state(case.tried, moment - now))):
            return Stop("stop")
    if facts.deadline is not None and moment + policy.min_attempt > facts.deadline:
        return Stop("deadline")
    budget = policy.budget
    if budget is None or facts.tokens is None:
        return RetryAt(moment, counts=counts)
    cost = budget.throttle if case.outcome.is_throttle else budget.transient
    if cost > facts.tokens:
        return Stop("budget", moment if policy.long_poll else None)
    return RetryAt(moment, cost, counts)
