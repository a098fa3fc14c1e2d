"""A cell of the table of faults through a whole client: one row, in one world, by one method and kind of body."""

from __future__ import annotations

import random
import ssl
from collections.abc import Iterable
from typing import Any

import attrs
import httpx
from attrs import frozen
from typing_extensions import override

from restkit import AsyncClient
from restkit.errors import NotFound, RestkitError
from restkit.op import Op, Payload
from restkit.settings import NAMES
from restkit.testing import FaultServer
from tests.campaign.resilience_row import AGAIN, EITHER, RAISE, RETRIES, VAIN, WELL, Row, Way
from tests.campaign.wire_certificates import GOOD, certified, trusting
from tests.campaign.wire_subject import transport
from tests.campaign.wire_worlds import World

HEALTHY, ATTEMPTS = 20, 3
BODY = b'{"name": "Ada"}'
HOST = "api.test"
CONTENTS = {"items/1": {"id": 1, "name": "Ada"}, "items/9": {"id": 9, "name": "Bob"}}


@frozen
class Cell:
    """Where it stands in the table."""

    row: Row
    way: Way

    def __str__(self) -> str:
        return f"{self.row.name}, {self.way.name}"


@frozen(kw_only=True)
class Found:
    """What was found in a cell."""

    wrong: tuple[str, ...] = ()
    doubled: int = 0
    leaked: int = 0
    healthy: int = 0


@attrs.define
class Item:
    """What the API answers."""

    id: int = 0
    name: str = ""


class Even(random.Random):
    """Dice that always show the least, so that nobody waits longer than must be."""

    @override
    def random(self) -> float:
        """The least."""
        return 0.0


@frozen
class Came:
    """What came of a call."""

    value: Any
    error: Exception | None
    attempts: tuple[Any, ...]


async def play(world: World, cell: Cell) -> Found:
    """Play a cell: its fault, then healthy calls of the same client, then its end."""
    row = cell.row
    tls = showing(row.certificate) if row.tls else None
    with FaultServer(row.plan, tls=tls) as server:
        server.items.contents |= CONTENTS
        client = client_of(world, row, server)
        if row.prior:
            _ = await world.settle(client.respond(reading(1)))
        before = len(server.ledger.requests)
        holding = await hold(world, client) if row.held else None
        came = await call(world, client, cell)
        if holding is not None:
            await let_go(world, holding)
        server.release()
        count = len(server.ledger.requests) - before
        if row.ends:  # the next call begins when that is known
            _ = await world.outside(left, server, 0.5)
        healthy = [await own(world, client) for _ in range(HEALTHY)]
        await world.close(client)
        leaked = await world.outside(left, server)
        wrong = [*outcome(cell, came), *counts(cell, came, server, count)]
    wrong += [f"{sum(healthy)} of {HEALTHY} healthy"] if not all(healthy) else []
    wrong += [f"{leaked} connections leaked"] if leaked else []
    return Found(wrong=tuple(wrong), doubled=len(server.ledger.doubled), leaked=leaked, healthy=sum(healthy))


def client_of(world: World, row: Row, server: FaultServer) -> Any:
    """A client of the row's."""
    told: dict[str, Any] = {"verify": trusting()} if row.tls else {}
    if row.find is not None:
        told["resolver"] = Finding(row).find
    base = server.url if row.find is None else f"http://{HOST}:{server.port}"
    own = {"timeout": 5.0, "deadline": 15.0, "max_response_bytes": 1 << 22, "dice": Even(), **row.settings}
    own = {name: value for name, value in own.items() if name in NAMES}
    if row.foreign:
        kind = httpx.AsyncHTTPTransport if world.client is AsyncClient else httpx.HTTPTransport
        return world.client(base_url=base, transport=kind(verify=trusting()), **own)
    limit = own.pop("max_response_bytes")
    return world.client(base_url=base, transport=transport(limit, **told), **own)


@attrs.define
class Finding:
    """A resolver that counts how often it was asked."""

    row: Row
    asked: int = 0

    def find(self, _host: str, _port: int) -> Iterable[str]:
        """Find addresses, as the row says."""
        assert self.row.find is not None
        self.asked += 1
        return self.row.find(self.asked - 1)


def reading(number: int) -> Op[Any]:
    """A call that must go well."""
    return Op("GET", f"/items/{number}", returns=Item)


async def own(world: World, client: Any) -> bool:
    """Whether a healthy call is answered as it should be."""
    try:
        answered = await world.settle(client.respond(reading(9)))
        return bool(answered.data == Item(9, "Bob"))
    except RestkitError:
        return False


async def hold(world: World, client: Any) -> Any:
    """Open an answer, and leave it open."""
    opening = client.stream(reading(9))
    _ = await world.settle(opening.__aenter__() if client.awaits else opening.__enter__())
    return opening


async def let_go(world: World, opening: Any) -> None:
    """Close it."""
    leave = opening.__aexit__ if world.client is AsyncClient else opening.__exit__
    _ = await world.settle(leave(None, None, None))


def showing(name: str) -> ssl.SSLContext:
    """A server's context: it shows this certificate once, and good ones from then on."""
    if name == "good":
        return certified(name, "http/1.1")
    context, shown = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), iter((name,))
    context.load_cert_chain(GOOD)

    def choose(line: ssl.SSLSocket | ssl.SSLObject, _name: str | None, _context: ssl.SSLContext) -> None:
        """Choose whom to be."""
        line.context = certified(next(shown, "good"), "http/1.1")

    context.sni_callback = choose
    return context


async def call(world: World, client: Any, cell: Cell) -> Came:
    """Make the call that the row is about."""
    try:
        answered = await world.settle(client.respond(op_of(world, cell)))
        return Came(answered.data, None, tuple(answered.attempts))
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what came of the call
        return Came(None, error, tuple(getattr(error, "attempts", ())))


def op_of(world: World, cell: Cell) -> Op[Any]:
    """That call."""
    row, way = cell.row, cell.way
    path = "/items" if way.method == "POST" else "/items/1"
    headers = {"Content-Type": "application/json", **({"Idempotency-Key": "k1"} if way.keyed else {})}
    body = BODY.ljust(row.size)
    content: Any = world.once([body[:5], body[5:]]) if way.once else body
    payload = Payload(content=content) if way.writes else Payload()
    op = Op(way.method, path, headers=headers, payload=payload, returns=Item if way.reads else None)
    return op.with_options(**row.options) if row.options else op


def left(server: FaultServer, seconds: float = 2.0) -> int:
    """How many connections are left, once they had time to end."""
    with server.changed:
        _ = server.changed.wait_for(lambda: not server.ledger.open, seconds)
        return server.ledger.open


def outcome(cell: Cell, came: Came) -> list[str]:
    """What is wrong with what came of the call, and with its history."""
    row, then = cell.row, cell.row.then(cell.way)
    if then is EITHER:
        then = RAISE if came.error is not None else AGAIN
    made = len(came.attempts)
    if then is AGAIN and row.applies and cell.way.method == "DELETE":
        wrong = [] if isinstance(came.error, NotFound) else [f"came to {came.error!r}, though it was gone"]
    elif then in {WELL, AGAIN}:
        wrong = [] if came.error is None else [f"raised {came.error!r}"]
    else:
        names = " or ".join(kind.__name__ for kind in row.once)
        wrong = [] if isinstance(came.error, row.once) else [f"came to {came.error!r}, not {names}"]
    expected = {WELL: 1, AGAIN: 2, VAIN: ATTEMPTS, RAISE: 1}[then] if row.attempts is None else row.attempts
    if made != expected:
        wrong.append(f"{made} attempts, not {expected}")
    elif row.status is not None and came.attempts[0].status != row.status:
        wrong.append(f"the first attempt: {came.attempts[0].status}")
    return wrong


def counts(cell: Cell, came: Came, server: FaultServer, requests: int) -> list[str]:
    """What is wrong with what the server has counted."""
    way, ledger = cell.way, server.ledger
    wrong = ["doubled"] if ledger.doubled else []
    done = sum(write.method == way.method for write in ledger.writes)
    if came.error is None and way.method not in {"GET", "HEAD"} and not done:
        wrong.append("reported as done, and lost")
    if requests > (ATTEMPTS if RETRIES and cell.row.then(way) is not RAISE else 1):
        wrong.append(f"sent {requests} times")
    return wrong
