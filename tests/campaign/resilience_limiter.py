"""A rate limit on real sockets: kept at every moment of dispatch, used up, first come first served."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Iterator, Sequence

import httpx
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
            _, line = await loop.create_connection(Asked, where.host, where.port or 80)
            self.free.append(line)

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send it over a connection that is free."""
        line = self.free.pop()
        line.answered = asyncio.get_running_loop().create_future()
        self.sent.append((time.monotonic(), request.extensions["turn"]))
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
