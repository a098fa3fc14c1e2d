"""Routes: which request asks for what of the library, and how that is answered."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, TypeAlias

from attrs import evolve, field, frozen

from restkit.demo.lending import Lending
from restkit.demo.table import Refusal, Row


@frozen
class Question:
    """A request, as the library understands it."""

    method: str
    path: str
    query: Mapping[str, str] = field(factory=dict[str, str])
    body: Row = field(factory=dict[str, Any])
    desk: str = ""
    """Where it comes from, by its X-Desk header."""
    key: str = ""
    """The value in its path, if its route has one."""
    once: str = ""
    """Its Idempotency-Key: what has one is done once, however often it comes."""
    token: int = 0
    """Which token it came with, from 1 on; 0 where nobody needs one."""
    lifetime: float = 0.0
    """Seconds that tokens live."""


@frozen
class Reply:
    """An answer: a JSON body, none, or lines that are sent one by one."""

    status: HTTPStatus
    body: Any = None
    media_type: str = "application/json"
    lines: tuple[str, ...] | None = None
    pause: float = 0.0
    """Seconds that it takes to come."""
    headers: Mapping[str, str] = field(factory=dict[str, str])
    drops: bool = False
    """Whether the line drops before it."""


Route: TypeAlias = Callable[[Lending, Question], Reply]


def ok(body: Any) -> Reply:  # noqa: ANN401 - JSON
    """200."""
    return Reply(HTTPStatus.OK, body)


def created(body: Row) -> Reply:
    """201."""
    return Reply(HTTPStatus.CREATED, body)


def accepted(body: Row) -> Reply:
    """202."""
    return Reply(HTTPStatus.ACCEPTED, body)


def gone(_: Row) -> Reply:
    """204."""
    return Reply(HTTPStatus.NO_CONTENT)


def line_by_line(rows: list[Row]) -> Reply:
    """200, each row on a line of its own."""
    return Reply(HTTPStatus.OK, media_type="application/jsonl", lines=tuple(map(json.dumps, rows)))


def problem(refusal: Refusal) -> Reply:
    """Problem details (RFC 9457)."""
    body = {"title": refusal.status.phrase, "status": refusal.status, "detail": refusal.detail}
    return Reply(refusal.status, body, "application/problem+json")


ROUTES: Mapping[str, Route] = {
    "GET /books": lambda at, asked: ok(at.books.where(**asked.query)),
    "POST /books": lambda at, asked: created(at.books.add(asked.body)),
    "GET /books/export": lambda at, _: line_by_line(at.books.where()),
    "GET /books/isbn/{isbn}": lambda at, asked: ok(at.find(asked.key)),
    "GET /books/{id}": lambda at, asked: ok(at.books.get(asked.key)),
    "PUT /books/{id}": lambda at, asked: ok(at.books.replace(asked.key, asked.body)),
    "PATCH /books/{id}": lambda at, asked: ok(at.books.update(asked.key, asked.body)),
    "DELETE /books/{id}": lambda at, asked: gone(at.books.delete(asked.key)),
    "GET /books/{id}/reviews": lambda at, asked: ok(at.reviews.where(book=asked.key)),
    "POST /books/{id}/reviews": lambda at, asked: created(at.review(asked.key, asked.body)),
    "GET /loans": lambda at, asked: ok(at.loans.where(**asked.query)),
    "POST /loans": lambda at, asked: created(at.lend(asked.body, asked.desk)),
    "GET /loans/{id}": lambda at, asked: ok(at.loans.get(asked.key)),
    "DELETE /loans/{id}": lambda at, asked: gone(at.loans.delete(asked.key)),
    "POST /loans/{id}/renewal": lambda at, asked: ok(at.renew(asked.key, asked.body.get("days", 0))),
    "POST /inventories": lambda at, _: accepted(at.begin_count()),
    "GET /inventories/{id}": lambda at, asked: ok(at.count(asked.key)),
    "GET /branches/{name}": lambda at, asked: ok(at.branch(asked.key)),
    "GET /branches/{name}/orders": lambda at, asked: ok(at.orders.where(branch=asked.key)),
    "POST /branches/{name}/orders": lambda at, asked: created(at.order(asked.key, asked.body, asked.once)),
    "GET /staff/me": lambda _, asked: ok({"desk": asked.desk, "token": asked.token, "lifetime": asked.lifetime}),
    "GET /appraisal": lambda _, __: Reply(HTTPStatus.OK, {"worth": "a lot"}, pause=5.0),
}
"""What the API offers. A `{value}` is one segment; of two that fit, the first counts."""


def answer(lending: Lending, question: Question) -> Reply:
    """What the library answers; problem details if it refuses."""
    try:
        route, key = matching(question)
        return route(lending, evolve(question, key=key))
    except Refusal as refusal:
        return problem(refusal)


def matching(question: Question) -> tuple[Route, str]:
    """The route that a request asks for, and the value in its path. Raises Refusal if there is none."""
    asked = f"{question.method} {question.path}"
    for template, route in ROUTES.items():
        key = value_in(template, asked)
        if key is not None:
            return route, key
    raise Refusal(HTTPStatus.NOT_FOUND, f"there is no {asked}")


def value_in(template: str, asked: str) -> str | None:
    """The value of what fits a template, empty if that has none; None if it does not fit."""
    if "{" not in template:
        return "" if template == asked else None
    before, _, rest = template.partition("{")
    after = rest.partition("}")[2]
    value = asked.removeprefix(before).removesuffix(after)
    return value if asked == f"{before}{value}{after}" and "/" not in value else None
