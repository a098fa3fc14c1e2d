"""The core's figures: one definition does the same in every world, and who shares a client gets their own answers."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from typing import Any, TypeAlias

import anyio
import httpx
from attrs import define, frozen

from restkit import Async, Client, M, Op, Resource, RestkitError
from tests.campaign.figure import Amounts, Figure, Measured

THREADS = 16
LOOPS = 3
TASKS = 50
KINDS = 15
"""So many different errors, at least, come up among the outcomes: else the answers would not have been tried."""


@define
class User:
    """What the API of these figures has."""

    id: int
    name: str


class Users(Resource[User, M], path="users"):
    """The users."""


class Acme(Client[M], base_url="https://api.acme.test"):
    """An API that has users."""

    users: Users[M]


Verb: TypeAlias = Callable[[Any, random.Random], Op[Any]]
"""Describes a call of a resource of either world."""

Answer: TypeAlias = Callable[[random.Random], httpx.Response | Exception]


def dice_for(seed: object) -> random.Random:
    """Give dice that fall the same way for the same seed."""
    return random.Random(str(seed))  # noqa: S311 - repeats a case, guards nothing


def some_id(dice: random.Random) -> int | str:
    """Give an id of either kind, with whatever a path must escape."""
    if dice.random() < 0.5:
        return dice.randrange(10**6)
    return "x" + "".join(dice.choices("aé/%? .~+", k=8))


def some_user(dice: random.Random) -> dict[str, Any]:
    """Give a user's fields."""
    return {"id": dice.randrange(10**6), "name": "".join(dice.choices('aé"\\\n\u2028', k=8))}


def answering(status: int, body: Callable[[random.Random], bytes], **headers: str) -> Answer:
    """Answer with a status, a body and headers, whose names have dashes."""
    spelled = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda dice: httpx.Response(status, content=body(dice), headers=spelled)


def user(dice: random.Random) -> bytes:
    """Spell a good answer, with a field the model does not know."""
    return json.dumps({**some_user(dice), "extra": dice.random()}).encode()


def users(dice: random.Random) -> bytes:
    """Spell a good answer to a listing."""
    return json.dumps([some_user(dice) for _ in range(dice.randrange(5))]).encode()


def noise(dice: random.Random) -> bytes:
    """Spell what no API means to send."""
    return dice.randbytes(dice.randrange(1, 64))


def cut(dice: random.Random) -> bytes:
    """Spell a good answer that ends too early."""
    return user(dice)[: dice.randrange(1, 20)]


VERBS: Mapping[str, Verb] = {
    "get": lambda users, dice: users.get.op(some_id(dice)),
    "list": lambda users, dice: users.list.op(status="active", page=dice.randrange(9)),
    "create": lambda users, dice: users.create.op(**some_user(dice)),
    "update": lambda users, dice: users.update.op(some_id(dice), name=str(dice.random())),
    "replace": lambda users, dice: users.replace.op(some_id(dice), User(**some_user(dice))),
    "delete": lambda users, dice: users.delete.op(some_id(dice)),
}
JSON = "application/json"
PROBLEM = "application/problem+json"
ANSWERS: Mapping[str, Answer] = {
    "user": answering(200, user, content_type=JSON),
    "created": answering(201, user, content_type=JSON, location="/users/1"),
    "list": answering(200, users, content_type=JSON),
    "nothing": answering(204, lambda _: b""),
    "empty": answering(200, lambda _: b"", content_type=JSON),
    "null": answering(200, lambda _: b"null", content_type=JSON),
    "wrong-type": answering(200, lambda _: b'{"id":"seven","name":7}', content_type=JSON),
    "missing-field": answering(200, lambda _: b'{"id":7}', content_type=JSON),
    "cut-json": answering(200, cut, content_type=JSON),
    "noise": answering(200, noise, content_type=JSON),
    "html": answering(200, lambda _: b"<html>", content_type="text/html"),
    "no-type": answering(200, user),
    "not-gzip": lambda dice: httpx.Response(
        200, stream=httpx.ByteStream(noise(dice)), headers={"content-encoding": "gzip", "content-type": JSON}
    ),
    "redirect": answering(302, lambda _: b"", location="https://elsewhere.test/"),
    "not-modified": answering(304, lambda _: b""),
    "bad-request": answering(400, lambda _: b'{"title":"no","detail":"age"}', content_type=PROBLEM),
    "unauthorized": answering(401, lambda _: b"", www_authenticate="Bearer"),
    "forbidden": answering(403, lambda _: b"no", content_type="text/plain"),
    "not-found": answering(404, lambda _: b'{"title":"gone"}', content_type=PROBLEM, x_request_id="r-1"),
    "conflict": answering(409, user, content_type=JSON),
    "precondition": answering(412, lambda _: b""),
    "unprocessable": answering(422, noise, content_type=PROBLEM),
    "throttled": answering(429, lambda _: b"", retry_after="3"),
    "teapot": answering(418, noise),
    "broken": answering(500, noise, content_type="text/html"),
    "overloaded": answering(503, lambda _: b"", retry_after="soon"),
    "connect-error": lambda _: httpx.ConnectError("refused"),
    "connect-timeout": lambda _: httpx.ConnectTimeout("slow"),
    "read-timeout": lambda _: httpx.ReadTimeout("slow"),
    "read-error": lambda _: httpx.ReadError("reset"),
    "write-error": lambda _: httpx.WriteError("reset"),
    "pool-timeout": lambda _: httpx.PoolTimeout("full"),
    "protocol": lambda _: httpx.RemoteProtocolError("not HTTP"),
    "proxy": lambda _: httpx.ProxyError("407"),
}


@frozen
class Case:
    """One call and one answer to it, both made from a seed: the same in every world."""

    verb: str
    answer: str
    seed: int

    def called(self, client: Acme[Any]) -> Op[Any]:
        """Describe the call."""
        return VERBS[self.verb](client.users, dice_for(f"{self} call"))

    def answered(self, request: httpx.Request) -> httpx.Response:
        """Answer it, or fail."""
        outcome = ANSWERS[self.answer](dice_for(f"{self} answer"))
        if isinstance(outcome, Exception):
            raise outcome
        outcome.headers["x-asked"] = f"{request.method} {request.url}"
        return outcome


@define
class Script:
    """The answer to the case at hand."""

    case: Case | None = None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer a request of the case at hand."""
        assert self.case is not None
        return self.case.answered(request)


@frozen
class Outcome:
    """What a call came to, in a form that compares: a value, or an error with its facts."""

    kind: str
    said: str
    facts: tuple[object, ...] = ()


def error_outcome(error: RestkitError) -> Outcome:
    """Spell an error with everything it says."""
    facts = (error.method, error.url, error.route, error.status, error.request_id, error.excerpt, len(error.attempts))
    return Outcome(type(error).__name__, str(error), facts)


def blocking(cases: list[Case]) -> list[Outcome]:
    """Make every call in the blocking world."""
    script, outcomes = Script(), list[Outcome]()
    with Acme(transport=httpx.MockTransport(script)) as client:
        for script.case in cases:
            try:
                outcomes.append(Outcome("value", repr(client.execute(script.case.called(client)))))
            except RestkitError as error:
                outcomes.append(error_outcome(error))
    return outcomes


async def awaiting(cases: list[Case]) -> list[Outcome]:
    """Make every call in the awaiting world."""
    script, outcomes = Script(), list[Outcome]()
    async with Acme[Async](transport=httpx.MockTransport(script)) as client:
        for script.case in cases:
            try:
                outcomes.append(Outcome("value", repr(await client.execute(script.case.called(client)))))
            except RestkitError as error:
                outcomes.append(error_outcome(error))
    return outcomes


def worlds_agree(asked: Amounts) -> Measured:
    """Make every call with every answer, blocking, on asyncio and on trio, and count where the outcomes differ."""
    cells = drawn(list(product(VERBS, ANSWERS)), asked.cells)
    cases = [Case(verb, answer, seed) for verb, answer in cells for seed in range(asked.seeds)]
    worlds = (
        blocking(cases),
        anyio.run(awaiting, cases, backend="asyncio"),
        anyio.run(awaiting, cases, backend="trio"),
    )
    differ = sum(len(set(outcomes)) > 1 for outcomes in zip(*worlds, strict=True))
    kinds = {outcome.kind for outcome in worlds[0]}
    return Measured(
        value=f"{differ} differ, {len(kinds)} kinds",
        ok=differ == 0 and len(kinds) >= KINDS,
        done=Amounts(seeds=asked.seeds, cells=len(cells), calls=sum(map(len, worlds))),
    )


def drawn(cells: list[tuple[str, str]], count: int) -> list[tuple[str, str]]:
    """Take so many cells, always the same ones, from everywhere in the table."""
    return dice_for(count).sample(cells, min(count, len(cells)))


def echo(request: httpx.Request) -> httpx.Response:
    """Answer with the user that was asked for."""
    number = int(request.url.path.rpartition("/")[2])
    return httpx.Response(200, json={"id": number, "name": f"user {number}"})


def mine(answers: Iterator[tuple[int, User]]) -> tuple[int, int]:
    """Count answers, and those that were somebody else's."""
    matches = [answer == User(number, f"user {number}") for number, answer in answers]
    return len(matches), matches.count(False)


def shared_by_threads(asked: Amounts) -> Measured:
    """Let threads share a client, each asking for users of its own."""
    with Acme(transport=httpx.MockTransport(echo)) as client, ThreadPoolExecutor(THREADS) as pool:

        def ask(thread: int) -> tuple[int, int]:
            numbers = range(thread, asked.calls, THREADS)
            return mine((number, client.users.get(number)) for number in numbers)

        return counted(list(pool.map(ask, range(THREADS))))


def shared_by_loops(asked: Amounts) -> Measured:
    """Let event loops share a client, each with many tasks that ask for users of their own."""
    client = Acme[Async](transport=httpx.MockTransport(echo))

    def ask(loop: int) -> list[tuple[int, int]]:
        return anyio.run(ask_in_tasks, client, asked.calls, loop)

    with ThreadPoolExecutor(LOOPS) as pool:
        counts = list(pool.map(ask, range(LOOPS)))
    anyio.run(client.aclose)
    return counted([count for each in counts for count in each])


async def ask_in_tasks(client: Acme[Async], calls: int, loop: int) -> list[tuple[int, int]]:
    """Ask for one loop's share of the users, in many tasks at once."""
    counts: list[tuple[int, int]] = []

    async def ask(task: int) -> None:
        """Ask for one task's share."""
        numbers = range(loop * TASKS + task, calls, LOOPS * TASKS)
        counts.append(mine(iter([(number, await client.users.get(number)) for number in numbers])))

    async with anyio.create_task_group() as tasks:
        for task in range(TASKS):
            _ = tasks.start_soon(ask, task)
    return counts


def counted(counts: list[tuple[int, int]]) -> Measured:
    """Add up what each of those who share has counted."""
    calls, foreign = (sum(column) for column in zip(*counts, strict=True))
    return Measured(value=f"{foreign} foreign", ok=foreign == 0, done=Amounts(calls=calls))


FIGURES = (
    Figure(
        name="worlds-agree",
        wanted=f"0 differ, {KINDS} kinds or more",
        run=worlds_agree,
        asked=Amounts(seeds=40, cells=len(VERBS) * len(ANSWERS), calls=40 * 3 * len(VERBS) * len(ANSWERS)),
        httpx2=True,
    ),
    Figure(
        name="shared-by-16-threads",
        wanted="0 foreign",
        run=shared_by_threads,
        asked=Amounts(calls=32_000),
        httpx2=True,
    ),
    Figure(
        name="shared-by-3-loops",
        wanted="0 foreign",
        run=shared_by_loops,
        asked=Amounts(calls=15_000),
        httpx2=True,
    ),
)
