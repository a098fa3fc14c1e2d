"""How a process grows that reads a bomb: `python -m tests.campaign.wire_bomb URL WORLD WAY ...`.

Tells the bytes by which the process had grown at its largest: while the body was read through in parts, all of it, and
while it was read whole, up to a limit, which ends in TooLarge.
"""

from __future__ import annotations

import gc
import json
import re
import sys
from functools import partial
from pathlib import Path

import httpx

from restkit.errors import TooLarge
from tests.campaign.wire_cell import PLENTY
from tests.campaign.wire_subject import transport
from tests.campaign.wire_worlds import WORLDS, World
from tests.wire.decoding import encoded

GIB = 1 << 30
LIMIT = 48 << 20
"""Bytes of a body that is read whole: a client's cap."""
PROCESS = Path("/proc/self")


def main(url: str, name: str, *ways: str) -> None:
    """Read a bomb in these ways, in the world of that name, and tell the growth."""
    _ = encoded.FORMS  # its decoders are loaded before memory is looked at
    (world,) = (each for each in WORLDS if each.name == name)
    (found,) = world.each(partial(measure, ways=ways), [url], 1)
    print(json.dumps(found))


async def measure(world: World, url: str, ways: tuple[str, ...]) -> dict[str, int]:
    """Read it in each way; streamed comes first, since what is read whole leaves its room behind."""
    found: dict[str, int] = {}
    for way in ways:
        before = start()
        if await (streamed(world, url) if way == "streamed" else buffered(world, url)):
            found[way] = peak() - before
    return found


async def streamed(world: World, url: str) -> bool:
    """Read all of it, and keep none: whether it was all."""
    subject = transport()
    size = 0
    answer = await world.send(subject, request(url))
    async for part in world.parts(answer):
        size += len(part)
    await world.close(answer)
    await world.close(subject)
    return size == GIB


async def buffered(world: World, url: str) -> bool:
    """Read it whole, as far as the limit allows: whether that stopped it."""
    subject = transport(LIMIT)
    answer = await world.send(subject, request(url))
    try:
        _ = await world.read(answer)
    except TooLarge:
        return True
    finally:
        await world.close(answer)
        await world.close(subject)
    return False


def request(url: str) -> httpx.Request:
    """The request for it."""
    return httpx.Request("GET", url, extensions={"timeout": PLENTY})


def start() -> int:
    """Forget how large this process ever was: the bytes that it has now."""
    _ = gc.collect()
    _ = (PROCESS / "clear_refs").write_text("5", encoding="ascii")
    return status("VmRSS")


def peak() -> int:
    """The most bytes that it had since."""
    return status("VmHWM")


def status(name: str) -> int:
    """A number of the kernel's, in bytes (Linux)."""
    found = re.search(rf"{name}:\s+(\d+) kB", (PROCESS / "status").read_text(encoding="ascii"))
    assert found is not None
    return int(found[1]) * 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
