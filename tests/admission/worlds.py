"""What several of these tests need."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from typing import Any

import anyio

from restkit.testing import Simulation, Strand


def dice_of(seed: int) -> random.Random:
    """Dice that fall alike each time."""
    return random.Random(seed)  # noqa: S311 - to be repeated, not to be secret


def in_threads(blocking: Callable[[], Any], awaiting: Callable[[], Any]) -> None:
    """Run the one in four threads, and the other on asyncio and on trio, all at once."""
    threads = [threading.Thread(target=blocking) for _ in range(4)]
    threads += [
        threading.Thread(target=anyio.run, args=(awaiting,), kwargs={"backend": name}) for name in ("asyncio", "trio")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


def cancel_most(simulation: Simulation, strands: list[Strand[Any]], seed: int) -> None:
    """Call most strands off, each at whatever it asks for just then, and have the others go on to their ends."""
    dice = dice_of(seed)
    for strand in dice.sample(strands, len(strands) * 7 // 10):
        strand.cancel()
        for _ in range(dice.randrange(4)):
            simulation.step()
    while simulation.step():
        pass
