"""A circuit: whether calls may pass, as their outcomes say. Pure: the moment and the dice come from whoever steps it.

Theory of operation. Whoever passes is given a number and tells its verdict under it. While the circuit is closed all
have the same number; each change draws a new one, and each try of a half-open circuit has its own. No number is used
twice, so a verdict that comes too late finds that its number means nothing any more, and is dropped.

    closed     --too many failures, or slow calls-->  open
    open       --its time is over, a call comes-->    half open
    half open  --it is certain that too many fail-->  open, for twice as long
    half open  --enough results, few failures-->      closed
    any        --isolate-->  isolated  --reset-->     closed

A try has a lease. When that is over, its permit goes to another call, and what it tells then is dropped.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from restkit.policies.circuit_breaker import CircuitBreaker, CircuitState, State
from restkit.policies.outcomes import FAILED, SLOW, LastCalls, LastSeconds, Outcomes
from restkit.policies.verdict import Verdict, verdict_of

Roll = Callable[[], float]
"""Dice: a number of 0 up to 1."""


class Circuit:
    """One circuit. `roll` is asked when it opens, for the jitter."""

    __slots__ = (
        "_in_a_row",
        "_last",
        "_leases",
        "_outcomes",
        "_pause",
        "_policy",
        "_roll",
        "_slow",
        "number",
        "state",
        "until",
    )
    state: State
    number: int
    """What passes a closed circuit."""
    until: float
    """The moment from which an open circuit lets calls try."""

    def __init__(self, policy: CircuitBreaker, roll: Roll) -> None:
        self._policy, self._roll = policy, roll
        self._slow = math.inf if policy.slow_seconds is None else policy.slow_seconds
        self._last = 0  # number that was drawn
        self._leases: dict[int, float] = {}
        self._outcomes: Outcomes
        self._pause: float
        self.reset()

    def wait(self, now: float) -> float | None:
        """Seconds until a call may pass, at most; None if it may now; infinite while the circuit is isolated."""
        if self.state == "closed":
            return None
        if self.state != "half_open":
            return self.until - now if self.until > now else None
        for number in [number for number, end in self._leases.items() if end <= now]:
            del self._leases[number]
        if self._outcomes.calls + len(self._leases) < self._policy.probes:
            return None
        return min(self._leases.values()) - now

    def admit(self, now: float, lease: float) -> int | None:
        """Let a call pass, if it may: its number. A try is given up after `lease` seconds."""
        if self.state == "closed":
            return self.number
        if self.wait(now) is not None:
            return None
        if self.state == "open":
            self._change("half_open")
            self._outcomes = LastCalls(self._policy.probes)
        number = self._draw()
        self._leases[number] = now + lease
        return number

    def is_unmoved_by(self, number: int, verdict: Verdict, elapsed: float) -> bool:
        """Whether what came of a call changes nothing: one more success after many, as nearly always.

        It may be asked while another thread records: then this call came before that one.
        """
        return (
            verdict == "success"
            and number == self.number
            and self._in_a_row == 0
            and elapsed < self._slow
            and self._outcomes.is_calm
        )

    def record(self, number: int, verdict: Verdict, elapsed: float, now: float) -> None:
        """Hear what came of a call that took `elapsed` seconds."""
        if self.state != "closed":
            if self._leases.pop(number, now) > now and verdict != "neutral":
                self._judge(verdict, elapsed, now)
        elif number == self.number and verdict != "neutral":
            outcomes = self._outcomes
            if verdict == "success":
                self._in_a_row = 0
                outcomes.add(0 if elapsed < self._slow else SLOW, now)
            else:
                self._in_a_row += 1
                outcomes.add(FAILED if elapsed < self._slow else FAILED | SLOW, now)
            if (outcomes.failures or outcomes.slow) and self._is_broken():
                self._open(now)

    def _is_broken(self) -> bool:
        policy, outcomes = self._policy, self._outcomes
        if policy.consecutive is not None and self._in_a_row >= policy.consecutive:
            return True
        if outcomes.calls < policy.min_calls:
            return False
        if policy.failure_rate is not None and outcomes.failures / outcomes.calls >= policy.failure_rate:
            return True
        return outcomes.slow / outcomes.calls >= policy.slow_rate

    def _judge(self, verdict: Verdict, elapsed: float, now: float) -> None:
        """Look at what has come of the tries: certain is what no further result could change."""
        outcomes, policy = self._outcomes, self._policy
        outcomes.add((verdict == "failure") * FAILED | (elapsed >= self._slow) * SLOW, now)
        failures, slow = outcomes.failures / policy.probes, outcomes.slow / policy.probes
        if failures >= policy.probe_failure_rate or slow >= policy.slow_rate:
            self._open(now)
        elif outcomes.calls == policy.probes:
            self.reset()

    def _open(self, now: float) -> None:
        policy = self._policy
        self._pause = min(self._pause * 2, policy.most_open_seconds) if self._pause else policy.open_seconds
        self._change("open")
        self.until = now + self._pause * (1 + policy.jitter * (2 * self._roll() - 1))

    def isolate(self) -> None:
        """Let nothing pass until `reset`."""
        self._change("isolated")
        self.until = math.inf

    def reset(self) -> None:
        """Begin anew: closed, with nothing remembered."""
        self._change("closed")
        policy = self._policy
        seconds = policy.window_seconds
        self._outcomes = LastCalls(policy.window) if seconds is None else LastSeconds(seconds)
        self._in_a_row, self._pause = 0, 0.0

    def _change(self, state: State) -> None:
        self.state, self.number, self.until = state, self._draw(), 0.0
        self._leases.clear()

    def _draw(self) -> int:
        self._last += 1
        return self._last

    @property
    def facts(self) -> CircuitState:
        """Where it stands."""
        outcomes = self._outcomes
        until = self.until if self.state == "open" else None
        return CircuitState(self.state, outcomes.calls, outcomes.failures, outcomes.slow, self._in_a_row, until)


__all__ = ["Circuit", "Roll", "Verdict", "verdict_of"]
