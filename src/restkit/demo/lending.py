"""Lending: what the library has and does. It knows nothing of HTTP but the status of a refusal."""

from __future__ import annotations

from datetime import date, timedelta
from http import HTTPStatus

from restkit.demo.table import Refusal, Row, Table

TODAY = date(2026, 1, 5)
DAYS = 21
"""How long a book is lent for."""
BOOKS: tuple[Row, ...] = (
    {"title": "Emma", "author": "Jane Austen", "isbn": "9780141439587"},
    {"title": "Persuasion", "author": "Jane Austen", "isbn": "9780141439686"},
    {"title": "Middlemarch", "author": "George Eliot", "isbn": "9780141439549"},
)


BRANCHES = {"north": "Mill Lane", "east": "Harbour Street", "south": "Station Road", "west": "Castle Hill"}
"""The addresses of the branches: to reach them is another matter."""


class Lending:
    """A library with three books, on the same day for ever. Raises Refusal."""

    def __init__(self) -> None:
        self.books: Table = Table("book", "title", "author", "isbn")
        self.reviews: Table = Table("review", "book", "stars", "text")
        self.loans: Table = Table("loan", "book", "member", "due", "desk")
        self.inventories: Table = Table("inventory")
        self.orders: Table = Table("order", "branch", "book")
        self._ordered: dict[str, Row] = {}
        for book in BOOKS:
            _ = self.books.add(book)

    def find(self, isbn: str) -> Row:
        """The book with an ISBN."""
        for book in self.books.where(isbn=isbn):
            return book
        raise Refusal(HTTPStatus.NOT_FOUND, f"no book has the ISBN {isbn}")

    def review(self, book: str, given: Row) -> Row:
        """A new review of a book."""
        return self.reviews.add({**given, "book": self.books.get(book)["id"]})

    def lend(self, given: Row, desk: str) -> Row:
        """A new loan, unless the book is out."""
        book = self.books.get(str(given.get("book")))
        if self.loans.where(book=book["id"]):
            raise Refusal(HTTPStatus.CONFLICT, f"the book {book['id']} is lent already")
        due = TODAY + timedelta(DAYS)
        return self.loans.add({**given, "due": due.isoformat(), "desk": desk})

    def renew(self, loan: str, days: int) -> Row:
        """A loan whose book is due later."""
        due = date.fromisoformat(self.loans.get(loan)["due"]) + timedelta(days)
        return self.loans.update(loan, {"due": due.isoformat()})

    def begin_count(self) -> Row:
        """A new inventory: the count of the books is under way."""
        inventory = self.inventories.add({})
        inventory["books"] = None
        return dict(inventory)

    def count(self, inventory: str) -> Row:
        """An inventory that is asked for: under way the first time, over the second."""
        row = self.inventories.get(inventory)
        answer = dict(row)
        row["books"] = len(self.books.where())
        return answer

    def branch(self, name: str) -> Row:
        """A branch by its name."""
        if name not in BRANCHES:
            raise Refusal(HTTPStatus.NOT_FOUND, f"there is no branch {name}")
        return {"name": name, "address": BRANCHES[name]}

    def order(self, branch: str, given: Row, once: str) -> Row:
        """A new order of a branch, or the one that came with the same key."""
        if once and once in self._ordered:
            return self._ordered[once]
        row = self.orders.add({**given, "branch": self.branch(branch)["name"]})
        if once:
            self._ordered[once] = row
        return row
