"""Trouble: how the embedded API misbehaves, as data. What is listed comes once, in its order; then all is well."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import TypeAlias

from attrs import evolve

from restkit.demo.routes import Question, Reply

Mishap = Callable[[Reply], Reply]
"""What becomes of an answer on its way."""
SLOW = 5.0
"""Seconds that a late answer takes."""


def busy(_: Reply) -> Reply:
    """503 instead."""
    return Reply(HTTPStatus.SERVICE_UNAVAILABLE, {"title": "Service Unavailable", "detail": "too much to do"})


def patience(seconds: int) -> Mishap:
    """429 instead, and when to come again."""
    reply = Reply(HTTPStatus.TOO_MANY_REQUESTS, {"title": "Too Many Requests"}, headers={"Retry-After": str(seconds)})
    return lambda _: reply


def late(reply: Reply) -> Reply:
    """It takes its time."""
    return evolve(reply, pause=SLOW)


def lost(reply: Reply) -> Reply:
    """The line drops before it."""
    return evolve(reply, drops=True)


Troubles: TypeAlias = Mapping[str, Sequence[Mishap]]
"""What becomes of the first answers to a request, such as `GET /branches/north`."""

TROUBLES: Troubles = {
    "GET /branches/north": (busy, busy),
    "GET /branches/east": (patience(1),),
    "GET /branches/south": (late,),
    "GET /branches/west": (lost,),
    "POST /branches/south/orders": (lost,),
    "POST /branches/west/orders": (lost,),
}


class Trouble:
    """The mishaps that are still to come."""

    def __init__(self, troubles: Troubles = TROUBLES) -> None:
        self._coming = {request: list(mishaps) for request, mishaps in troubles.items()}

    def upon(self, question: Question, reply: Reply) -> Reply:
        """What becomes of an answer: what was asked for has been done by now."""
        coming = self._coming.get(f"{question.method} {question.path}")
        return coming.pop(0)(reply) if coming else reply
