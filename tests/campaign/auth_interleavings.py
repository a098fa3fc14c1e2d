"""Interleavings of everything that can happen to a token: drawn from a seed, played in virtual time."""

from __future__ import annotations

import random

from attrs import define

from restkit import AuthError, Flow, RestkitError, Sleep, Token
from restkit.flow import Background
from restkit.testing import Simulation, VirtualClock
from restkit.testing.strand import Strand
from restkit.tokens.keeper import Keeper
from tests.campaign.figure import Amounts, Measured

CALLERS = 24
"""Who ask for a token in one play."""


@define
class Report:
    """What was seen in one play."""

    most_live: int = 0
    """The most token requests that were under way at once."""
    requests: int = 0
    lost: int = 0
    """Callers that nobody answered, or that were given a token that was over."""
    answered: int = 0
    failed: int = 0
    cancelled: int = 0


class Play:
    """One keeper, its server, and callers that come, are refused and leave as the dice have it."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311 - repeatable
        self.clock = VirtualClock()
        room = Background(self.dice.choice((0, 16, 16)))
        self.simulation = Simulation(self.clock, seed=seed, background=room)
        self.keeper = Keeper(self.fetch, clock=self.clock, dice=self.dice)
        self.report, self.live = Report(), 0
        self.ends: dict[str, float] = {}
        self.strands: list[Strand[Token]] = []

    def fetch(self, _: Token | None) -> Flow[Token]:
        """Give a token, after a while, mostly."""
        self.report.requests += 1
        value, lifetime = f"t{self.report.requests}", self.dice.choice((2.0, 10.0, 60.0))
        self.live += 1
        self.report.most_live = max(self.report.most_live, self.live)
        try:
            yield from Sleep(self.dice.uniform(0.0, 2.0))
            if self.dice.random() < 0.2:
                raise self.dice.choice((AuthError("no"), OSError("gone")))
        finally:
            self.live -= 1
        self.ends[value] = self.clock.wall() + lifetime
        return Token(value=value, expires_at=self.ends[value], lifetime=lifetime)

    def call(self) -> Flow[Token]:
        """A caller: it comes at some time, and may be refused."""
        yield from Sleep(self.dice.uniform(0.0, 30.0))
        token = yield from self.keeper.current()
        if self.dice.random() < 0.3:
            yield from Sleep(self.dice.uniform(0.0, 8.0))
            token = yield from self.keeper.after_refusal(token)
        self.report.lost += self.clock.wall() > self.ends[token.value]
        return token

    def meddle(self) -> Flow[None]:
        """Cancel callers and set the wall clock, now and then."""
        for _ in range(CALLERS // 2):
            yield from Sleep(self.dice.uniform(0.0, 3.0))
            if self.dice.random() < 0.8:
                self.dice.choice(self.strands).cancel()
            else:
                self.clock.step(self.dice.uniform(-5.0, 5.0))

    def run(self) -> Report:
        """Play it to its end."""
        self.strands = [self.simulation.start(self.call()) for _ in range(CALLERS)]
        _ = self.simulation.start(self.meddle())
        self.simulation.advance(200.0)
        for each in self.strands:
            self.report.lost += not each.is_over
            self.report.answered += each.is_over and each.error is None
            self.report.failed += isinstance(each.error, RestkitError)
            self.report.cancelled += each.error is not None and not isinstance(each.error, RestkitError)
        self.simulation.close()
        return self.report


def played(seed: int) -> Report:
    """What is seen in the play of a seed."""
    return Play(seed).run()


def play_all(asked: Amounts) -> Measured:
    """Play as many seeds as are asked for."""
    reports = [played(seed) for seed in range(asked.seeds)]
    most, lost = max(each.most_live for each in reports), sum(each.lost for each in reports)
    counts = [sum(getattr(each, name) for each in reports) for name in ("answered", "failed", "cancelled", "requests")]
    value = f"{most} live at most, {lost} lost; {counts[0]} answered, {counts[1]} failed, {counts[2]} cancelled"
    seen = all(counts)
    return Measured(value=value, ok=most == 1 and not lost and seen, done=Amounts(seeds=len(reports)))
