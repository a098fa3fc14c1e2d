"""Lending: what the library has and does, and which request asks for what. It knows nothing of sockets."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from http import HTTPStatus
from typing import Any, TypeAlias

from attrs import field, frozen

from restkit.demo.table import Refusal, Row, Table

TODAY = date(2026, 1, 5)
DAYS = 21
"""How long a book is lent for."""
BOOKS: tuple[Row, ...] = (
    {"title": "Emma", "author": "Jane Austen", "isbn": "9780141439587"},
    {"title": "Persuasion", "author": "Jane Austen", "isbn": "9780141439686"},
    {"title": "Middlemarch", "author": "George Eliot", "isbn": "9780141439549"},
)


@frozen
class Question:
    """A request, as the library understands it."""

    method: str
    path: str
    query: Mapping[str, str] = field(factory=dict)
    body: Row = field(factory=dict)
    desk: str = ""
    """Where it comes from, by its X-Desk header."""


@frozen
class Reply:
    """An answer: a JSON body, none, or lines that are sent one by one."""

    status: HTTPStatus
    body: Any = None
    media_type: str = "application/json"
    lines: tuple[str, ...] | None = None
    pause: float = 0.0
    """Seconds that it takes to come."""


class Lending:
    """A library with three books, on the same day for ever."""

    def __init__(self) -> None:
        self.books = Table("book", "title", "author", "isbn")
        self.reviews = Table("review", "book", "stars", "text")
        self.loans = Table("loan", "book", "member", "due", "desk")
        self.inventories = Table("inventory")
        for book in BOOKS:
            _ = self.books.add(book)

    def answer(self, question: Question) -> Reply:
        """What the library answers; problem details (RFC 9457) if it refuses."""
        try:
            route, values = matching(question)
            return route(self, question, *values)
        except Refusal as refusal:
            problem = {"title": refusal.status.phrase, "status": refusal.status, "detail": refusal.detail}
            return Reply(refusal.status, problem, "application/problem+json")

    def found(self, isbn: str) -> Row:
        """The book with an ISBN."""
        for book in self.books.where(isbn=isbn):
            return book
        raise Refusal(HTTPStatus.NOT_FOUND, f"no book has the ISBN {isbn}")

    def reviewed(self, id: str, review: Row) -> Row:
        """A new review of a book."""
        return self.reviews.add({**review, "book": self.books.get(id)["id"]})

    def lent(self, question: Question) -> Row:
        """A new loan. Refuses a book that is out."""
        wanted = question.body
        book = self.books.get(str(wanted.get("book")))
        if self.loans.where(book=book["id"]):
            raise Refusal(HTTPStatus.CONFLICT, f"the book {book['id']} is lent already")
        due = TODAY + timedelta(DAYS)
        return self.loans.add({**wanted, "due": due.isoformat(), "desk": question.desk})

    def renewed(self, id: str, days: int) -> Row:
        """A loan whose book is due later."""
        due = date.fromisoformat(self.loans.get(id)["due"]) + timedelta(days)
        return self.loans.update(id, {"due": due.isoformat()})

    def counting(self) -> Row:
        """A new count of the books, under way."""
        inventory = self.inventories.add({})
        inventory["books"] = None
        return dict(inventory)

    def counted(self, id: str) -> Row:
        """A count that is asked for: under way the first time, over the second."""
        inventory = self.inventories.get(id)
        answer = dict(inventory)
        inventory["books"] = len(self.books.where())
        return answer

    def exported(self) -> Reply:
        """The catalogue, line by line."""
        lines = tuple(json.dumps(book) for book in self.books.where())
        return Reply(HTTPStatus.OK, media_type="application/jsonl", lines=lines)


Route: TypeAlias = Callable[..., Reply]


def ok(body: Any) -> Reply:  # noqa: ANN401 - JSON
    """200."""
    return Reply(HTTPStatus.OK, body)


def created(body: Row) -> Reply:
    """201."""
    return Reply(HTTPStatus.CREATED, body)


def gone(_: None) -> Reply:
    """204."""
    return Reply(HTTPStatus.NO_CONTENT)


ROUTES: Mapping[tuple[str, str], Route] = {
    ("GET", "/books"): lambda at, asked: ok(at.books.where(**asked.query)),
    ("POST", "/books"): lambda at, asked: created(at.books.add(asked.body)),
    ("GET", "/books/export"): lambda at, _: at.exported(),
    ("GET", "/books/isbn/{isbn}"): lambda at, _, isbn: ok(at.found(isbn)),
    ("GET", "/books/{id}"): lambda at, _, id: ok(at.books.get(id)),
    ("PUT", "/books/{id}"): lambda at, asked, id: ok(at.books.replace(id, asked.body)),
    ("PATCH", "/books/{id}"): lambda at, asked, id: ok(at.books.update(id, asked.body)),
    ("DELETE", "/books/{id}"): lambda at, _, id: gone(at.books.delete(id)),
    ("GET", "/books/{id}/reviews"): lambda at, _, id: ok(at.reviews.where(book=id)),
    ("POST", "/books/{id}/reviews"): lambda at, asked, id: created(at.reviewed(id, asked.body)),
    ("GET", "/loans"): lambda at, asked: ok(at.loans.where(**asked.query)),
    ("POST", "/loans"): lambda at, asked: created(at.lent(asked)),
    ("GET", "/loans/{id}"): lambda at, _, id: ok(at.loans.get(id)),
    ("DELETE", "/loans/{id}"): lambda at, _, id: gone(at.loans.delete(id)),
    ("POST", "/loans/{id}/renewal"): lambda at, asked, id: ok(at.renewed(id, asked.body["days"])),
    ("POST", "/inventories"): lambda at, _: Reply(HTTPStatus.ACCEPTED, at.counting()),
    ("GET", "/inventories/{id}"): lambda at, _, id: ok(at.counted(id)),
    ("GET", "/appraisal"): lambda *_: Reply(HTTPStatus.OK, {"worth": "a lot"}, pause=5.0),
}
"""What the API offers. A `{value}` is one segment; of two that fit, the first counts."""


def matching(question: Question) -> tuple[Route, list[str]]:
    """The route that a request asks for, and the values in its path. Raises Refusal if there is none."""
    for (method, template), route in ROUTES.items():
        values = fitting(template, question.path)
        if method == question.method and values is not None:
            return route, values
    raise Refusal(HTTPStatus.NOT_FOUND, f"there is no {question.method} {question.path}")


def fitting(template: str, path: str) -> list[str] | None:
    """The values of a path that fits a template, else None."""
    wanted, given = template.split("/"), path.split("/")
    if len(wanted) != len(given):
        return None
    pairs = list(zip(wanted, given, strict=True))
    if any(want != said for want, said in pairs if not want.startswith("{")):
        return None
    return [said for want, said in pairs if want.startswith("{")]
