"""What is answered where a circuit lets nothing pass."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx

from restkit.admission.gate import Gate
from restkit.errors import CircuitOpen, ConfigError
from restkit.flow import Ask, Flow
from restkit.policies.circuit_breaker import CircuitBreaker
from restkit.unset import UNSET

KEY = "restkit.fallback"
"""Set in the extensions of a response that no server has sent."""
OF_ANOTHER_BODY = frozenset({"content-encoding", "content-length", "transfer-encoding"})


def instead(policy: CircuitBreaker, error: CircuitOpen) -> Flow[Any]:
    """The policy's fallback, asked for if it is a function. Raises the error if there is none."""
    if policy.fallback is UNSET:
        raise error
    function: Any = policy.fallback
    if callable(policy.fallback):
        return (yield from Ask[Any].of(function, error))
    return policy.fallback


def refused(gate: Gate, seconds: float | None, request: httpx.Request) -> Flow[httpx.Response]:
    """Answer a request that may not pass for so many seconds with the fallback. Raises CircuitOpen if there is none."""
    error = gate.refusal(seconds)
    error.request = request
    response = as_response((yield from instead(gate.policy, error)))
    response.request, response.elapsed = request, dt.timedelta()
    response.extensions[KEY] = True
    return response


def as_response(value: object) -> httpx.Response:
    """A response of its own: a copy of one that was given, or any other value as JSON."""
    if isinstance(value, httpx.Response):
        kept = [(name, said) for name, said in value.headers.multi_items() if name not in OF_ANOTHER_BODY]
        return httpx.Response(value.status_code, headers=kept, content=value.content)
    try:
        return httpx.Response(200, json=value)
    except (TypeError, ValueError):
        remedy = "answer an httpx.Response, or something that JSON can write"
        raise ConfigError("fallback", f"is of type {type(value).__name__}", remedy) from None
