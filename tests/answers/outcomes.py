"""Calls and what became of them, as lines of text: the same in every interpreter, locale, time zone and year.

`python -m tests.answers.outcomes` prints them.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

import httpx
from attrs import define

from restkit import Async, Client, Op, RestkitError, Settings
from restkit.op import payload


@define
class Event:
    """A model with a moment."""

    id: int
    at: dt.datetime


def api(request: httpx.Request) -> httpx.Response:
    """Answers as the path says, for good or ill."""
    said: Any = ANSWERS[request.url.path.strip("/")]
    return said(request) if callable(said) else httpx.Response(said[0], content=said[1], headers=said[2])


ZOE = "Zoë Ümläut €"
PROBLEM = json.dumps({"title": "Ödd", "detail": "token=hush \x1b[2J"}).encode()
ANSWERS: dict[str, Any] = {
    "event": (200, b'{"id": 7, "at": "2026-03-29T02:30:00Z"}', {}),
    "zoned": (200, b'{"id": 7, "at": "2106-02-07T06:28:16+05:45"}', {}),
    "wrong": (200, b'{"id": "hush", "at": "yesterday"}', {}),
    "broken": (200, b'{"id": ', {}),
    "empty": (204, b"", {}),
    "page": (200, b"<html>hush</html>", {"Content-Type": "text/html; charset=zlib"}),
    "problem": (400, PROBLEM, {"Content-Type": "application/problem+json"}),
    "wait": (
        429,
        b"",
        {"Retry-After": "3", "Date": "Sun, 06 Nov 1994 08:49:37 GMT", "X-RateLimit-Reset": "4294967296"},
    ),
    "gone": (302, b"", {"Location": "/?token=hush"}),
    "text": (200, ZOE.encode("cp1252"), {"Content-Type": "text/plain; charset=windows-1252"}),
    "echo": lambda request: httpx.Response(200, json=[str(request.url), request.content.decode()]),
    "down": lambda _: refuse(),
}


def refuse() -> httpx.Response:
    """Nobody is there."""
    raise httpx.ConnectError(f"no {ZOE}")


CALLS: list[Op[Any]] = [
    *(Op("GET", path, returns=Event) for path in ("event", "zoned", "wrong", "broken", "empty", "page", "down")),
    *(Op("GET", path, returns=int) for path in ("problem", "wait", "gone")),
    Op("GET", "text", returns=str),
    Op("GET", "echo", params={"q": ZOE, "at": dt.datetime(1970, 1, 1, tzinfo=dt.UTC)}, returns=list[str]),
    Op(
        "POST",
        "echo",
        payload=payload(json={"at": dt.datetime(2106, 2, 7, 6, 28, 16, tzinfo=dt.UTC)}),
        returns=list[str],
    ),
    Op("GET", "echo", params={"q": float("nan")}, returns=str),
    Op("POST", "echo", payload=payload(json=object()), returns=str),
]
WRONG: list[Callable[[], object]] = [
    lambda: Settings(default_encoding="zlib"),
    lambda: Settings().with_keywords({"timeout": -1}),
    lambda: Client(base_url="nowhere"),
]


def told(value: Callable[[], object]) -> str:
    """What became of a call."""
    try:
        return repr(value())
    except RestkitError as error:
        facts = [each for each in vars(error).items() if each[0] not in {"attempts", "_request"}]
        return f"{error!r} {facts}"


def outcomes() -> Iterator[str]:
    """What becomes of each call, in both worlds, and of each wrong setting."""
    with Client(base_url="https://api.test", transport=httpx.MockTransport(api), retry=False) as client:
        yield from (told(lambda: client.execute(op)) for op in CALLS)  # noqa: B023 - told calls it at once
    yield from asyncio.run(awaited())
    yield from map(told, WRONG)


async def awaited() -> list[str]:
    """The same, awaiting."""
    found: list[str] = []
    async with Client[Async](base_url="https://api.test", transport=httpx.MockTransport(api), retry=False) as client:
        for op in CALLS:
            try:
                found.append(repr(await client.execute(op)))
            except RestkitError as error:
                found.append(repr(error))
    return found


if __name__ == "__main__":
    _ = sys.stdout.write(json.dumps(list(outcomes())))
