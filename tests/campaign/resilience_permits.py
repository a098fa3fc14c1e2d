"""Very many requests before a rate limit and a bulkhead, cancelled at random: what was theirs is the others'."""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Iterator, Sequence

import attrs
import httpx
from attrs import field, frozen

from restkit import GCRA, Admission, RateLimiter
from restkit.admission.origins import origin_of
from restkit.admission.slots import Slots
from restkit.context import KEY, Context
from restkit.flow import Abandoned, Flow, Sleep
from restkit.policies.bucket import started
from restkit.policies.bucket_numbers import FULL, micros
from restkit.testing import Simulation, Strand, VirtualClock
from tests.campaign.figure import Amounts, Measured
from tests.campaign.processes import in_processes, swept
from tests.campaign.resilience_limiter import inversions

HOME = httpx.Request("GET", "http://api.test/")
CROWD, SOME, SIZE, SECONDS = 1_000, 1.3, 6, 10.0
"""Requests of each seed; how many more are made than are cancelled in time; slots; seconds within which they come."""
SLOW = GCRA(10, burst=6)


@frozen
class Kept:
    """What came of some seeds."""

    cancelled: int
    sent: int
    wrong: tuple[str, ...]


def cancel_at_random(asked: Amounts) -> Measured:
    """Cancel requests that wait, hold a slot or are under way, in virtual time; what was theirs is the others'."""
    found = in_processes(conserve, range(math.ceil(asked.calls * SOME / CROWD)))
    cancelled, sent = (sum(getattr(each, name) for each in found) for name in ("cancelled", "sent"))
    wrong = [said for each in found for said in each.wrong]
    for said in wrong[:5]:
        _ = sys.stderr.write(f"{said}\n")
    return Measured(
        value=f"{len(wrong)} lost or made, {cancelled} cancelled, {sent} sent",
        ok=not wrong and cancelled >= asked.calls and sent > 0,
        done=Amounts(calls=cancelled),
    )


def conserve(seeds: Sequence[int]) -> Kept:
    """Run some seeds."""
    crowds = [ended(Crowded(seed)) for seed in swept(seeds)]
    return Kept(
        cancelled=sum(each.cancelled for each in crowds),
        sent=sum(each.sent for each in crowds),
        wrong=tuple(said for each in crowds for said in each.wrong),
    )


def ended(crowded: Crowded) -> Kept:
    """Run one seed."""
    wrong = tuple(f"seed {crowded.seed}: {said}" for said in crowded.play())
    return Kept(crowded.cancelled, len(crowded.sent), wrong)


@attrs.define
class Crowded:
    """Requests that stand in line for permits and slots, most of which are cancelled somewhere on their way."""

    seed: int
    clock: VirtualClock = field(factory=VirtualClock)
    limiter: RateLimiter = field(init=False)
    admission: Admission = field(init=False)
    strands: list[Strand[httpx.Response]] = field(factory=list[Strand[httpx.Response]])
    sent: list[tuple[float, int]] = field(factory=list[tuple[float, int]])
    """When, and whose turn it was."""
    came: int = 0
    cancelled: int = 0

    def __attrs_post_init__(self) -> None:
        self.limiter = RateLimiter(SLOW, clock=self.clock)
        self.admission = Admission(self.limiter, SIZE, clock=self.clock)

    def play(self) -> Iterator[str]:
        """Begin all of them, cancel most, and tell what was lost, or made."""
        dice = random.Random(self.seed)  # noqa: S311 - to be repeated, not to be secret
        simulation = Simulation(self.clock, seed=self.seed)
        for number in range(CROWD):
            self.strands.append(simulation.start(self.request(number, dice.uniform(0, SECONDS))))
        for strand in dice.sample(self.strands, CROWD * 9 // 10):
            _ = simulation.agenda.at(self.clock.now() + dice.uniform(0, 1.5 * SECONDS), strand.cancel)
        while simulation.step():
            pass
        self.cancelled = sum(isinstance(each.error, Abandoned) for each in self.strands)
        yield from self.wrong()

    def request(self, number: int, starts: float) -> Flow[httpx.Response]:
        """One of them."""
        yield from Sleep(starts)
        turn, self.came = self.came, self.came + 1
        request = httpx.Request("GET", HOME.url, extensions={KEY: Context(), "turn": turn, "number": number})
        return (yield from self.admission(request, self.proceed))

    def proceed(self, request: httpx.Request) -> Flow[httpx.Response]:
        """Be on the wire for a while."""
        self.sent.append((self.clock.now(), request.extensions["turn"]))
        yield from Sleep(0.01 + request.extensions["number"] % 10 / 10)
        return httpx.Response(200)

    def wrong(self) -> Iterator[str]:
        """What was lost, or made."""
        bucket = started([SLOW])
        above = sum(not bucket.take(micros(moment) + 1, FULL) for moment, _ in self.sent)
        line = self.limiter._lines.get((origin_of(HOME), ""), self.clock.now())  # noqa: SLF001 - nobody else asks
        now, slots = micros(self.clock.now()), slots_in(self.admission)
        lost = line.bucket.delay(now, line.most) - bucket.delay(now, line.most)
        found = {
            "sent above the rate": above,
            "overtaken": inversions(turn for _, turn in self.sent),
            "microseconds of permits": abs(lost) > 2,
            "waiting": self.limiter.waiting + slots.waiting,
            "slots": slots.used,
            "never ended": sum(not each.is_over for each in self.strands),
        }
        yield from (f"{count} {what}" for what, count in found.items() if count)


def slots_in(admission: Admission) -> Slots:
    """The slots of its bulkhead."""
    found = admission._slots  # noqa: SLF001 - nobody else asks
    assert found is not None
    return found
