"""A layer that does nothing but ask the circuit: what a client's admission does of it."""

from __future__ import annotations

import httpx

from restkit import Breaker, Clock, Context, Flow, Proceed, when_over
from restkit.admission.fallback import refused
from restkit.policies.circuit import verdict_of
from restkit.url import origin


class Admitting:
    """Let requests pass the gate of their origin, and tell it what came of them."""

    def __init__(self, breaker: Breaker, clock: Clock) -> None:
        """Share a breaker."""
        self.breaker, self.clock = breaker, clock

    def __call__(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Enter, proceed, and settle when the body is over."""
        now, deadline = self.clock.now, Context.of(request).deadline
        gate, began = self.breaker.gate(origin(request.url)), now()
        permit = gate.enter(began, gate.policy.lease_of(None, None if deadline is None else deadline - began))
        if permit is None:
            return (yield from refused(gate, gate.peek(began), request))
        try:
            response = yield from proceed(request)
        except BaseException as error:
            permit.settle(verdict_of(error, request=request, deadline=deadline), now() - began, now())
            raise
        status = response.status_code
        when_over(
            response,
            lambda ended: permit.settle(verdict_of(status, ended, deadline=deadline), now() - began, now()),
        )
        return response
