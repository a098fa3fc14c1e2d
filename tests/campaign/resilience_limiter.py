"""A rate limit on real sockets: kept at every moment of dispatch, used up, first come first served."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence

import httpx
from attrs import frozen
from typing_extensions import override

from restkit import Admission, Pipeline, TokenBucket
from restkit.flow import Clock
from tests.campaign.figure import Amounts, Measured
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


class Noting(Clock):
    """Real time, and when the limit last looked at it: then it let go what is sent next."""

    let_go = 0.0

    @override
    def now(self) -> float:
        """Look."""
        self.let_go = super().now()
        return self.let_go


@frozen
class Sent:
    """A request that was sent: when it was let go, when it was written, and its turn to come."""

    let_go: float
    written: float
    turn: int


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
    """The least that puts a request on a real socket, so that 4,000 a second are no trouble for one processor."""

    def __init__(self, clock: Noting) -> None:
        self.clock = clock
        self.sent: list[Sent] = []
        self.free: list[Asked] = []

    async def connect(self, url: str, count: int) -> None:
        """Open the connections."""
        loop, where = asyncio.get_running_loop(), httpx.URL(url)
        for _ in range(count):
            _, line = await loop.create_connection(Asked, where.host, where.port or 80)
            self.free.append(line)

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send it over a connection that is free."""
        line = self.free.pop()
        line.answered = asyncio.get_running_loop().create_future()
        let_go = self.clock.let_go
        self.sent.append(Sent(let_go, self.clock.now(), request.extensions["turn"]))
        line.transport.write(ASKS)
        await line.answered
        self.free.append(line)
        return httpx.Response(200)

    @override
    async def aclose(self) -> None:
        """Close the connections."""
        for each in self.free:
            each.transport.close()


def keep_pace(asked: Amounts) -> Measured:
    """Send so many requests as fast as a limit lets them, and look at when each was."""
    with running() as url:
        sent = asyncio.run(sent_at(url, asked.calls))
    above, most = over_the_rate([(each.let_go, each.written) for each in sent])
    seconds = sent[-1].written - sent[0].written
    used = len(sent) / (RATE * seconds + LIMIT.burst)
    overtaken = inversions(each.turn for each in sent)
    return Measured(
        value=f"{above} windows above {RATE} a second (at most {most:.2f} of what is allowed), {used:.2%} used,"
        f" {overtaken} overtaken, {len(sent)} in {seconds:.2f} s",
        ok=not above and used >= USED and not overtaken,
        done=Amounts(calls=len(sent)),
    )


async def sent_at(url: str, count: int) -> list[Sent]:
    """When each request was sent, and its turn."""
    clock = Noting()
    sockets = Sockets(clock)
    await sockets.connect(url, LINES)
    limited = Pipeline([Admission(LIMIT, None, clock=clock)], sockets)

    async def work(turns: Iterator[int]) -> None:
        """Send one after the other, as long as there are more."""
        request = httpx.Request("GET", url)
        for turn in turns:
            request.extensions = {"turn": turn}
            _ = await limited.handle_async_request(request)

    for turns in (iter(range(WARM)), iter(range(count))):
        sockets.sent.clear()
        await clock.asleep(WARM / RATE)  # the bucket is full again
        _ = await asyncio.gather(*(work(turns) for _ in range(LINES)))
    await limited.aclose()
    return sockets.sent


def over_the_rate(moments: Sequence[tuple[float, float]]) -> tuple[int, float]:
    """How many windows of time have more than a limit allows, and how full the fullest of them is.

    Each request was let go at the one moment and written at the other. A window begins when its first is let go and
    ends when its last is written; of those that end with one request only the fullest matters.
    """
    first, begun, above, fullest = moments[0][0], 0.0, 0, 0.0
    for before, (let_go, written) in enumerate(moments):
        begun = max(begun, (let_go - first) * RATE - before)
        inside = begun + before + 1 - (written - first) * RATE
        above += inside > LIMIT.burst + RATE * 1e-6
        fullest = max(fullest, inside / LIMIT.burst)
    return above, fullest


def inversions(turns: Iterable[int]) -> int:
    """How many came behind somebody whose turn was later."""
    last, count = -1, 0
    for turn in turns:
        count += turn < last
        last = max(last, turn)
    return count
