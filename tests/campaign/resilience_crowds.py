"""Very many calls of one client with everything on: cancelled at any moment, or all at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import attrs
import httpx
from typing_extensions import override

from restkit import AsyncClient, Op
from restkit.admission.breaker import Breaker
from restkit.admission.limiter import RateLimiter
from restkit.errors import RestkitError
from restkit.flow import Flow
from restkit.pipeline import Proceed
from restkit.policies.bulkhead import Bulkhead
from tests.campaign.figure import Amounts, Measured
from tests.campaign.processes import in_processes
from tests.campaign.resilience_stack import layers_of, slots_of
from tests.campaign.wire_crowds import HEALTHY, LONG, SHARE, Crowd, cancelling, gathering, in_world
from tests.campaign.wire_echo import body_of
from tests.campaign.wire_subject import transport
from tests.campaign.wire_worlds import ASYNCIO, TRIO, Awaiting

CANCELLED = {"asyncio": 0.5, "trio": 0.5}
"""Each world's part of the calls that are cancelled."""
GATHERED = {"asyncio": 1.0, "trio": 0.25}
"""Of those that are gathered: asyncio has them all, trio some more."""
FEW, MANY = 10, 100
"""Connections, and as many slots."""
SEVERAL = 2_000
"""Calls for which another process is worth it."""
SECONDS = 240.0
"""What one world may take."""
WORLDS = (ASYNCIO, TRIO)
TOGETHER = sum(GATHERED.values())


class Turns:
    """In which order calls came to the client, and in which they were sent."""

    def __init__(self) -> None:
        self.came: dict[str, int] = {}
        self.sent: list[int] = []

    def come(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """A call comes."""
        self.came[request.url.path] = len(self.came)
        return proceed(request)

    def send(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """It is sent."""
        self.sent.append(self.came[request.url.path])
        return proceed(request)

    @property
    def overtaken(self) -> int:
        """How many were sent when somebody behind them had been sent."""
        count, last = 0, -1
        for turn in self.sent:
            count += turn < last
            last = max(last, turn)
        return count

    @property
    def furthest(self) -> int:
        """By how many places anybody was sent too late."""
        return max((place - turn for place, turn in enumerate(self.sent)), default=0)


@attrs.define
class Clients(Crowd):
    """A crowd whose calls go through a client."""

    limiter: RateLimiter = attrs.field(kw_only=True)
    breaker: Breaker = attrs.field(kw_only=True)
    turns: Turns = attrs.field(kw_only=True)

    @classmethod
    def of(cls, url: str, connections: int, **settings: Any) -> Clients:
        """One client, with everything on."""
        limiter, breaker, turns = RateLimiter(1_000_000), Breaker(), Turns()
        limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
        client = AsyncClient(
            base_url=url,
            transport=transport(limits=limits),
            timeout=httpx.Timeout(**LONG),
            deadline=None,
            rate_limit=limiter,
            bulkhead=Bulkhead(connections),
            breaker=breaker,
            redirects=True,
            idempotency=True,
            layers=[turns.come],
            attempt_layers=[turns.send],
            **settings,
        )
        return cls(client, url, LONG, SECONDS, limiter=limiter, breaker=breaker, turns=turns)

    @override
    async def call(self, target: str) -> None:
        """Make a call, and look whose answer it gets."""
        try:
            body = (await self.subject.respond(Op("GET", target, returns=bytes))).data
        except (RestkitError, OSError) as error:
            self.failed.append(f"{target}: {error!r}")
            return
        if body == body_of(target):
            self.own += 1
        else:
            self.foreign.append(f"{target} was answered {body[:40]!r} of {len(body)}")

    @property
    def lost(self) -> int:
        """Slots, permits and places in lines that nobody has given back."""
        slots = slots_of(list(layers_of(self.subject)))
        gates = self.breaker._all()  # noqa: SLF001 - nobody else asks
        tries = sum(len(gate._circuit._leases) + (gate.state != "closed") for gate in gates)  # noqa: SLF001 - likewise
        return slots.used + slots.waiting + self.limiter.waiting + tries


@attrs.frozen
class Ended:
    """What became of a crowd."""

    made: int
    ok: bool
    said: str


def cancel_many(asked: Amounts) -> Measured:
    """Cancel most of very many calls wherever they stand; then the client must be as if nothing had been."""
    return together(partial(cancel_in, asked.calls), few=asked.calls < SEVERAL)


def gather_many(asked: Amounts) -> Measured:
    """Make very many calls at once; each must get its own answer, and nobody overtakes."""
    return together(partial(gather_in, int(asked.calls / TOGETHER)), few=asked.calls < SEVERAL)


def together(act: Any, *, few: bool) -> Measured:
    """Act in both worlds at once, each in a process of its own."""
    ended: list[Ended] = [each for share in in_processes(partial(each_of, act), WORLDS, few=few) for each in share]
    said = "; ".join(each.said for each in ended)
    return Measured(value=said, ok=all(each.ok for each in ended), done=Amounts(calls=sum(each.made for each in ended)))


def each_of(act: Any, worlds: Sequence[Awaiting]) -> list[Ended]:
    """Act in some worlds."""
    return [act(world) for world in worlds]


def cancel_in(calls: int, world: Awaiting) -> Ended:
    """Cancel most of a world's share."""
    act = partial(cancelling, calls=round(calls * CANCELLED[world.name]))
    crowd, healthy, left, seconds = in_world(world, act, FEW, partial(Clients.of, hedge=True))
    share = crowd.cancelled / max(1, crowd.made)
    wrong = left or crowd.lost or crowd.foreign or crowd.failed
    return Ended(
        made=crowd.made,
        ok=healthy == HEALTHY and not wrong and abs(share - SHARE) < 0.05,
        said=f"{world.name}: {crowd.made} calls, {share:.0%} cancelled, {len(crowd.failed)} others failed,"
        f" {len(crowd.foreign)} foreign, {healthy} of {HEALTHY} healthy, {crowd.lost} permits lost, {left} leaked,"
        f" {seconds:.0f} s",
    )


def gather_in(calls: int, world: Awaiting) -> Ended:
    """Gather a world's share."""
    count = round(calls * GATHERED[world.name])
    crowd, healthy, left, seconds = in_world(world, partial(gathering, calls=count), MANY, Clients.of)
    wrong, turns = len(crowd.failed) + len(crowd.foreign), crowd.turns
    overtaken = (
        turns.overtaken if world.name == ASYNCIO.name else turns.furthest // MANY
    )  # trio wakes tasks in any order
    return Ended(
        made=crowd.made,
        ok=crowd.own >= count and not (wrong or left or crowd.lost or overtaken),
        said=f"{world.name}: {crowd.made} calls, {wrong} errors, {overtaken} overtaken ({turns.furthest} places),"
        f" {healthy} of {HEALTHY} healthy, {crowd.lost} permits lost, {left} leaked, {seconds:.0f} s",
    )
