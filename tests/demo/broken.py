"""Broken APIs: each does one thing wrong, and the demo must say what."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any, NoReturn

from attrs import evolve
from typing_extensions import override

from restkit.demo.api import Api
from restkit.demo.door import Door
from restkit.demo.routes import Question, Reply
from restkit.demo.trouble import TROUBLES, Troubles, patience

QUICK: Troubles = {**TROUBLES, "GET /branches/east": (patience(0),)}
"""As the demo has them, for those who have seen the wait."""
SHORT = 0.2
"""Seconds of a token."""
Answer = Callable[[Question], Reply]


class Broken(Api):
    """An API with a fault in its answer to one request."""

    def __init__(self, request: str, fault: Callable[[Question, Answer], Reply]) -> None:
        """Take the request, and what answers it instead, given what would."""
        super().__init__(QUICK, Door(SHORT))
        self._request, self._fault = request, fault

    @override
    def answer(self, question: Question) -> Reply:
        """Answer that request wrongly, and every other as it should be."""
        if f"{question.method} {question.path}" == self._request:
            return self._fault(question, super().answer)
        return super().answer(question)


class Quick(Api):
    """An API that is well again at once."""

    def __init__(self) -> None:
        """Ask for no patience, and give tokens that live for a moment."""
        super().__init__(QUICK, Door(SHORT))


class Haunted(Quick):
    """An API that receives something nobody sent."""

    @override
    def note(self, request: str) -> str:
        """Note another request before the export."""
        if request == "GET /books/export":
            _ = super().note("GET /ghost")
        return super().note(request)


def saying(body: Any) -> Callable[[Question, Answer], Reply]:
    """Answer another body."""
    return lambda _, __: Reply(HTTPStatus.OK, body)


def failing(_: Question, __: Answer) -> Reply:
    """Answer 500."""
    return Reply(HTTPStatus.INTERNAL_SERVER_ERROR)


def dropping(_: Question, __: Answer) -> NoReturn:
    """Close the connection instead."""
    raise ConnectionAbortedError


def doubling(question: Question, answer: Answer) -> Reply:
    """Do it twice."""
    _ = answer(question)
    return answer(question)


def forgetting(question: Question, answer: Answer) -> Reply:
    """Do it without the days that were asked for."""
    return answer(evolve(question, body={"days": 0}))


GHOST = {"id": 99, "title": "Ghost", "author": "nobody", "isbn": "0"}

wrong_body = partial(Broken, "GET /books/4", saying({"id": 4}))
wrong_value = partial(Broken, "POST /loans/1/renewal", forgetting)
error_status = partial(Broken, "POST /loans", failing)
dropped = partial(Broken, "GET /books/isbn/0", dropping)
doubled = partial(Broken, "POST /books/1/reviews", doubling)
lenient = partial(Broken, "GET /books/99", saying(GHOST))
