"""The wire and the server at its end, in bad weather: for a simulation, and as a transport of both worlds.

Theory of operation. A request is carried by a flow, so that it takes virtual time and may be cancelled anywhere. When
the server applies a write is decided by the seed: as the request arrives, or just before the answer leaves, so that a
call which is cancelled or times out in between may have been done or not. Each send ends up in the record.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from email.utils import formatdate
from typing import NoReturn

import httpx
from typing_extensions import override

from restkit.errors import ConnectError, ReadError
from restkit.flow import Flow, Sleep, World, run
from restkit.flow.awaiting import arun
from restkit.testing.bodies import ScriptedBody
from restkit.testing.clock import VirtualClock
from restkit.testing.items import Items, problem
from restkit.testing.ledger import KEY, Answered, Ledger, Received
from restkit.testing.weather.forecast import Mishap, Sky, Weather
from restkit.testing.weather.record import Event, Record, Sent
from restkit.wire.facts import KEY as FACTS
from restkit.wire.facts import WireFacts

CALL, KEYED = b"x-call", KEY.encode()
"""The headers that say which call a request belongs to, and by which key it is applied once."""
PLENTY = 30.0
"""Seconds of a timeout that is not set."""
ERRORS = (500, 502, 503, 504)
MOVED = ("/moved/", "/elsewhere/")
"""How paths begin that a redirect leads to; a number follows, so that each is another one."""
MOST = 90.0
"""Seconds that a slow answer takes at most."""


class Wire(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Carries requests to a server with a ledger, in bad weather."""

    ledger: Ledger
    items: Items

    def __init__(self, weather: Weather, seed: int, clock: VirtualClock, record: Record) -> None:
        self.ledger, self.items = Ledger(), Items()
        self.bodies: list[ScriptedBody] = []
        """Of every answer that was given."""
        self.gauges: Mapping[str, Callable[[], object]] = {}
        self._dice = random.Random(seed)  # noqa: S311 - to be repeated, not to be secret
        self._sky, self._tells = Sky(weather, self._dice), weather.tells
        self._clock, self._record = clock, record
        self._moves = 0
        self._world = World(None, clock)

    @override
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return run(self.carry(request), self._world)

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await arun(self.carry(request), self._world)

    def carry(self, request: httpx.Request) -> Flow[httpx.Response]:
        """Carry a request there, and its answer back."""
        now, record, url = self._clock.now, self._record, request.url
        headers = {name.lower(): value for name, value in request.headers.raw}
        call, key = int(headers.get(CALL, 0)), headers.get(KEYED)
        seen = {name: read() for name, read in self.gauges.items()}
        sent = Sent(call, now() - record.began, request.method, url.path, seen)
        record.sends.append(sent)
        mishap = self._sky.next(now())
        record.trace.append(Event(sent.moment, call, mishap))
        keyed = {} if key is None else {KEY: key.decode("latin-1")}
        asked = Received(request.method, asked_for(url.raw_path.decode("ascii")), keyed, request.read(), 1)
        try:
            return (yield from self._meet(mishap, request, asked))
        finally:
            sent.over = now() - record.began

    def _meet(self, mishap: Mishap, request: httpx.Request, asked: Received) -> Flow[httpx.Response]:
        dice = self._dice
        if mishap == "refused":
            self._fail(ConnectError("connection refused"), request, 0)
        if mishap == "connect timeout":
            yield from Sleep(timeout_of(request, "connect"))
            self._fail(httpx.ConnectTimeout("no connection in time"), request, 0)
        if mishap in {"429", "unseen"}:
            yield from Sleep(0.01)
            return self._answer(self._refusal(mishap), request)
        if mishap == "redirect":
            yield from Sleep(0.01)
            return self._answer(self._moved(asked), request)
        is_early = dice.random() < 0.5  # noqa: PLR2004 - as often as not
        answered = self._apply(asked) if is_early and mishap != "cut before" else None
        yield from Sleep(self._latency(mishap, request))
        if mishap == "silent":
            self._fail(httpx.ReadTimeout("nothing came"), request, len(asked.body) + 100)
        if mishap == "cut before":
            self._fail(httpx.WriteError("the connection broke"), request, len(asked.body) // 2 + 50)
        if mishap == "5xx":
            return self._answer(self._error(), request)
        answered = answered or self._apply(asked)
        if mishap == "cut after":
            self._fail(ReadError("the connection broke"), request, len(asked.body) + 100)
        if mishap == "broken":
            self._fail(httpx.RemoteProtocolError("that is no HTTP"), request, len(asked.body) + 100)
        return self._answer(answered, request, is_cut=mishap == "truncated")

    def _latency(self, mishap: Mishap, request: httpx.Request) -> float:
        if mishap == "silent":
            return timeout_of(request, "read")
        if mishap == "slow":
            return min(self._dice.uniform(1.0, MOST), timeout_of(request, "read"))
        return self._dice.uniform(0.005, 0.5)

    def _apply(self, asked: Received) -> Answered:
        return self.ledger.apply(asked, self.items)

    def _refusal(self, mishap: Mishap) -> Answered:
        if mishap == "unseen":
            return problem(self._dice.choice((421, 425)), "not looked at")
        wall = self._clock.wall() + self._dice.uniform(0, 5)
        said = self._dice.choice((None, "0", "1", "3", "soon", "86400", formatdate(wall, usegmt=True)))
        return with_retry_after(problem(429, "too many requests"), said)

    def _moved(self, asked: Received) -> Answered:
        """307 or 308, or what a POST has made, by 303."""
        dice, target = self._dice, asked.target
        self._moves += 1
        if asked.method == "POST" and dice.random() < 0.5:  # noqa: PLR2004 - as often as not
            made = json.loads(self._apply(asked).body)
            return elsewhere(303, f"/moved/{self._moves}{target}/{made['id']}")
        origin = "http://elsewhere.test/elsewhere" if dice.random() < 0.2 else "/moved"  # noqa: PLR2004 - now and then
        return elsewhere(dice.choice((307, 308)), f"{origin}/{self._moves}{target}")

    def _error(self) -> Answered:
        status = ERRORS[int(self._dice.random() * 4)]
        said = "1" if status == 503 and self._dice.random() < 0.3 else None  # noqa: PLR2004 - a few say when
        return with_retry_after(problem(status, "the server failed"), said)

    def _answer(self, answered: Answered, request: httpx.Request, *, is_cut: bool = False) -> httpx.Response:
        body = answered.body
        cut = ReadError("the connection broke within the body")
        stream = ScriptedBody((body[: len(body) // 2], cut) if is_cut else (body,))
        self.bodies.append(stream)
        headers = [("content-type", answered.media_type), ("content-length", str(len(body))), *answered.fields]
        response = httpx.Response(answered.status, headers=headers, stream=stream)
        if self._tells:
            response.extensions[FACTS] = request.extensions[FACTS] = WireFacts(200, 100, reused=True)
        return response

    def _fail(self, error: httpx.TransportError, request: httpx.Request, size: int) -> NoReturn:
        if self._tells:
            request.extensions[FACTS] = WireFacts(size)
        raise error


def elsewhere(status: int, location: str) -> Answered:
    """A redirect."""
    return Answered(status, fields=(("location", location),))


def asked_for(target: str) -> str:
    """What is asked for, wherever it was sent by redirects."""
    while target.startswith(MOVED):
        target = "/" + target.split("/", 3)[3]
    return target


def with_retry_after(answered: Answered, said: str | None) -> Answered:
    """An answer that says when to come again."""
    if said is None:
        return answered
    return Answered(answered.status, answered.body, answered.media_type, (("retry-after", said),))


def timeout_of(request: httpx.Request, step: str) -> float:
    """Seconds that a request's timeouts leave for a step."""
    seconds: float | None = request.extensions.get("timeout", {}).get(step)
    return PLENTY if seconds is None else seconds
