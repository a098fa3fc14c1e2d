"""What the end of an attempt says of the server's health."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import httpx
import pytest

from restkit import (
    AddressRefused,
    AuthError,
    BadEncoding,
    CircuitOpen,
    ConfigError,
    ConnectError,
    DeadlineExceeded,
    DNSError,
    InputError,
    NotFound,
    PoolTimeout,
    ProtocolError,
    ProxyAuthError,
    ProxyError,
    QueueFull,
    RateLimitTimeout,
    ReadError,
    ReadTimeout,
    ResourceError,
    ServerError,
    TLSVerifyError,
    TooLarge,
    TruncatedBody,
    WriteError,
)
from restkit.flow import Outgoing
from restkit.flow.deadline import MomentPassed
from restkit.policies.circuit import Verdict, verdict_of
from restkit.policies.verdict import verdict_of_function

STATUSES = {
    "success": (101, 200, 204, 206, 301, 304, 399),
    "failure": (500, 502, 503, 504),
    "neutral": (400, 401, 404, 408, 409, 421, 425, 429, 499, 501, 505, 599),
}
BROKEN = (
    httpx.ConnectError("x"),
    httpx.ConnectTimeout("x"),
    httpx.ReadError("x"),
    httpx.ReadTimeout("x"),
    httpx.WriteError("x"),
    httpx.WriteTimeout("x"),
    httpx.CloseError("x"),
    httpx.RemoteProtocolError("x"),
    httpx.ProxyError("x"),
    ConnectError("x"),
    DNSError("x"),
    TLSVerifyError("x"),
    ReadError("x"),
    ReadTimeout("x"),
    WriteError("x"),
    TruncatedBody("x"),
    ProtocolError("x"),
    ProxyError("x"),
    ServerError("x", status=503),
    httpx.HTTPStatusError("x", request=httpx.Request("GET", "/"), response=httpx.Response(503)),
)
SAYS_NOTHING = (
    httpx.PoolTimeout("x"),
    httpx.LocalProtocolError("x"),
    httpx.UnsupportedProtocol("x"),
    httpx.InvalidURL("x"),
    httpx.DecodingError("x"),
    httpx.TooManyRedirects("x"),
    PoolTimeout("x"),
    ProxyAuthError("x"),
    DeadlineExceeded("x"),
    CircuitOpen("x"),
    RateLimitTimeout("x"),
    QueueFull("x"),
    AddressRefused("x"),
    AuthError("x"),
    TooLarge("x"),
    ResourceError("x"),
    BadEncoding("x"),
    InputError("x", "y", "z"),
    ConfigError("x", "y", "z"),
    NotFound("x", status=404),
    asyncio.CancelledError(),
    KeyboardInterrupt(),
    GeneratorExit(),
)


@pytest.mark.parametrize(("verdict", "status"), [(each, status) for each in STATUSES for status in STATUSES[each]])
def test_a_status_says_how_a_server_is(verdict: Verdict, status: int) -> None:
    """Whether it is given as a number or with its response."""
    assert (verdict, verdict) == (verdict_of(status), verdict_of(httpx.Response(status)))


@pytest.mark.parametrize("error", BROKEN, ids=lambda error: type(error).__name__)
def test_a_broken_wire_is_a_failure(error: BaseException) -> None:
    """Whoever named it."""
    assert "failure" == verdict_of(error)


@pytest.mark.parametrize("error", [*SAYS_NOTHING, ValueError("x")], ids=lambda error: type(error).__name__)
def test_what_happened_here_says_nothing(error: BaseException) -> None:
    """Nor does a cancellation."""
    assert "neutral" == verdict_of(error)


def test_a_cut_by_the_timeout_of_the_attempt_is_a_failure() -> None:
    """Its moment came before that of the call."""
    assert "failure" == verdict_of(MomentPassed("x", 103.0), deadline=105.0)


def test_a_cut_by_the_deadline_of_the_call_says_nothing() -> None:
    """Who is in a hurry learns nothing of the server."""
    assert "neutral" == verdict_of(MomentPassed("x", 105.0), deadline=105.0)


@pytest.mark.parametrize(
    ("ended", "verdict"),
    [
        (None, "success"),
        (httpx.ReadError("x"), "failure"),
        (asyncio.CancelledError(), "neutral"),
        (ResourceWarning("x"), "success"),
    ],
    ids=["read", "broken", "cancelled", "dropped"],
)
def test_the_end_of_a_body_counts(ended: BaseException | None, verdict: Verdict) -> None:
    """Whoever drops it, has seen a status."""
    assert verdict == verdict_of(200, ended)


class Failing:
    """A body of the caller's that fails."""

    length, is_replayable, is_asynchronous = None, True, False
    error = httpx.ReadError("another server's")

    def chunks(self, tell: object) -> Iterator[bytes]:
        """Fail."""
        assert callable(tell)
        tell(self.error)
        yield b""


def test_what_the_callers_own_body_raised_says_nothing() -> None:
    """Though it be an error of a wire: of another one."""
    outgoing = Outgoing(Failing(), [Failing.error])  # type: ignore[arg-type] # as a source
    request = httpx.Request("POST", "https://api.test", stream=outgoing)

    assert ["neutral", "failure"] == [
        verdict_of(Failing.error, request=request),
        verdict_of(httpx.ReadError("x"), request=request),
    ]


@pytest.mark.parametrize("error", [*BROKEN, ValueError("x"), OSError("x")], ids=lambda error: type(error).__name__)
def test_any_exception_of_a_function_is_a_failure(error: BaseException) -> None:
    """Nobody knows better."""
    assert "failure" == verdict_of_function(error)


@pytest.mark.parametrize("error", SAYS_NOTHING, ids=lambda error: type(error).__name__)
def test_errors_of_a_client_are_judged_as_an_attempts(error: BaseException) -> None:
    """A 404 within a function is no reason to stop calling it."""
    assert "neutral" == verdict_of_function(error)
