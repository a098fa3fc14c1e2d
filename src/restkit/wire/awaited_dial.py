"""Connecting to one of several addresses, awaiting: each attempt has a task; the first to arrive ends the others."""

from __future__ import annotations

import socket
from collections.abc import Sequence

import anyio

from restkit.wire.bound import CLOCK
from restkit.wire.dial import Begin, arrived, drop, failure
from restkit.wire.eyeballs import Turns


async def adial(addresses: Sequence[str], begin: Begin) -> socket.socket:
    """Connect to one of the addresses, awaiting; whoever awaits sets the limits. Raises httpcore.ConnectError."""
    if len(addresses) == 1:
        try:
            return await reach(begin, addresses[0])
        except OSError as error:
            raise failure([error]) from error
    reached: list[socket.socket] = []
    try:
        errors = await compete(Turns(addresses), begin, reached)
    except BaseException:
        drop(reached)
        raise
    drop(reached[1:])
    if not reached:
        raise failure(errors)
    return reached[0]


async def compete(turns: Turns, begin: Begin, reached: list[socket.socket]) -> list[OSError]:
    """Try addresses in tasks until one of them, or two at once, are reached. The errors of the others."""
    errors: list[OSError] = []
    failed = anyio.Event()

    async def attempt(address: str, failed: anyio.Event) -> None:
        try:
            reached.append(await reach(begin, address))
        except OSError as error:
            errors.append(error.with_traceback(None))  # it would hold this frame
            turns.failed(address)
            failed.set()
        else:
            group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        while (pause := turns.pause(CLOCK.now())) is not None:
            with anyio.move_on_after(pause):
                await failed.wait()
            address = turns.take(CLOCK.now())
            if address is not None:
                failed = anyio.Event()
                _ = group.start_soon(attempt, address, failed)
    return errors


async def reach(begin: Begin, address: str) -> socket.socket:
    """Connect to an address. Raises OSError."""
    line = begin(address)
    try:
        await anyio.wait_writable(line)
        arrived(line)
    except BaseException:
        line.close()
        raise
    return line
