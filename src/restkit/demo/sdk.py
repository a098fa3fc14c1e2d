"""The SDK of a lending library: all that an author writes. `Library()` blocks, `AsyncLibrary()` awaits."""

from __future__ import annotations

from datetime import date
from typing import TypeAlias

from attrs import define

from restkit import Async, Client, Creates, Deletes, Flow, Gets, Lists, M, Op, Resource, Sleep, operation


@define
class Book:
    """Something to be lent."""

    id: int
    title: str
    author: str
    isbn: str


@define
class Review:
    """What a reader thinks of a book."""

    id: int
    stars: int
    text: str


@define
class Loan:
    """A book in a member's hands; `desk` is where it was handed out."""

    id: int
    book: int
    member: str
    due: date
    desk: str


@define
class Inventory:
    """A count of the shelves; `books` is known when it is over."""

    id: int
    books: int | None


@define
class Branch:
    """Another house of the library."""

    name: str
    address: str


@define
class Order:
    """A book that is to be brought to a branch."""

    id: int
    branch: str
    book: int


@define
class Member:
    """Somebody at a desk; `token` counts those that were given, which live for `lifetime` seconds each."""

    desk: str
    token: int
    lifetime: float


class Reviews(Lists[Review, M], Creates[Review, M], path="reviews"):
    """The reviews of one book: `library.books(7).reviews`."""


class Books(Resource[Book, M], path="books"):
    """The books, with all six verbs."""

    reviews: Reviews[M]

    @operation
    def find(self, isbn: str) -> Op[Book | None]:
        """Find the book with this ISBN; None if the library has none."""
        return self.call("GET", "isbn/{isbn}", isbn=isbn, answers={404: None})

    @operation
    def export(self) -> Op[bytes]:
        """Fetch the catalogue, a line of JSON for each book: best read with `.stream()`."""
        return self.call("GET", "export")


class Loans(Gets[Loan, M], Lists[Loan, M], Creates[Loan, M], Deletes[Loan, M], path="loans"):
    """The loans: created when a book is borrowed, deleted when it is returned."""

    @operation
    def renew(self, id: int, *, days: int) -> Op[Loan]:
        """Move the day a book is due."""
        return self.call("POST", "{id}/renewal", id=id, json={"days": days})

    @operation
    def return_all(self, member: str) -> Flow[int]:
        """Return whatever a member has borrowed, and answer how many books that were."""
        page = yield from self.list.op(member=member)
        for loan in page.items:
            yield from self.delete.op(loan.id)
        return len(page.items)


class Inventories(Gets[Inventory, M], Creates[Inventory, M], path="inventories"):
    """Counts of the shelves, which take their time."""

    @operation
    def take(self) -> Flow[Inventory]:
        """Begin a count, and ask until it is over."""
        inventory = yield from self.create.op()
        while inventory.books is None:
            yield from Sleep(0.02)
            inventory = yield from self.get.op(inventory.id)
        return inventory


class Branches(Gets[Branch, M], path="branches"):
    """The branches, to which the lines are bad."""

    @operation
    def order(self, name: str, *, book: int) -> Op[Order]:
        """Order a book to a branch."""
        return self.call("POST", "{name}/orders", name=name, json={"book": book})

    @operation
    def orders(self, name: str) -> Op[list[Order]]:
        """What was ordered."""
        return self.call("GET", "{name}/orders", name=name)


class Staff(Gets[Member, M], path="staff"):
    """Who works here, and by which token that is known."""

    @operation
    def me(self) -> Op[Member]:
        """Whoever asks."""
        return self.call("GET", "me")

    @operation
    def shift(self) -> Flow[list[Member]]:
        """Ask twice, as far apart as a token lives."""
        first = yield from self.me.op()
        yield from Sleep(first.lifetime)
        second = yield from self.me.op()
        return [first, second]


class Library(Client[M]):
    """The library's client."""

    books: Books[M]
    loans: Loans[M]
    inventories: Inventories[M]
    branches: Branches[M]
    staff: Staff[M]


AsyncLibrary: TypeAlias = Library[Async]
