"""A rate limit at its figures: kept at every moment of dispatch, used up, first come first served, nothing lost."""

from __future__ import annotations

import asyncio
import math
import random
import sys
import time
from collections.abc import Iterable, Iterator, Sequence

import attrs
import httpx
from attrs import field, frozen
from typing_extensions import override

from restkit import Admission, Pipeline, RateLimiter
from restkit.admission.origins import origin_of
from restkit.admission.slots import Slots
from restkit.context import KEY, Context
from restkit.flow import Abandoned, Clock, Flow, Sleep
from restkit.policies.bucket import GCRA, TokenBucket, started
from restkit.policies.bucket_numbers import FULL, micros
from restkit.testing import Simulation, Strand, VirtualClock
from tests.campaign.figure import Amounts, Measured
from tests.campaign.processes import in_processes
from tests.campaign.wire_echo import running

RATE = 4_000
LIMIT = TokenBucket(RATE)
"""A second's worth can be made up for, should this process have to wait for the processor."""
LINES = 64
"""Connections, with one request on each at a time."""
ASKS = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
END = b";"
USED = 0.99
WARM = 200
"""Requests before it is measured: what is imported, and every connection, is there then."""
HOME = httpx.Request("GET", "http://api.test/")


class Asked(asyncio.Protocol):
    """A connection: writes a request, and tells when its answer is there."""

    answered: asyncio.Future[None]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It begins."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Answers of this server end in a semicolon, and have it nowhere else."""
        if data.endswith(END):
            self.answered.set_result(None)


class Sockets(httpx.AsyncBaseTransport):
    """The least that puts a request on a real socket, so that 4,000 a second are no trouble for one processor.

    `sent` has the moment just before each was written, and its turn to come.
    """

    def __init__(self) -> None:
        self.sent: list[tuple[float, int]] = []
        self.free: list[Asked] = []

    async def connect(self, url: str, count: int) -> None:
        """Open the connections."""
        loop, where = asyncio.get_running_loop(), httpx.URL(url)
        for _ in range(count):
            _, line = await loop.create_connection(Asked, where.host, where.port)
            self.free.append(line)

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        line = self.free.pop()
        line.answered = asyncio.get_running_loop().create_future()
        self.sent.append((time.monotonic(), request.extensions["turn"]))
        line.transport.write(ASKS)
        await line.answered
        self.free.append(line)
        return httpx.Response(200)

    @override
    async def aclose(self) -> None:
        for each in self.free:
            each.transport.close()


def keep_pace(asked: Amounts) -> Measured:
    """Send so many requests as fast as a limit lets them, and look at when each was."""
    with running() as url:
        sent = asyncio.run(sent_at(url, asked.calls))
    moments = [moment for moment, _ in sent]
    above, most = over_the_rate(moments)
    used = len(moments) / (RATE * (moments[-1] - moments[0]) + LIMIT.burst)
    overtaken = inversions(turn for _, turn in sent)
    return Measured(
        value=f"{above} windows above {RATE} a second (at most {most:.2f} of what is allowed), {used:.2%} used,"
        f" {overtaken} overtaken, {len(moments)} in {moments[-1] - moments[0]:.2f} s",
        ok=not above and used >= USED and not overtaken,
        done=Amounts(calls=len(moments)),
    )


async def sent_at(url: str, count: int) -> list[tuple[float, int]]:
    """When each request was sent, and its turn."""
    sockets = Sockets()
    await sockets.connect(url, LINES)
    limited = Pipeline([Admission(LIMIT, None)], sockets)

    async def work(turns: Iterator[int]) -> None:
        """Send one after the other, as long as there are more."""
        request = httpx.Request("GET", url)
        for turn in turns:
            request.extensions = {"turn": turn}
            _ = await limited.handle_async_request(request)

    for turns in (iter(range(WARM)), iter(range(count))):
        sockets.sent.clear()
        await Clock().asleep(WARM / RATE)  # the bucket is full again
        _ = await asyncio.gather(*(work(turns) for _ in range(LINES)))
    await limited.aclose()
    return sockets.sent


def over_the_rate(moments: Sequence[float]) -> tuple[int, float]:
    """How many windows of time have more than a limit allows, and how full the fullest of them is.

    The fullest window that ends with a request begins where a bucket was full the last time: so one bucket sees all.
    """
    room, last, above, fullest = LIMIT.burst, moments[0], 0, 0.0
    for moment in moments:
        room = min(LIMIT.burst, room + (moment - last) * RATE) - 1
        last = moment
        above += room < -RATE * 1e-6
        fullest = max(fullest, 1 - room / LIMIT.burst)
    return above, fullest


def inversions(turns: Iterable[int]) -> int:
    """How many came behind somebody whose turn was later."""
    last, count = -1, 0
    for turn in turns:
        count += turn < last
        last = max(last, turn)
    return count


CROWD, SOME, SIZE, SECONDS = 1_000, 2.2, 8, 20.0
"""Requests of each seed; how many more are made than are cancelled in time; slots; seconds within which they come."""
SLOW = GCRA(15, burst=6)


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
    played = [Crowded(seed) for seed in seeds]
    wrong = tuple(f"seed {each.seed}: {said}" for each in played for said in each.play())
    cancelled = sum(each.cancelled for each in played)
    return Kept(cancelled, sum(len(each.sent) for each in played), wrong)


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
            _ = simulation.agenda.at(self.clock.now() + dice.uniform(0, 2 * SECONDS), strand.cancel)
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
        line = self.limiter._lines.get((origin_of(HOME), ""))  # noqa: SLF001 - nobody else asks
        assert line is not None
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
