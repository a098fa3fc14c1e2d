"""The decision: rule by rule, and what holds of all decisions."""

from __future__ import annotations

import asyncio
import ssl
from typing import Any

import attrs
import httpx
import pytest
import tenacity
from hypothesis import given
from hypothesis import strategies as st

from restkit import (
    BadEncoding,
    CircuitOpen,
    ConfigError,
    DeadlineExceeded,
    DNSError,
    ExponentialWait,
    InputError,
    ProtocolError,
    ProxyAuthError,
    RateLimitTimeout,
    RedirectRefused,
    ResourceError,
    RetryBudget,
    RetryPolicy,
    TLSVerifyError,
    TooLarge,
    TooManyRequests,
    Tried,
    TruncatedBody,
)
from restkit.flow.deadline import MomentPassed
from restkit.policies.decision import KEY_LIVES, Decision, Facts, History, Outcome, RetryAt, Stop, decide
from tests.retry.rolled import dice

NOW = 1_000.0
FIXED = RetryPolicy(wait=2, budget=None)
READ = httpx.ReadError("cut")


def decided(
    outcome: Outcome, facts: Facts | None = None, policy: RetryPolicy = FIXED, history: History | None = None
) -> Decision:
    """The decision about an outcome; all else is as harmless as can be."""
    return decide(policy, facts or Facts(), history or History(), outcome, NOW, dice(1))


def caused(error: Exception, cause: Exception) -> Exception:
    """An error with a cause."""
    error.__cause__ = cause
    return error


def reset(code: int) -> httpx.RemoteProtocolError:
    """What httpx makes of a stream that the server has reset."""

    class StreamReset:
        """As h2 tells of it."""

        stream_id = 1
        error_code = code

    return httpx.RemoteProtocolError(StreamReset())  # type: ignore[arg-type]


def gone(last: int) -> httpx.RemoteProtocolError:
    """What httpx makes of a connection that the server gives up, having looked at no stream behind the last."""

    class ConnectionTerminated:
        """As h2 tells of it."""

        error_code = 0
        last_stream_id = last

    return httpx.RemoteProtocolError(ConnectionTerminated())  # type: ignore[arg-type]


def gaierror(number: int) -> Exception:
    """A name that was not found."""
    import socket

    return caused(httpx.ConnectError("no"), socket.gaierror(number, "no"))


AGAIN = RetryAt(NOW + 2)
N = Facts(idempotent=False)


@pytest.mark.parametrize("status", sorted(RetryPolicy().statuses))
def test_some_statuses_are_tried_again(status: int) -> None:
    """Those of the policy."""
    assert AGAIN == decided(Outcome(status=status))


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 410, 422, 423, 501, 505])
def test_other_statuses_are_answers(status: int) -> None:
    """Which another attempt would only repeat."""
    assert Stop("answer") == decided(Outcome(status=status))


def test_a_policy_may_name_other_statuses() -> None:
    """Instead."""
    policy = attrs.evolve(FIXED, statuses={423})

    assert (AGAIN, Stop("answer")) == tuple(decided(Outcome(status=status), policy=policy) for status in (423, 503))


@pytest.mark.parametrize(("status", "expected"), [(409, AGAIN), (422, Stop("answer"))])
def test_a_keyed_call_that_is_still_at_work_is_tried_again(status: int, expected: Decision) -> None:
    """And one whose key was used for something else is not, even where the policy says 422."""
    policy = attrs.evolve(FIXED, statuses={422, 503})

    assert expected == decided(Outcome(status=status), Facts(keyed=True), policy)


@pytest.mark.parametrize(
    ("says", "status", "expected"),
    [(True, 400, AGAIN), (False, 503, Stop("answer")), (None, 503, AGAIN), (None, 400, Stop("answer"))],
)
def test_a_server_may_say_what_to_do(says: Any, status: int, expected: Decision) -> None:
    """If the policy obeys."""
    assert expected == decided(Outcome(status=status, says=says), policy=attrs.evolve(FIXED, obey_should_retry=True))


def test_what_a_server_says_is_not_obeyed_unasked() -> None:
    """It is a header like any other."""
    assert AGAIN == decided(Outcome(status=503, says=False))


@pytest.mark.parametrize(
    "error",
    [
        httpx.ConnectError("x"),
        httpx.ConnectTimeout("x"),
        httpx.ReadError("x"),
        httpx.ReadTimeout("x"),
        httpx.WriteError("x"),
        httpx.WriteTimeout("x"),
        httpx.PoolTimeout("x"),
        httpx.ProxyError("x"),
        httpx.RemoteProtocolError("x"),
        TruncatedBody("x"),
        MomentPassed("x", 1_050.0),
        gaierror(-3),
        caused(httpx.ConnectError("x"), ConnectionResetError()),
    ],
    ids=repr,
)
def test_failures_of_the_wire_are_tried_again(error: Exception) -> None:
    """They may pass; so may what only an attempt's own timeout has ended."""
    assert AGAIN == decided(Outcome(error), Facts(deadline=1_060.0))


@pytest.mark.parametrize(
    "error",
    [
        httpx.UnsupportedProtocol("x"),
        httpx.LocalProtocolError("x"),
        httpx.DecodingError("x"),
        httpx.TooManyRedirects("x"),
        httpx.InvalidURL("x"),
        httpx.StreamConsumed(),
        ProtocolError("x"),
        ProxyAuthError("x"),
        TLSVerifyError("x"),
        DNSError("x"),
        TooLarge("x"),
        ResourceError("x"),
        BadEncoding("x"),
        CircuitOpen("x"),
        RateLimitTimeout("x"),
        DeadlineExceeded("x"),
        RedirectRefused("x"),
        InputError("x", "y", "z"),
        MomentPassed("x", 1_060.0),
        gaierror(-2),
        caused(httpx.ConnectError("x"), ssl.SSLCertVerificationError("x")),
        ValueError("x"),
    ],
    ids=repr,
)
def test_other_errors_are_hopeless(error: Exception) -> None:
    """They would come again, or are none of the wire's."""
    assert Stop("hopeless") == decided(Outcome(error), Facts(deadline=1_060.0))


@pytest.mark.parametrize("error", [httpx.InvalidURL("x"), httpx.LocalProtocolError("x"), CircuitOpen("x")])
def test_nobody_can_want_what_is_hopeless(error: Exception) -> None:
    """Not even who wants everything."""
    policy = attrs.evolve(FIXED, retry=tenacity.retry_always)

    assert Stop("hopeless") == decided(Outcome(error), policy=policy)


def test_the_callers_own_error_is_the_callers() -> None:
    """Even if it looks like one of the wire's."""
    assert Stop("hopeless") == decided(Outcome(READ, is_callers=True))


def test_attempts_are_counted() -> None:
    """Hedges among them."""
    assert [AGAIN, AGAIN, Stop("attempts"), Stop("attempts")] == [
        decided(Outcome(status=503), history=History(attempts=count)) for count in (1, 2, 3, 4)
    ]


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (Outcome(READ), Stop("maybe applied")),
        (Outcome(READ, bytes_sent=1), Stop("maybe applied")),
        (Outcome(READ, bytes_sent=0), AGAIN),
        (Outcome(httpx.ConnectError("x")), AGAIN),
        (Outcome(httpx.ConnectError("x"), bytes_sent=70), Stop("maybe applied")),
        (Outcome(httpx.ConnectTimeout("x")), AGAIN),
        (Outcome(httpx.PoolTimeout("x")), AGAIN),
        (Outcome(httpx.ProxyError("x")), AGAIN),
        (Outcome(httpx.ReadTimeout("x")), Stop("maybe applied")),
        (Outcome(httpx.WriteError("x")), Stop("maybe applied")),
        (Outcome(reset(7), bytes_sent=99), AGAIN),
        (Outcome(reset(2), bytes_sent=99), Stop("maybe applied")),
        (Outcome(gone(0), bytes_sent=99), AGAIN),
        (Outcome(gone(1), bytes_sent=99), Stop("maybe applied")),
        (Outcome(status=408), Stop("maybe applied")),
        (Outcome(status=421), AGAIN),
        (Outcome(status=425), AGAIN),
        (Outcome(status=429), Stop("maybe applied")),
        (Outcome(status=429, has_quota=True), AGAIN),
        (Outcome(status=500), Stop("maybe applied")),
        (Outcome(status=503), Stop("maybe applied")),
        (Outcome(status=503, retry_after=1.0), Stop("maybe applied")),
    ],
    ids=str,
)
def test_what_must_not_be_done_twice_is_tried_again_only_if_it_was_not_seen(
    outcome: Outcome, expected: Decision
) -> None:
    """Proven by the bytes, said by the server, or meant by the error where nobody has counted."""
    assert expected == decided(outcome, N)


def test_a_limited_call_is_tried_again_whatever_its_method() -> None:
    """The server says when, so it has not acted."""
    assert isinstance(decided(Outcome(status=429, retry_after=1.0), N), RetryAt)


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (Outcome(READ), Stop("body")),
        (Outcome(READ, bytes_sent=10), Stop("body")),
        (Outcome(READ, bytes_sent=0), AGAIN),
        (Outcome(status=503, bytes_sent=0), Stop("body")),
    ],
    ids=str,
)
def test_a_body_that_can_be_sent_once_is_sent_once(outcome: Outcome, expected: Decision) -> None:
    """Unless nothing of the request was written, and so nothing taken of the body."""
    assert expected == decided(outcome, Facts(replayable=False))


@pytest.mark.parametrize(("age", "expected"), [(KEY_LIVES - 1, AGAIN), (KEY_LIVES, Stop("key"))])
def test_a_key_is_forgotten_after_a_day(age: float, expected: Decision) -> None:
    """By most servers."""
    assert expected == decided(Outcome(status=503), Facts(idempotent=True, keyed=True, key_age=age))


def test_an_open_circuit_stops_retries() -> None:
    """It would refuse them anyway."""
    assert Stop("circuit") == decided(Outcome(status=503), Facts(admits=False))


@pytest.mark.parametrize(("asked", "expected"), [(60.0, RetryAt), (60.1, Stop), (0.0, RetryAt)])
def test_a_server_may_not_ask_for_more_than_a_minute(asked: float, expected: type) -> None:
    """Unless the policy lets it."""
    assert expected is type(decided(Outcome(status=503, retry_after=asked)))


@given(st.floats(0, 60), st.floats(0, 60))
def test_the_longer_of_two_waits_counts(asked: float, own: float) -> None:
    """And up to a tenth more, a second at the most, if the server has asked."""
    policy = RetryPolicy(wait=own, budget=None)
    found = decided(Outcome(status=503, retry_after=asked), policy=policy)

    assert isinstance(found, RetryAt)
    assert max(asked, own) - 1e-6 <= found.moment - NOW <= max(asked, own) * 1.1 + 1e-6
    assert found.moment - NOW <= max(asked, own) + 1 + 1e-6


@pytest.mark.parametrize(("status", "wait"), [(503, 2.0), (429, 7.0)])
def test_a_throttle_is_waited_for_longer(status: int, wait: float) -> None:
    """As the policy says."""
    policy = attrs.evolve(FIXED, throttle_wait=7)

    assert RetryAt(NOW + wait) == decided(Outcome(status=status), policy=policy)


class Always:
    """A strategy of one's own."""

    def should_retry(self, _: Tried) -> bool:
        """Whatever it is."""
        return True

    def get_delay(self, _: Tried) -> float:
        """Long."""
        return 9.0


STALE = Outcome(READ, reused=True, bytes_received=0)
"""It went over a connection that had been idle, which broke before anything came."""
REPLACED = RetryAt(NOW, counts=False)


@pytest.mark.parametrize(
    ("outcome", "history", "expected"),
    [
        (STALE, History(), REPLACED),
        (attrs.evolve(STALE, bytes_received=None), History(), REPLACED),
        (STALE, History(attempts=2, retries=1), REPLACED),
        (STALE, History(retries=1, replaced=1), AGAIN),
        (attrs.evolve(STALE, bytes_received=9), History(), AGAIN),
        (attrs.evolve(STALE, reused=False), History(), AGAIN),
        (attrs.evolve(STALE, error=httpx.ReadTimeout("x")), History(), AGAIN),
    ],
    ids=str,
)
def test_a_connection_that_was_idle_for_too_long_is_replaced_at_once(
    outcome: Outcome, history: History, expected: Decision
) -> None:
    """Once a call; if anything came over it, it had not been idle for too long."""
    assert expected == decided(outcome, history=history)


@pytest.mark.parametrize(
    "policy",
    [
        attrs.evolve(FIXED, attempts=1),
        attrs.evolve(FIXED, stop=tenacity.stop_after_attempt(1)),
        attrs.evolve(FIXED, wait=ExponentialWait(), strategy=Always()),
    ],
    ids=["attempts", "stop", "strategy"],
)
def test_to_replace_a_connection_is_no_attempt(policy: RetryPolicy) -> None:
    """Whoever counts attempts is not asked; nor is it waited."""
    assert REPLACED == decided(STALE, policy=policy)


@pytest.mark.parametrize(("tokens", "expected"), [(14, RetryAt(NOW, 14, counts=False)), (13, Stop("budget"))])
def test_to_replace_a_connection_is_paid_for(tokens: int, expected: Decision) -> None:
    """As a retry is, so that an outage is not multiplied by it."""
    policy = attrs.evolve(FIXED, budget=RetryBudget())

    assert expected == decided(STALE, Facts(tokens=tokens), policy=policy)


def test_what_must_not_be_sent_twice_is_not_sent_over_another_connection() -> None:
    """The server may have acted on it before it closed."""
    outcome = attrs.evolve(STALE, bytes_sent=90)

    assert Stop("maybe applied") == decided(outcome, Facts(idempotent=False))


def test_strategies_count_without_the_replaced_one() -> None:
    """Their waits begin with the first attempt that counts."""
    policy = attrs.evolve(FIXED, wait=ExponentialWait(1.0, 8.0, jitter=False))
    history = History(retries=2, replaced=1)

    assert RetryAt(NOW + 2.0) == decided(Outcome(status=503), history=history, policy=policy)


@pytest.mark.parametrize(
    ("deadline", "expected"), [(1_002.06, AGAIN), (1_002.04, Stop("deadline")), (999.0, Stop("deadline"))]
)
def test_nobody_sleeps_into_a_deadline(deadline: float, expected: Decision) -> None:
    """Nor up to so little before it that an attempt could not end."""
    assert expected == decided(Outcome(status=503), Facts(deadline=deadline))


@pytest.mark.parametrize(
    ("status", "tokens", "expected"),
    [
        (503, 14, RetryAt(NOW + 2, 14)),
        (503, 13, Stop("budget")),
        (429, 5, RetryAt(NOW + 2, 5)),
        (429, 4, Stop("budget")),
        (503, None, AGAIN),
    ],
)
def test_a_budget_is_asked(status: int, tokens: float | None, expected: Decision) -> None:
    """For less if the server was merely too busy."""
    policy = attrs.evolve(FIXED, budget=RetryBudget())

    assert expected == decided(Outcome(status=status), Facts(tokens=tokens), policy)


def test_a_poller_without_budget_waits_before_it_fails() -> None:
    """Or else it would be back at once."""
    policy = attrs.evolve(FIXED, budget=RetryBudget(), long_poll=True)

    assert Stop("budget", NOW + 2) == decided(Outcome(status=503), Facts(tokens=0), policy)


@pytest.mark.parametrize(("paused", "least"), [(NOW + 5, 5.0), (NOW - 5, 2.0), (NOW + 1, 2.0)])
def test_a_pause_of_the_origin_is_kept(paused: float, least: float) -> None:
    """With the usual tenth, so that not all return at once."""
    found = decided(Outcome(status=503), Facts(paused=paused))

    assert isinstance(found, RetryAt)
    assert least <= found.moment - NOW <= least * 1.1


class Own:
    """A strategy of the user's own."""

    def should_retry(self, tried: Tried) -> bool:
        """Only of teapots, and of values."""
        return isinstance(tried.error, ValueError) or getattr(tried.answer, "status_code", 0) == 418

    def get_delay(self, tried: Tried) -> float:
        """Three seconds, and then less than none."""
        return 3.0 if tried.number == 1 else -1.0


@pytest.mark.parametrize(
    "policy",
    [
        RetryPolicy(strategy=Own(), budget=None),
        RetryPolicy(
            retry=tenacity.retry_if_exception_type(ValueError)
            | tenacity.retry_if_result(lambda answer: answer.status_code == 418),
            wait=tenacity.wait_chain(tenacity.wait_fixed(3), tenacity.wait_fixed(0)),
            budget=None,
        ),
    ],
    ids=["own", "tenacity"],
)
def test_the_user_says_what_is_tried_again(policy: RetryPolicy) -> None:
    """Within what is safe, and may help."""
    teapot, busy = (Outcome(answer=httpx.Response(status), status=status) for status in (418, 503))
    second = History(attempts=2, retries=1)

    assert [
        RetryAt(NOW + 3),
        RetryAt(NOW),
        Stop("answer"),
        RetryAt(NOW + 3),
        Stop("hopeless"),
        Stop("maybe applied"),
    ] == [
        decided(teapot, policy=policy),
        decided(teapot, policy=policy, history=second),
        decided(busy, policy=policy),
        decided(Outcome(ValueError()), policy=policy),
        decided(Outcome(CircuitOpen("x")), policy=policy),
        decided(teapot, N, policy),
    ]


@pytest.mark.parametrize(
    ("stop", "expected"),
    [
        (tenacity.stop_after_attempt(2), [AGAIN, Stop("stop"), Stop("stop")]),
        (tenacity.stop_after_delay(30), [AGAIN, AGAIN, Stop("stop")]),
        (tenacity.stop_before_delay(22), [AGAIN, Stop("stop"), Stop("stop")]),
        (tenacity.stop_after_attempt(9) | tenacity.stop_after_delay(1), [AGAIN, Stop("stop"), Stop("stop")]),
        (tenacity.stop_after_attempt(2) & tenacity.stop_after_delay(30), [AGAIN, AGAIN, Stop("stop")]),
    ],
)
def test_tenacity_says_when_to_stop(stop: Any, expected: list[Decision]) -> None:
    """By the number of attempts and by our clock, after 0, 20 and 40 seconds."""
    policy = attrs.evolve(FIXED, stop=stop, attempts=100)
    found = [
        decided(Outcome(status=503), None, policy, History(number, number - 1, NOW - 20.0 * (number - 1)))
        for number in (1, 2, 3)
    ]

    assert expected == found


@pytest.mark.parametrize("error", [ValueError("x"), OSError("x"), TooManyRequests("x"), READ])
def test_any_error_of_a_function_is_worth_another_attempt(error: Exception) -> None:
    """Nobody would decorate it otherwise."""
    assert AGAIN == decided(Outcome(error), Facts(is_function=True))


@pytest.mark.parametrize("error", [CircuitOpen("x"), DeadlineExceeded("x"), InputError("x", "y", "z")])
def test_a_refusal_within_a_function_is_none(error: Exception) -> None:
    """It would come again."""
    assert Stop("hopeless") == decided(Outcome(error), Facts(is_function=True))


ERRORS = [READ, httpx.ConnectError("x"), httpx.ReadTimeout("x"), ValueError("x"), CircuitOpen("x"), reset(7)]
OUTCOMES = st.builds(
    Outcome,
    error=st.none() | st.sampled_from(ERRORS),
    status=st.integers(400, 599),
    retry_after=st.none() | st.floats(0, 1e9),
    says=st.none() | st.booleans(),
    has_quota=st.booleans(),
    bytes_sent=st.none() | st.integers(0, 100),
    bytes_received=st.none() | st.integers(0, 100),
    reused=st.booleans(),
)
FACTS = st.builds(
    Facts,
    idempotent=st.booleans(),
    keyed=st.booleans(),
    key_age=st.floats(0, 1e6),
    replayable=st.booleans(),
    deadline=st.none() | st.floats(0, 3_000),
    tokens=st.none() | st.integers(0, 500),
    admits=st.booleans(),
    paused=st.none() | st.floats(0, 2_000),
)
POLICIES = st.builds(
    RetryPolicy,
    attempts=st.integers(1, 100),
    wait=st.builds(ExponentialWait, st.floats(0, 100), st.floats(0, 100)),
    max_retry_after=st.floats(0, 1e4),
    obey_should_retry=st.booleans(),
    long_poll=st.booleans(),
)
HISTORIES = st.builds(
    History,
    attempts=st.integers(1, 110),
    retries=st.integers(1, 110),
    replaced=st.integers(0, 1),
    idle=st.floats(0, 1e4),
)


@given(POLICIES, FACTS, HISTORIES, OUTCOMES, st.integers())
def test_what_holds_of_every_decision(
    policy: RetryPolicy, facts: Facts, history: History, outcome: Outcome, seed: int
) -> None:
    """A retry is in time, within its budget, of a body that is there, and of nothing that may have been done."""
    found = decide(policy, facts, history, outcome, NOW, dice(seed))

    if isinstance(found, Stop):
        return
    assert history.attempts < policy.attempts or not found.counts
    assert found.counts or (outcome.reused and not history.replaced)
    assert NOW <= found.moment
    assert facts.deadline is None or found.moment + policy.min_attempt <= facts.deadline
    assert facts.tokens is None or found.cost <= facts.tokens
    assert facts.admits
    assert facts.replayable or (outcome.error is not None and outcome.bytes_sent == 0)
    assert outcome.retry_after is None or NOW + outcome.retry_after <= found.moment
    assert facts.idempotent or unseen(outcome)
    assert facts.paused is None or facts.paused <= found.moment


def unseen(outcome: Outcome) -> bool:
    """Whether nobody can have acted on the request, in other words than the policy's."""
    if outcome.error is None:
        limited = outcome.retry_after is not None or outcome.has_quota
        return outcome.status in {421, 425} or (outcome.status == 429 and limited)
    if outcome.bytes_sent is not None and outcome.bytes_sent > 0:
        return "StreamReset" in str(outcome.error)
    meant = isinstance(outcome.error, httpx.ConnectError) or "StreamReset" in str(outcome.error)
    return outcome.bytes_sent == 0 or meant


@given(POLICIES, FACTS, HISTORIES, OUTCOMES, st.integers())
def test_a_decision_depends_on_nothing_else(
    policy: RetryPolicy, facts: Facts, history: History, outcome: Outcome, seed: int
) -> None:
    """The same values and the same dice give the same decision."""
    first, second = (decide(policy, facts, history, outcome, NOW, dice(seed)) for _ in range(2))

    assert first == second


class Said:
    """A strategy that says these."""

    def __init__(self, *, wanted: Any = True, delay: Any = 1) -> None:
        self.wanted, self.delay = wanted, delay

    def should_retry(self, _: Tried) -> Any:
        """What was given, or what a function gives."""
        return self.wanted() if callable(self.wanted) else self.wanted

    def get_delay(self, _: Tried) -> Any:
        """Likewise."""
        return self.delay() if callable(self.delay) else self.delay


async def later(*_: object) -> float:
    """An answer that must be awaited."""
    return 1.0


def started() -> asyncio.Future[Any]:
    """One that is under way."""
    loop = asyncio.new_event_loop()
    loop.close()
    return asyncio.Future(loop=loop)


@pytest.mark.parametrize(
    ("policy", "field"),
    [
        (RetryPolicy(strategy=Said(wanted=later)), "should_retry"),
        (RetryPolicy(strategy=Said(wanted=started)), "should_retry"),
        (RetryPolicy(strategy=Said(delay=later)), "get_delay"),
        *((RetryPolicy(strategy=Said(delay=wrong)), "get_delay") for wrong in (None, "1", True, float("nan"))),
        (RetryPolicy(retry=lambda _: later()), "retry"),
        (RetryPolicy(stop=lambda _: later()), "stop"),
        (RetryPolicy(wait=lambda _: later()), "wait"),
        (RetryPolicy(wait=lambda _: None), "wait"),
    ],
)
def test_what_a_policy_cannot_decide_by_is_refused(policy: RetryPolicy, field: str) -> None:
    """An answer that must be awaited would count as yes; seconds are a number."""
    with pytest.raises(ConfigError) as caught:
        decided(Outcome(READ), policy=policy)

    assert field == caught.value.field
