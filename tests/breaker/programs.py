"""Programs that Hypothesis writes and shortens: each steps a circuit beside its model."""

from __future__ import annotations

import random
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from restkit.policies.verdict import Verdict
from tests.breaker.model import VERDICTS, Pair, a_policy


class Programs(RuleBasedStateMachine):
    """What can be done to a circuit. The pair raises once the two disagree."""

    count: ClassVar[int] = 0
    pair: Pair

    @initialize(seed=st.integers(0, 10_000))
    def begin(self, seed: int) -> None:
        """Choose a policy."""
        Programs.count += 1
        self.pair = Pair(a_policy(random.Random(seed)), seed)  # noqa: S311 - not for secrets

    @rule(lease=st.sampled_from((0.5, 5.0, 65.0)))
    def enter(self, lease: float) -> None:
        """Pass."""
        self.pair.enter(lease)

    @rule(
        which=st.integers(0, 20),
        verdict=st.sampled_from(VERDICTS),
        elapsed=st.sampled_from((0.25, 0.5, 2.0)),
        keep=st.booleans(),
    )
    def settle(self, which: int, verdict: Verdict, elapsed: float, *, keep: bool) -> None:
        """Tell what came of it."""
        self.pair.settle(which, verdict, elapsed, keep=keep)

    @rule(count=st.integers(1, 12), verdict=st.sampled_from(("success", "failure")))
    def calls(self, count: int, verdict: Verdict) -> None:
        """Some calls, one after the other."""
        for _ in range(count):
            self.pair.enter(65.0)
            self.pair.settle(-1, verdict, 0.25, keep=False)

    @rule(seconds=st.sampled_from((0.25, 0.5, 2.5, 30.0, 300.0)))
    def pass_time(self, seconds: float) -> None:
        """Let time pass."""
        self.pair.now += seconds

    @rule()
    def peek(self) -> None:
        """Ask."""
        self.pair.peek()

    @rule()
    def isolate(self) -> None:
        """Let nothing pass."""
        self.pair.isolate()

    @rule()
    def reset(self) -> None:
        """Begin anew."""
        self.pair.reset()
