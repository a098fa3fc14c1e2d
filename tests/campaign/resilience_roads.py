"""Proxies, HTTP/2 and what a process has none left of, through a client that sends again: the wire's own rows.

Their scripts are for a server's first connection, or its first request; what follows is healthy. So it follows from
what one request comes to what becomes of the call.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Any

import httpx
from attrs import frozen

from restkit.errors import (
    DeadlineExceeded,
    ProtocolError,
    ProxyAuthError,
    ResourceError,
    RestkitError,
    TLSVerifyError,
)
from tests.campaign import wire_rows_proxies, wire_rows_resources, wire_rows_two
from tests.campaign.figure import Amounts, Measured
from tests.campaign.processes import in_processes
from tests.campaign.resilience_cell import HEALTHY, Even
from tests.campaign.resilience_wire import PARTS
from tests.campaign.wire_cell import PLENTY, Cell, Run, settings
from tests.campaign.wire_faults import share
from tests.campaign.wire_row import TARGET, UPLOAD, Answer, Row
from tests.campaign.wire_server import Server
from tests.campaign.wire_starving import STARVING
from tests.campaign.wire_subject import transport
from tests.campaign.wire_worlds import WORLDS, World

SECONDS, AT_ONCE, SHOWN, ATTEMPTS = 40.0, 8, 40, 3
PATIENT = 0.8
"""The least seconds of a timeout: what is sent again has the same, and must be able to go well."""
LASTING = (DeadlineExceeded, ProxyAuthError, ResourceError, TLSVerifyError)
"""Errors after which nothing is sent again, whatever it was."""
UNSEEN = ("stream refused", "nothing seen")
"""What rows are called in which the server says that it has not looked at it (RFC 9113, section 8.7)."""
RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})
ROWS: tuple[Row, ...] = tuple(
    row
    for row in (*wire_rows_proxies.ROWS, *wire_rows_two.ROWS, *wire_rows_resources.ROWS)
    if "client" in row.ways and row.deadline is None
)
"""Those that are asked through a client, and have time for a second attempt."""
CELLS = tuple(Cell(row, method, "client") for row in ROWS for method in row.methods)


@frozen(kw_only=True)
class Expected:
    """What must become of a call: how many attempts, and whether it is answered."""

    attempts: int
    is_answered: bool


def expected(cell: Cell) -> Expected:
    """What follows from what one request comes to."""
    row, wanted = cell.row, cell.row.becomes
    writes = cell.method in {"POST", UPLOAD}
    if isinstance(wanted, Answer):
        is_again = wanted.status in RETRIED and not writes
        return Expected(attempts=1 + is_again, is_answered=True)
    if any(said in row.name for said in UNSEEN):
        again = cell.method != UPLOAD
    elif any(issubclass(kind, LASTING) for kind in wanted):
        again = False
    elif ProtocolError in wanted:  # httpcore says no more than that: it may have been a connection that ended
        again = not writes and not row.sends_nothing
    else:
        again = not writes or row.sends_nothing
    if again and not row.listens:
        return Expected(attempts=ATTEMPTS, is_answered=False)
    return Expected(attempts=1 + again, is_answered=again)


@frozen
class Played:
    """A cell that was played."""

    world: str
    cell: str
    wrong: tuple[str, ...]
    healthy: int


def play_roads(asked: Amounts) -> Measured:
    """Play every cell, and a number of healthy calls behind each."""
    count = -(-asked.cells // len(WORLDS))
    parts = [(turn, part) for turn in range(len(WORLDS)) for part in range(PARTS)]
    played = in_processes(partial(play_in, count), parts, few=count < len(CELLS) // 4)
    found = [each for some in played for each in some]
    wrong = [each for each in found if each.wrong]
    for each in wrong[:SHOWN]:
        _ = sys.stderr.write(f"{each.world}: {each.cell}: {'; '.join(each.wrong)}\n")
    for cell, many in Counter(each.cell for each in wrong).items():
        _ = sys.stderr.write(f"{cell}: wrong in {many} worlds\n")
    healthy = sum(each.healthy for each in found)
    value = f"{len(wrong)} of {len(found)} cells wrong, {healthy} of {len(found) * HEALTHY} healthy"
    return Measured(value=value, ok=not wrong, done=Amounts(cells=len(found)))


def play_in(count: int, parts: Sequence[tuple[int, int]]) -> list[Played]:
    """Play parts of the cells, each of a world: many at once, but each alone that leaves the process nothing."""
    found: list[Played] = []
    for turn, part in parts:
        world, cells = WORLDS[turn], share(CELLS, count, turn)[part::PARTS]
        for alone in (False, True):
            some = [cell for cell in cells if cell.row.alone is alone]
            found += world.each(bounded, some, 1 if alone else AT_ONCE)
    return found


async def bounded(world: World, cell: Cell) -> Played:
    """Play a cell, for so many seconds at most."""
    never = Played(world.name, str(cell), ("it never ended",), 0)
    return await world.within(SECONDS, partial(play, world, cell)) or never


async def play(world: World, cell: Cell) -> Played:
    """Play a cell: its fault, then healthy calls of the same client, then its end."""
    row = cell.row
    with Server(*row.scripts, tls=row.tls, opens=row.opens, backlog=row.backlog, listens=row.listens) as server:
        subject = transport(row.limit, **settings(row, server))
        client = world.client(base_url=server.at(row.host), transport=subject, dice=Even())
        run = Run(cell, world, server, subject, client)
        try:
            held = await run.prepare()
            with STARVING[row.starves]():
                wrong = await asked(run)
            sent = server.seen.times(TARGET)
            server.heal()
            if held is not None:
                await world.close(held)
            if row.keeps is False:  # whoever ends the connection: the next call begins when that is known
                _ = await world.outside(server.until_open, 0, 0.5)
            healthy, ill = await run.healthy()
        finally:
            await world.close(client)
        left = 0 if await world.outside(server.until_open, 0) else server.seen.open
    most = 1 + row.unseen if cell.method in {"POST", UPLOAD} and not any(said in row.name for said in UNSEEN) else 3
    wrong += [f"sent {sent} times"] if sent > most else []
    wrong += [f"{healthy} of {HEALTHY} healthy: {ill[0]}"] if ill else []
    wrong += [f"{left} connections leaked"] if left else []
    return Played(world.name, str(cell), tuple(wrong), healthy)


async def asked(run: Run) -> list[str]:
    """Make the call that the row is about, and say what is wrong with what came of it."""
    row, method, content, then = run.cell.row, run.cell.method, run.content(), expected(run.cell)
    how: dict[str, Any] = {} if content is None else {"content": content}
    seconds = {**PLENTY, **{name: max(PATIENT, each) for name, each in row.timeouts.items()}}
    called = partial(run.client.request, "POST" if method == UPLOAD else method, TARGET, raise_on_error=False, **how)
    try:
        answered = await run.world.settle(called(timeout=httpx.Timeout(**seconds), deadline=20.0))
    except RestkitError as error:
        wrong = [f"raised {error!r}"] if then.is_answered or isinstance(row.becomes, Answer) else []
        if not isinstance(row.becomes, Answer) and not isinstance(error, row.becomes):
            wrong.append(f"raised {error!r}, of another class")
        made = len(error.attempts)
    else:
        wrong = [] if then.is_answered else [f"answered {answered.status_code}"]
        made = len(answered.attempts)
    return [*wrong, f"{made} attempts, not {then.attempts}"] if made != then.attempts else wrong
