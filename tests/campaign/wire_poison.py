"""Answers that nobody asked for, behind one that somebody did: the next request gets its own.

A stray answer that comes while the next request is under way cannot be told from that one's own, by anybody; what can
be told is one that has begun before. So each timing is made certain: the next request is sent when the server has sent
what it sends before.
"""

from __future__ import annotations

import sys
from collections import Counter

import httpx
from attrs import frozen

from tests.campaign.figure import Amounts, Measured
from tests.campaign.wire_cell import PLENTY
from tests.campaign.wire_script import Ask, Await, Mark, Say, Script, answer
from tests.campaign.wire_server import Server
from tests.campaign.wire_subject import transport
from tests.campaign.wire_worlds import WORLDS, World

OWN, STRAY = answer(b"first"), answer(b"poison")
TIMINGS: dict[str, Script] = {
    "in the same segment": (Ask(), Say(OWN + STRAY), Mark()),
    "right behind": (Ask(), Say(OWN), Say(STRAY), Mark()),
    "on an idle connection": (Ask(), Say(OWN), Await(), Say(STRAY), Mark()),
    "begun before the next request, ended after it": (Ask(), Say(OWN), Say(STRAY[:20]), Mark(), Ask(), Say(STRAY[20:])),
}
"""When the stray answer comes. A mark is where the next request is sent."""
AT_ONCE = 8
SHOWN = 5


@frozen
class Round:
    """One connection that is poisoned."""

    timing: str
    number: int


async def poison(world: World, turn: Round) -> str | None:
    """Have a connection poisoned, and ask again. What is wrong, if anything is."""
    with Server(TIMINGS[turn.timing]) as server:
        subject = transport()
        try:
            first = await ask(world, subject, server, "/first")
            server.told.set()
            _ = await world.outside(server.marked.wait, 2.0)
            target = f"/second/{turn.number}"
            second = await ask(world, subject, server, target)
            third = await ask(world, subject, server, "/third")
        except httpx.HTTPError as error:
            return f"{turn}: {error!r}"
        finally:
            await world.close(subject)
        own = (b"first", target.encode(), b"/third")
        return None if (first, second, third) == own else f"{turn}: {first!r}, {second!r}, {third!r}"


async def ask(world: World, subject: object, server: Server, target: str) -> bytes:
    """Ask, and read the answer."""
    request = httpx.Request("GET", server.at("127.0.0.1") + target, extensions={"timeout": PLENTY})
    answered = await world.send(subject, request)
    try:
        return await world.read(answered)
    finally:
        await world.close(answered)


def poison_connections(asked: Amounts) -> Measured:
    """Poison connections at each timing, in each world in turn."""
    rounds = [Round(timing, number) for number in range(asked.calls // len(TIMINGS)) for timing in TIMINGS]
    wrong: list[tuple[World, str]] = []
    for at, world in enumerate(WORLDS):
        mine = [each for each in rounds if each.number % len(WORLDS) == at]
        wrong += [(world, said) for said in world.each(poison, mine, AT_ONCE) if said is not None]
    for world, said in wrong[:SHOWN]:
        _ = sys.stderr.write(f"{world.name}: {said}\n")
    counts = Counter(each.timing for each in rounds)
    value = f"{len(wrong)} of {len(rounds)} got another's answer, {len(counts)} timings"
    return Measured(value=value, ok=not wrong, done=Amounts(calls=len(rounds)))
