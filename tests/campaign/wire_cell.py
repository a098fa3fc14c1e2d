"""A cell of the table of faults: one row, in one world, asked by one method and read in one way."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import httpx
from attrs import field, frozen

from restkit.border import translate
from restkit.errors import DeadlineExceeded, RestkitError
from restkit.flow import Clock, Limit
from restkit.flow.deadline import KEY as LIMIT
from restkit.flow.deadline import MomentPassed
from restkit.wire.facts import KEY, WireFacts
from tests.campaign.wire_certificates import trusting
from tests.campaign.wire_row import TARGET, UPLOAD, Answer, Row, Way
from tests.campaign.wire_server import Server
from tests.campaign.wire_starving import STARVING
from tests.campaign.wire_subject import transport
from tests.campaign.wire_worlds import World

PRIOR, HEALTHY, ENOUGH = "/prior", 20, 3
PLENTY = {"connect": 5.0, "read": 5.0, "write": 5.0, "pool": 5.0}
PART = 65536
EARLY = 0.02
"""Seconds before its due time that a call may fail: clocks differ."""


@frozen
class Cell:
    """Where it stands in the table."""

    row: Row
    method: str
    way: Way

    def __str__(self) -> str:
        return f"{self.row.name}, {self.method}, {self.way}"


@frozen(kw_only=True)
class Found:
    """What was found in a cell: everything that is wrong, and what is measured."""

    wrong: tuple[str, ...]
    overshoot: float | None
    """Seconds by which the call outlasted its due time."""
    healthy: int
    doubled: int
    leaked: int


@frozen
class Came:
    """What came of a call: an answer or an error, its facts, and its seconds."""

    answer: httpx.Response | None
    body: bytes
    error: Exception | None
    facts: WireFacts | None
    seconds: float
    cpu: float


@frozen
class Run:
    """A cell while it runs: its world, its server, its transport, and a client over that if it is asked through one."""

    cell: Cell
    world: World
    server: Server
    transport: Any
    client: Any = field(default=None)

    def url(self, target: str) -> str:
        """Where a target is."""
        return self.server.at(self.cell.row.host) + target

    def content(self) -> Any:
        """The body to send, if there is any."""
        row, method = self.cell.row, self.cell.method
        if method not in ("POST", UPLOAD):
            return None
        body = b"x" * row.size
        if method != UPLOAD:
            return body
        return self.world.once([body[at : at + PART] for at in range(0, row.size, PART)])

    async def call(self) -> Came:
        """Make the call that the row is about."""
        start, cpu = time.monotonic(), time.thread_time()
        request, answer, body, error = self.request(), None, b"", None
        try:
            if self.client is not None:
                answer = await self.through_client()
                body = answer.content
            else:
                answer = await self.world.send(self.transport, request)
                body = await self.body(answer)
        except Exception as raised:  # noqa: BLE001 - whatever it is, it is what came of the call
            error = raised
        seconds, cpu = time.monotonic() - start, time.thread_time() - cpu
        facts = (request if answer is None else answer).extensions.get(KEY)
        if answer is not None and self.client is None:
            await self.world.close(answer)
        return Came(answer, body, error, facts, seconds, cpu)

    def request(self) -> httpx.Request:
        """The request, for a transport."""
        row, method = self.cell.row, self.cell.method
        clock = Clock()
        until = None if row.deadline is None else clock.now() + row.deadline
        extensions = {"timeout": {**PLENTY, **row.timeouts}, LIMIT: Limit(until, clock, None)}
        method = "POST" if method == UPLOAD else method
        return httpx.Request(method, self.url(TARGET), content=self.content(), extensions=extensions)

    async def body(self, answer: httpx.Response) -> bytes:
        """An answer's body, read as the cell says."""
        if self.cell.way == "whole":
            return await self.world.read(answer)
        return b"".join([part async for part in self.world.parts(answer)])

    async def through_client(self) -> httpx.Response:
        """Ask through a client."""
        row, method, content = self.cell.row, self.cell.method, self.content()
        how: dict[str, Any] = {} if content is None else {"content": content}
        method = "POST" if method == UPLOAD else method
        timeout = httpx.Timeout(**{**PLENTY, **row.timeouts})
        deadline = 20.0 if row.deadline is None else row.deadline
        asked = self.client.request(method, TARGET, timeout=timeout, deadline=deadline, raise_on_error=False, **how)
        answered: httpx.Response = (await self.world.settle(asked)).http
        return answered

    async def plain(self, target: str, *, reads: bool = True) -> httpx.Response:
        """A call that must succeed, at the transport."""
        request = httpx.Request("GET", self.url(target), extensions={"timeout": PLENTY})
        answer = await self.world.send(self.transport, request)
        if reads:
            try:
                _ = await self.world.read(answer)
            finally:
                await self.world.close(answer)
        return answer

    async def prepare(self) -> httpx.Response | None:
        """Make the call before, if the row has one."""
        prior = self.cell.row.prior
        if prior is None:
            return None
        answer = await self.plain(PRIOR, reads=prior != "held")
        self.server.told.set()
        if prior == "closed":
            _ = await self.world.outside(self.server.until_open, 0)
        return answer if prior == "held" else None

    async def healthy(self) -> tuple[int, list[str]]:
        """How many of the next calls get their own answer, and what is wrong with others; enough is enough."""
        wrong: list[str] = []
        for number in range(HEALTHY):
            if len(wrong) == ENOUGH:
                return number - ENOUGH, wrong
            target = f"/healthy/{number}"
            try:
                body = (await self.plain(target)).content
            except Exception as error:  # noqa: BLE001 - it is counted
                wrong.append(f"{target} raised {error!r}")
            else:
                wrong += [] if body == target.encode() else [f"{target} was answered {body[:20]!r}"]
        return HEALTHY - len(wrong), wrong


async def play(world: World, cell: Cell) -> Found:
    """Play a cell: its fault, then healthy calls on the same transport, then its end."""
    row = cell.row
    with Server(*row.scripts, tls=row.tls, opens=row.opens, backlog=row.backlog, listens=row.listens) as server:
        subject = transport(row.limit, **settings(row, server))
        client = alone(world, row, server, subject) if cell.way == "client" else None
        run = Run(cell, world, server, subject, client)
        try:
            return await judge(run)
        finally:
            await world.close(subject)


def alone(world: World, row: Row, server: Server, subject: Any) -> Any:
    """A client that sends nothing again: the table is about what becomes of one request."""
    return world.client(base_url=server.at(row.host), transport=subject, retry=False)


def settings(row: Row, server: Server) -> dict[str, Any]:
    """How the row's transport is made."""
    made = dict(row.settings)
    find, option = row.find, row.option
    if row.tls:
        made["verify"] = trusting("h2" if row.http2 else "http/1.1")
    if row.http2:
        made["http2"] = True
    if row.proxy is not None:
        made["proxy"] = proxy(row.proxy, server)
    if find is not None:

        def resolve(_host: str, _port: int) -> Iterable[str]:
            return find(server.is_healed)

        made["resolver"] = resolve
    if option is not None:
        made["socket_options"] = [Late(lambda: option(server.is_healed))]
    return made


def proxy(scheme: str, server: Server) -> httpx.Proxy:
    """The server as a proxy."""
    return httpx.Proxy(f"{scheme}://127.0.0.1:{server.port}", ssl_context=trusting() if scheme == "https" else None)


@frozen
class Late:
    """An option of a socket that is what it is only when it is set."""

    find: Callable[[], tuple[int, int, int]]

    def __iter__(self) -> Iterator[int]:
        return iter(self.find())


async def judge(run: Run) -> Found:
    """Run a cell and say what is wrong."""
    row, server, outside = run.cell.row, run.server, run.world.outside
    try:
        held = await run.prepare()
    except Exception as error:  # noqa: BLE001 - nothing can be said of the rest
        return Found(wrong=(f"before the fault: {error!r}",), overshoot=None, healthy=0, doubled=0, leaked=0)
    before = await outside(server.until_heard) if row.exact and row.prior else server.seen.size
    with STARVING[row.starves]():
        came = await run.call()
    connections = server.seen.connections
    heard = await outside(server.until_heard) - before if came.facts is not None and row.exact else None
    server.heal()
    if held is not None:
        await run.world.close(held)
    if row.keeps is False:  # whoever ends the connection: the next call begins when that is known
        _ = await outside(server.until_open, 0, 0.5)
    own, ill = await run.healthy()
    left = 0 if await outside(server.until_open, 1) else server.seen.open - 1
    total = server.seen.connections
    await run.world.close(run.transport)
    left += 0 if await outside(server.until_open, 0) else server.seen.open
    wrong = [*outcome(run.cell, came), *counts(run, came, connections, total, heard)]
    overshoot = None if row.due is None else came.seconds - row.due
    if overshoot is not None and not -EARLY <= overshoot <= run.world.grace:
        wrong.append(f"{came.seconds:.3f} s instead of {row.due} s")
    if row.cpu is not None and came.cpu > row.cpu:
        wrong.append(f"{came.cpu:.1f} s of CPU, not {row.cpu}")
    wrong += [f"{own} of {HEALTHY} healthy: {ill[0]}"] if ill else []
    wrong += [f"{left} connections leaked"] if left else []
    doubled = max(0, server.seen.times(TARGET) - 1 - row.unseen)
    wrong += [f"sent {doubled + 1} times"] if doubled else []
    return Found(wrong=tuple(wrong), overshoot=overshoot, healthy=own, doubled=doubled, leaked=left)


def outcome(cell: Cell, came: Came) -> list[str]:
    """What is wrong with an answer or an error."""
    wanted = cell.row.becomes
    if not isinstance(wanted, Answer):
        return refusal(cell, came, wanted)
    if came.answer is None or came.error is not None:
        return [f"raised {came.error!r}"]
    body = b"" if cell.method == "HEAD" else wanted.body
    wrong = [] if came.answer.status_code == wanted.status else [f"status {came.answer.status_code}"]
    if came.body != body:
        wrong.append(f"body {came.body[:40]!r} of {len(came.body)}")
    if wanted.field is not None and came.answer.headers.get(wanted.field[0]) != wanted.field[1]:
        wrong.append(f"fields {dict(came.answer.headers)}")
    return wrong


def refusal(cell: Cell, came: Came, wanted: tuple[type[RestkitError], ...]) -> list[str]:
    """What is wrong with an error: it is the tree's through a client, and httpx's at the transport as well."""
    names = " or ".join(kind.__name__ for kind in wanted)
    error = came.error
    if error is None:
        return [f"answered {came.answer.status_code if came.answer else None} {came.body[:40]!r}, not {names}"]
    if cell.way == "client":
        return [] if isinstance(error, wanted) else [f"raised {error!r}, not {names}"]
    if not isinstance(error, httpx.RequestError):
        return [f"raised {error!r}, which is none of httpx's"]
    if isinstance(error, MomentPassed) and DeadlineExceeded in wanted:
        return []
    made = translate(error, httpx.Request("GET", "http://api.test"))
    return [] if isinstance(made, wanted) else [f"raised {error!r}, not {names}"]


def counts(run: Run, came: Came, connections: int, total: int, heard: int | None) -> list[str]:
    """What is wrong with what the server has counted, and with the facts."""
    row, facts = run.cell.row, came.facts
    wrong: list[str] = []
    if connections != row.connections:
        wrong.append(f"{connections} connections, not {row.connections}")
    elif row.keeps is not None and total != connections + (not row.keeps):
        wrong.append("its connection was " + ("not used again" if row.keeps else "used again"))
    if run.client is not None:
        return wrong
    if facts is None:
        return [*wrong, "no facts"]
    if row.sends_nothing and facts.bytes_sent:
        wrong.append(f"{facts.bytes_sent} bytes sent, they say")
    if heard is not None and facts.bytes_sent != heard:
        wrong.append(f"{facts.bytes_sent} bytes sent, they say, {heard} heard")
    if not facts.bytes_sent and run.server.seen.times(TARGET):
        wrong.append("nothing sent, they say, though it came")
    return wrong
