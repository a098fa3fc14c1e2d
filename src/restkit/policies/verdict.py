"""What the end of an attempt says about the health of whoever was called."""

from __future__ import annotations

from typing import Literal, TypeAlias

import httpx

from restkit.errors import FROM_BELOW, DeadlineExceeded, ProxyAuthError, StatusError
from restkit.flow import is_callers
from restkit.flow.deadline import MomentPassed

Verdict: TypeAlias = Literal["success", "failure", "neutral"]
"""Whether it is well; neutral if that cannot be told from this attempt."""

FAILURES = frozenset({500, 502, 503, 504})
"""The statuses of a server that is not well."""
REFUSAL = 400
"""From here on a status says nothing of the server's health, unless it is one of these failures."""
_BROKEN = (httpx.NetworkError, httpx.TimeoutException, httpx.RemoteProtocolError, httpx.ProxyError)
_OURS = (httpx.PoolTimeout, DeadlineExceeded, ProxyAuthError)


def verdict_of(
    outcome: httpx.Response | int | BaseException,
    ended: BaseException | None = None,
    *,
    request: httpx.Request | None = None,
    deadline: float | None = None,
) -> Verdict:
    """Judge an attempt by its response, its status or its error, and by what ended its body early, if anything did.

    Failures are those of name resolution, connecting, TLS, reading and writing, timeouts of a step or an attempt,
    broken HTTP, truncated bodies, and the statuses 500, 502, 503 and 504. Neutral are cancellations, all other error
    statuses, whatever happened on our side, what the caller's own code raised while it gave the body of `request`, and
    a call that was cut by its own `deadline`, a moment, rather than by the timeout of the attempt.
    """
    if ended is not None and not isinstance(ended, ResourceWarning):  # that one: nobody cared to close it
        outcome = ended
    if isinstance(outcome, httpx.Response):
        outcome = outcome.status_code
    if isinstance(outcome, int):
        return verdict_of_status(outcome)
    if request is not None and is_callers(outcome, request):
        return "neutral"
    return _of_error(outcome, deadline)


def verdict_of_status(status: int) -> Verdict:
    """Judge an attempt by its status alone."""
    if status < REFUSAL:
        return "success"
    return "failure" if status in FAILURES else "neutral"


def _of_error(error: BaseException, deadline: float | None) -> Verdict:
    if isinstance(error, MomentPassed):
        return "neutral" if error.until == deadline else "failure"
    status = _status_in(error)
    if status is not None:
        return verdict_of_status(status)
    return "failure" if isinstance(error, _BROKEN) and not isinstance(error, _OURS) else "neutral"


def _status_in(error: BaseException) -> int | None:
    """The status that an error stands for: one of httpx's or of a client's."""
    if isinstance(error, httpx.HTTPStatusError):
        return error.response.status_code
    return error.status if isinstance(error, StatusError) else None


def verdict_of_function(error: BaseException) -> Verdict:
    """Judge what a function raised: errors of httpx and of clients as an attempt's, any other exception a failure."""
    if isinstance(error, FROM_BELOW):
        return _of_error(error, None)
    return "failure" if isinstance(error, Exception) else "neutral"
