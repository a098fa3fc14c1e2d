"""A second circuit, written as plainly as can be, and the programs that step it beside the real one.

It keeps everything that happened and counts anew each time. Whoever passed keeps the era in which it did; an era ends
with each change. So it shares no idea with the circuit it is compared with.
"""

from __future__ import annotations

import math
import random
from typing import Any

from attrs import define, field

from restkit import Breaker, CircuitBreaker
from restkit.admission.gate import Gate, Permit
from restkit.policies.verdict import Verdict

VERDICTS: tuple[Verdict, ...] = ("success", "failure", "neutral")


@define(eq=False)
class Pass:
    """The right to one call."""

    era: int
    ends: float = math.inf
    is_over: bool = False


@define
class Model:
    """A circuit of the same policy."""

    policy: CircuitBreaker
    dice: random.Random
    state: str = "closed"
    era: int = 0
    openings: int = 0
    until: float = 0.0
    told: list[tuple[bool, bool, float]] = field(factory=list)
    """Of this era: whether it failed, whether it was slow, and when it was told."""
    tries: list[Pass] = field(factory=list)

    def turn(self, state: str) -> None:
        """Begin a new era."""
        self.state, self.era, self.told, self.tries = state, self.era + 1, [], []

    def in_window(self) -> list[tuple[bool, bool, float]]:
        """What is looked at."""
        seconds = self.policy.window_seconds
        if self.state == "half_open":
            return self.told
        if seconds is None:
            return self.told[-self.policy.window :]
        slices = [int(moment // (seconds / 10)) for _, _, moment in self.told]
        return [each for each, number in zip(self.told, slices, strict=True) if number > slices[-1] - 10]

    def counts(self) -> tuple[int, int, int]:
        """How many there are, how many failed, how many were slow."""
        window = self.in_window()
        return len(window), sum(failed for failed, _, _ in window), sum(slow for _, slow, _ in window)

    def in_a_row(self) -> int:
        """Failures since the last success."""
        count = 0
        for failed, _, _ in reversed(self.told):
            if not failed:
                break
            count += 1
        return count

    def outstanding(self, now: float) -> list[Pass]:
        """The tries that may still tell something."""
        return [each for each in self.tries if not each.is_over and each.ends > now]

    def wait(self, now: float) -> float | None:
        """Seconds until a call may pass."""
        if self.state == "isolated":
            return math.inf
        if self.state == "open" and now < self.until:
            return self.until - now
        if self.state == "half_open" and len(self.told) + len(self.outstanding(now)) >= self.policy.probes:
            return min(each.ends for each in self.outstanding(now)) - now
        return None

    def enter(self, now: float, lease: float) -> Pass | None:
        """Pass, or not."""
        if self.wait(now) is not None:
            return None
        if self.state == "closed":
            return Pass(self.era)
        if self.state == "open":
            self.turn("half_open")
        self.tries.append(Pass(self.era, now + lease))
        return self.tries[-1]

    def settle(self, passed: Pass, verdict: Verdict, elapsed: float, now: float) -> None:
        """Hear of a call."""
        if passed.is_over:
            return
        passed.is_over = True
        if passed.era != self.era or passed.ends <= now or verdict == "neutral":
            return
        slow = self.policy.slow_seconds is not None and elapsed >= self.policy.slow_seconds
        self.told.append((verdict == "failure", slow, now))
        if self.state == "closed":
            self.look(now)
        else:
            self.look_at_tries(now)

    def look(self, now: float) -> None:
        """Open, if there is a reason."""
        policy, (calls, failures, slow) = self.policy, self.counts()
        reasons = [
            policy.consecutive is not None and self.in_a_row() >= policy.consecutive,
            policy.failure_rate is not None and calls >= policy.min_calls and failures / calls >= policy.failure_rate,
            calls >= policy.min_calls and slow / calls >= policy.slow_rate,
        ]
        if any(reasons):
            self.open(now)

    def look_at_tries(self, now: float) -> None:
        """Decide, if that is certain."""
        policy, (calls, failures, slow) = self.policy, self.counts()
        if failures / policy.probes >= policy.probe_failure_rate or slow / policy.probes >= policy.slow_rate:
            self.open(now)
        elif calls == policy.probes:
            self.reset()

    def open(self, now: float) -> None:
        """Let nothing pass for a while."""
        policy = self.policy
        seconds = min(policy.open_seconds * 2**self.openings, policy.most_open_seconds)
        self.openings += 1
        self.turn("open")
        self.until = now + seconds * (1 + policy.jitter * (2 * self.dice.random() - 1))

    def isolate(self) -> None:
        """Let nothing pass."""
        self.turn("isolated")

    def reset(self) -> None:
        """Forget all."""
        self.openings = 0
        self.turn("closed")


def a_policy(dice: random.Random) -> CircuitBreaker:
    """Some policy: small numbers, so that everything happens often."""
    window = dice.randint(1, 12)
    open_seconds = dice.choice((1.0, 30.0))
    rate = dice.choice((None, 0.1, 0.5, 1.0))
    return CircuitBreaker(
        window=window,
        window_seconds=dice.choice((None, None, 2.5, 10.0)),
        min_calls=dice.randint(1, window),
        failure_rate=rate,
        consecutive=dice.choice((1, 3, 5)) if rate is None else dice.choice((None, 2, 4)),
        slow_seconds=dice.choice((None, 0.5)),
        slow_rate=dice.choice((0.4, 0.8)),
        open_seconds=open_seconds,
        most_open_seconds=open_seconds * dice.choice((1, 5, 10)),
        jitter=dice.choice((0.0, 0.1)),
        probes=dice.randint(1, 6),
        probe_failure_rate=dice.choice((0.2, 0.5, 1.0)),
    )


class Pair:
    """The real circuit, behind its gate, and the model; whatever is done is done to both, and they must agree."""

    def __init__(self, policy: CircuitBreaker, seed: int) -> None:
        """Begin closed."""
        self.now = 1_000.0
        self.changes: list[Any] = []
        self.model = Model(policy, random.Random(seed))  # noqa: S311 - not for secrets
        self.gate: Gate = Breaker(policy, dice=random.Random(seed)).gate("pair")  # noqa: S311 - not for secrets
        self.passes: list[tuple[Permit, Pass]] = []

    def peek(self) -> None:
        """Ask for how long nobody may pass."""
        agree("peek", self.model.wait(self.now), self.gate.peek(self.now))

    def enter(self, lease: float) -> None:
        """Pass, if that is allowed."""
        permit, passed = self.gate.enter(self.now, lease), self.model.enter(self.now, lease)
        agree("enter", passed is None, permit is None)
        if permit is not None and passed is not None:
            self.passes.append((permit, passed))

    def settle(self, which: int, verdict: Verdict, elapsed: float, *, keep: bool) -> None:
        """Tell what came of a call; tell it again later, if it is kept."""
        if not self.passes:
            return
        permit, passed = self.passes[which % len(self.passes)]
        if not keep:
            del self.passes[which % len(self.passes)]
        permit.settle(verdict, elapsed, self.now)
        self.model.settle(passed, verdict, elapsed, self.now)
        self.compare()

    def isolate(self) -> None:
        """Let nothing pass."""
        self.gate.isolate()
        self.model.isolate()
        self.compare()

    def reset(self) -> None:
        """Begin anew."""
        self.gate.reset()
        self.model.reset()
        self.compare()

    def compare(self) -> None:
        """Both stand at the same place."""
        facts, model = self.gate.facts, self.model
        agree("state", model.state, facts.state)
        if model.state == "open":
            agree("until", model.until, facts.until)
        if model.state in {"closed", "half_open"}:
            agree("counts", model.counts(), facts[1:4])
        if model.state == "closed":
            agree("in a row", model.in_a_row(), facts.in_a_row)
        if model.state == "half_open":
            bound = len(model.told) + len(model.outstanding(self.now))
            agree("bound", expected=True, found=bound <= model.policy.probes)


class DivergedError(AssertionError):
    """The circuit and its model disagree."""


def agree(what: str, expected: object, found: object) -> None:
    """Raise DivergedError unless both are the same."""
    if expected != found:
        raise DivergedError(f"{what}: the model has {expected}, the circuit {found}")


def walk(seed: int, steps: int) -> str | None:
    """Step both at random; what they disagree on, or None."""
    dice = random.Random(seed)  # noqa: S311 - not for secrets
    pair, ill = Pair(a_policy(dice), seed), dice.choice((0.05, 0.4, 0.9))
    try:
        for _ in range(steps):
            step(pair, dice, ill)
            if dice.random() < 0.02:
                ill = dice.choice((0.05, 0.4, 0.9))
    except DivergedError as error:
        return str(error)
    return None


def step(pair: Pair, dice: random.Random, ill: float) -> None:
    """Do one thing: mostly calls that begin and end. Times are such that moments often coincide."""
    drawn = dice.random()
    if drawn < 0.35 or (drawn < 0.80 and not pair.passes):
        pair.enter(dice.choice((0.5, 5.0, 65.0)))
    elif drawn < 0.80:
        verdict: Verdict = "neutral" if dice.random() < 0.1 else "failure" if dice.random() < ill else "success"
        pair.settle(dice.randrange(1_000), verdict, dice.choice((0.25, 0.5, 2.0)), keep=dice.random() < 0.1)
    elif drawn < 0.94:
        pair.now += dice.choice((0.25, 0.25, 0.5, 2.5, 30.0))
    elif drawn < 0.998:
        pair.peek()
    elif drawn < 0.999:
        pair.isolate()
    if drawn >= (0.97 if pair.model.state == "isolated" else 0.999):
        pair.reset()
