"""The calls of a simulation as tasks of asyncio or trio, in virtual time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import anyio

from restkit.testing.loops import run_asyncio, run_trio
from restkit.testing.weather.calls import op
from restkit.testing.weather.play import FEW, Play
from restkit.testing.weather.record import Made

if TYPE_CHECKING:
    from restkit.client import Client
    from restkit.mode import Async

LONGEST = 5.0
"""Seconds after which a call is cancelled, at most; most of those that are cancelled are so much earlier."""


def in_tasks(client: Client[Async], play: Play) -> None:
    """Play it on an event loop."""
    scene = play.scene

    async def main() -> None:
        """A task for each call."""
        async with anyio.create_task_group() as group:
            _ = group.start_soon(set_clock, play)
            for made in play.calls:
                _ = group.start_soon(make, client, play, made)
        await client.aclose()

    run: Callable[..., None] = run_asyncio if scene.engine == "asyncio" else run_trio
    run(main, scene.clock)


async def set_clock(play: Play) -> None:
    """Set the wall clock whenever it is time."""
    clock = play.scene.clock
    for moment, seconds in play.steps:
        await clock.asleep(moment - (clock.now() - play.scene.record.began))
        play.set_wall(seconds)


async def make(client: Client[Async], play: Play, made: Made) -> None:
    """Make a call, and cancel it if its turn has come."""
    await play.scene.clock.asleep(made.starts)
    doomed = play.doomed.get(made.number)
    left = None if doomed is None else (doomed / FEW) ** 4 * LONGEST
    value: Any = None
    error: Exception | None = None
    with anyio.move_on_after(left) as scope:
        try:
            value = await client.execute(op(made))
        except Exception as raised:  # noqa: BLE001 - whatever it is, it is what came of the call
            error = raised
    play.end(made, value, error, is_cancelled=scope.cancelled_caught)
