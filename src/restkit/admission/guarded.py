"""A flow behind a circuit: what `@circuit_breaker` runs, without HTTP."""

from __future__ import annotations

from collections.abc import Callable

from typing_extensions import TypeVar

from restkit.admission.fallback import instead
from restkit.admission.gate import Gate
from restkit.flow import Clock, Flow
from restkit.policies.verdict import Verdict

T = TypeVar("T")
Judge = Callable[[BaseException], Verdict]
"""What an exception says of the health of whoever was called."""


def guarded(gate: Gate, attempt: Callable[[], Flow[T]], clock: Clock, judge: Judge) -> Flow[T]:
    """Attempt something behind a gate, and tell the gate what came of it.

    Raises CircuitOpen if the gate lets nothing pass and its policy has no fallback.
    """
    began = clock.now()
    permit = gate.pass_closed(began) or gate.enter(began, gate.policy.lease)
    if permit is None:
        answer: T = yield from instead(gate.policy, gate.refusal(gate.peek(began)))
        return answer
    verdict: Verdict = "neutral"
    try:
        answer = yield from attempt()
        verdict = "success"
    except BaseException as error:
        verdict = judge(error)
        raise
    finally:
        now = clock.now()
        permit.settle(verdict, now - began, now)
    return answer
