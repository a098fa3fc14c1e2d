"""What befalls a whole process in the middle of a call: it forks, somebody presses Ctrl-C, an answer is left open.

All of it happens when the server says so, at the step at which it is. A fork is made by the server's own thread, so
that the child is a copy of a client that is in use, whatever locks it holds.
"""

from __future__ import annotations

import gc
import os
import signal
import traceback
import warnings
from collections.abc import Callable, Coroutine, Generator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar

from attrs import field, frozen

from restkit.testing import FaultServer
from restkit.testing.faults.fault import Fault
from restkit.testing.faults.steps import DONE, Close, End, Head, Reply, Say, Script, Stall, Step
from tests.campaign.figure import Amounts, Measured
from tests.campaign.processes import in_processes
from tests.campaign.resilience_cell import (
    CONTENTS,
    HEALTHY,
    Cell,
    Found,
    call,
    client_of,
    counts,
    left,
    op_of,
    outcome,
    own,
)
from tests.campaign.resilience_row import WAYS, Row
from tests.campaign.resilience_wire import Played, measured
from tests.campaign.wire_faults import share
from tests.campaign.wire_worlds import WORLDS, Awaiting, World, run_through

SECONDS = 30
"""What a cell may take; then its process is ended."""
FEW = 60
"""Cells that one process plays."""
SETTINGS: dict[str, Any] = {"bulkhead": 1, "breaker": True, "rate_limit": 1_000}
"""One slot: who loses it will not be healthy."""
READING = tuple(way for way in WAYS if way.method != "HEAD")
T = TypeVar("T")
Act = Callable[[], Coroutine[Any, Any, T]]


@frozen
class Fork:
    """Make a child, and wait for its end: it must make calls of its own with the client that it was copied with."""

    world: World
    clients: list[Any]
    codes: list[int] = field(factory=list[int])
    """Exit statuses."""

    def __call__(self, _end: End, /) -> None:
        """Do it."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # there are threads; that is what is tried
            child = os.fork()
        if child == 0:
            os._exit(self.grown())
        self.codes.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))

    def grown(self) -> int:
        """The child: how many of its calls were not healthy."""
        _ = signal.set_wakeup_fd(-1), signal.alarm(SECONDS)
        try:
            return HEALTHY - run_in(self.world, partial(healthy, self.world, self.clients[0]))
        except BaseException:  # noqa: BLE001 - whatever it is, the parent must know
            traceback.print_exc()
            return HEALTHY + 1


def press(_end: End, /) -> None:
    """Press Ctrl-C."""
    os.kill(os.getpid(), signal.SIGINT)


def forks(fork: Step) -> dict[str, Script]:
    """Scripts in which a process forks."""
    return {
        "forked before the answer": (*DONE, fork, Reply()),
        "forked within the answer": (*DONE, Reply(lacks=1), fork, Say(b"}")),
    }


INTERRUPTS: dict[str, Script] = {
    "Ctrl-C before the body": (Head(), press, Stall(), Close()),
    "Ctrl-C before the answer": (*DONE, press, Stall(), Close()),
    "Ctrl-C within the answer": (*DONE, Reply(lacks=1), press, Stall(), Close()),
}
LEFT_OPEN = "answer left open"
NAMES = (*forks(press), *INTERRUPTS, LEFT_OPEN)
CELLS = tuple(
    Cell(Row(name=name, plan=(), settings=SETTINGS), way)
    for name in NAMES
    for way in (READING if "within" in name else WAYS)
)


def play_processes(asked: Amounts) -> Measured:
    """Play every cell, each alone in the main thread of a process, and a number of healthy calls behind each."""
    count = -(-asked.cells // len(WORLDS))
    picked = [(turn, cell) for turn in range(len(WORLDS)) for cell in share(CELLS, count, turn)]
    played = in_processes(play_some, picked, few=len(picked) < FEW)
    return measured([each for some in played for each in some])


def play_some(picked: Sequence[tuple[int, Cell]]) -> list[Played]:
    """Play some cells, one after the other."""
    with hearing():
        return [Played(WORLDS[turn].name, cell.row.name, str(cell), play(WORLDS[turn], cell)) for turn, cell in picked]


@contextmanager
def hearing() -> Generator[None]:
    """Hear Ctrl-C, even in a process that was begun where nobody does."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        _ = signal.signal(signal.SIGINT, before)


def play(world: World, cell: Cell) -> Found:
    """Play a cell: what befalls its call, then healthy calls of the same client, then its end."""
    clients: list[Any] = []
    fork = Fork(world, clients)
    script = {**forks(fork), **INTERRUPTS}.get(cell.row.name, ())
    fault = Fault(name=cell.row.name, kind="body", about="as its row says", script=script)
    with FaultServer([fault] if script else ()) as server:
        server.items.contents |= CONTENTS
        client = client_of(world, cell.row, server)
        clients.append(client)
        if cell.row.name == LEFT_OPEN:
            wrong = forgotten(world, cell, client)
        elif cell.row.name in INTERRUPTS:
            wrong = interrupted(world, cell, client, server)
        else:
            wrong = run_in(world, partial(forked, world, cell, client, server))
            wrong += [f"the child ended with {code}" for code in fork.codes if code]
        count = run_in(world, partial(ended, world, client))
        open_ = left(server)
        doubled = len(server.ledger.doubled)
    wrong += [f"{count} of {HEALTHY} healthy"] if count < HEALTHY else []
    wrong += [f"{open_} connections leaked"] if open_ else []
    wrong += ["doubled"] if doubled else []
    return Found(wrong=tuple(wrong), doubled=doubled, leaked=open_, healthy=count)


async def forked(world: World, cell: Cell, client: Any, server: FaultServer) -> list[str]:
    """What is wrong with a call while which the process forked, and with how it goes on in the parent."""
    came = await call(world, client, cell)
    requests = len(server.ledger.requests) - HEALTHY  # without those of the child
    wrong = [*outcome(cell, came), *counts(cell, came, server, requests)]
    good = await healthy(world, client)
    return [*wrong, f"{good} of {HEALTHY} healthy in the same loop"] if good < HEALTHY else wrong


def interrupted(world: World, cell: Cell, client: Any, server: FaultServer) -> list[str]:
    """What is wrong with a call that was interrupted: it ends at once, and so does its connection."""
    try:
        came = run_in(world, partial(call, world, client, cell))
    except KeyboardInterrupt:
        wrong = []
    else:
        wrong = [f"came to {came.error or came.value!r}, not to an end"]
    if left(server):
        wrong.append("the connection stayed open")
    sent = server.ledger.begun
    server.release()
    return [*wrong, f"sent {sent} times"] if sent != 1 else wrong


def forgotten(world: World, cell: Cell, client: Any) -> list[str]:
    """Open an answer, forget it, and make calls: what is wrong with them."""

    async def calls() -> int:
        """All of it."""
        opening = client.stream(op_of(world, cell))
        _ = await world.settle(opening.__aenter__() if client.awaits else opening.__enter__())
        del opening
        _ = gc.collect()
        return await healthy(world, client)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # it says that an answer was left open
        count = run_in(world, calls)
    return [f"{count} of {HEALTHY} healthy behind it"] if count < HEALTHY else []


async def healthy(world: World, client: Any) -> int:
    """How many calls go well, one after the other."""
    return sum([await own(world, client) for _ in range(HEALTHY)])


async def ended(world: World, client: Any) -> int:
    """The same, and then the client's end."""
    try:
        return await healthy(world, client)
    finally:
        await world.close(client)


def run_in(world: World, act: Act[T]) -> T:
    """Do something in a world of its own, in this very thread."""
    if not isinstance(world, Awaiting):
        return run_through(act())
    found: list[T] = []

    async def main() -> None:
        """Do it."""
        found.append(await act())

    world.run(main)
    return found[0]
