"""Hard text in paths and queries, sent to a real server and read back."""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

import anyio
from attrs import frozen

from restkit import AsyncClient, Client, Op
from restkit.url import expand
from tests.campaign.figure import Amounts, Measured
from tests.loopback import Loopback

IN_PATH, IN_QUERY, AT_ONCE = 4, 36, 8
VALUES = IN_PATH + IN_QUERY
"""Values of one request, and of one seed."""
TEMPLATE = "echo/" + "/".join(f"{{value_{number}}}" for number in range(IN_PATH))
PIECES = (*"./\\%?#&;=+:@[]{}|<>\"'`^~ -_,!$*()\0\r\n\t\x7f\x85aZ0", "..", "../", "%2e", "%2F", "%", "//", "\u202e")
PLANES = (
    (0x20, 0x7E),
    (0xA0, 0x7FF),
    (0x800, 0xD7FF),
    (0xE000, 0xFFFF),
    *((n << 16, (n << 16) + 65_535) for n in range(1, 17)),
)


def text(chance: random.Random) -> str:
    """Something that is hard to write into a URL; now and then nothing at all."""
    match chance.randrange(8):
        case 0:
            return "." * chance.randrange(4)
        case 1 | 2 | 3:
            return "".join(chance.choices(PIECES, k=chance.randrange(1, 9)))
        case _:
            return "".join(chr(chance.randint(*chance.choice(PLANES))) for _ in range(chance.randrange(1, 6)))


def segment(chance: random.Random) -> str:
    """The same as a path takes it: neither empty nor a dot segment."""
    found = text(chance)
    return f"{found}x" if found in {"", ".", ".."} else found


@frozen
class Question:
    """One request: the values of its path, the names and values of its query."""

    path: tuple[str, ...]
    query: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, seed: int) -> Question:
        """The question of a seed; one of its values is long."""
        chance = random.Random(seed)  # noqa: S311 - to be repeated, not to be secret
        query = [(text(chance), text(chance)) for _ in range(IN_QUERY)]
        query[-1] = (text(chance), text(chance) * 20)
        return cls(tuple(segment(chance) for _ in range(IN_PATH)), tuple(query))

    def op(self) -> Op[Any]:
        """The call that asks it."""
        values = {f"value_{number}": value for number, value in enumerate(self.path)}
        return Op("GET", expand(TEMPLATE, values), params=self.query, returns=dict[str, Any])

    def wrong(self, answer: Any, host: str) -> int:
        """How many values did not come back as they were sent; all, if the path, the host or a name is another."""
        path, _, query = answer["target"].partition("?")
        segments, pairs = path.split("/"), [part.partition("=") for part in query.split("&")]
        names = tuple(read(name) for name, _, _ in pairs)
        ours = (["", "echo"], IN_PATH + 2, host, tuple(name for name, _ in self.query))
        if ours != (segments[:2], len(segments), answer["headers"]["host"], names):
            return VALUES
        sent = (*self.path, *(value for _, value in self.query))
        received = (*map(read, segments[2:]), *(read(value) for _, _, value in pairs))
        return sum(one != other for one, other in zip(sent, received, strict=True))


def read(escaped: str) -> str:
    """Text as a server reads it."""
    return unquote(escaped, errors="strict")


def ask_hard_questions(asked: Amounts) -> Measured:
    """Send each seed's values, half of the seeds blocking and half awaiting, and count those that came back changed."""
    with Loopback() as server:
        answers = {seed: wrong for half in (blocking, awaiting) for seed, wrong in half(server, asked.seeds)}
        requests = len(server.received)
    for seed in (seed for seed, wrong in answers.items() if wrong):
        _ = sys.stderr.write(f"seed {seed}: {Question.of(seed)}\n")
    values, changed = VALUES * len(answers), sum(answers.values())
    return Measured(
        value=f"{changed} of {values} changed, in {requests} requests",
        ok=not changed and requests == len(answers) == asked.seeds,
        done=Amounts(seeds=len(answers), calls=values),
    )


def blocking(server: Loopback, seeds: int) -> Iterable[tuple[int, int]]:
    """Ask every second seed, one after the other."""
    host = server.url.removeprefix("http://")
    with Client(base_url=server.url) as client:
        for seed in range(0, seeds, 2):
            question = Question.of(seed)
            yield seed, question.wrong(client.execute(question.op()), host)


def awaiting(server: Loopback, seeds: int) -> Iterable[tuple[int, int]]:
    """Ask the other seeds, some at once."""
    host = server.url.removeprefix("http://")
    found: list[tuple[int, int]] = []

    async def ask(client: AsyncClient, first: int) -> None:
        """One task's share."""
        for seed in range(first, seeds, 2 * AT_ONCE):
            question = Question.of(seed)
            found.append((seed, question.wrong(await client.execute(question.op()), host)))

    async def main() -> None:
        """All tasks."""
        async with AsyncClient(base_url=server.url) as client, anyio.create_task_group() as group:
            for task in range(AT_ONCE):
                _ = group.start_soon(ask, client, 1 + 2 * task)

    asyncio.run(main())
    return found
