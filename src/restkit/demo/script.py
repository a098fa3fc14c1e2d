"""The script of the demo: every call it makes, what must come of it and what must be sent. A new call is one entry."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from http import HTTPStatus

import httpx

from restkit import Response
from restkit.demo.call import Call, Section
from restkit.demo.failure import Failure
from restkit.demo.sdk import Book, Branch, Inventory, Library, Loan, Member, Order, Review

EMMA = Book(1, "Emma", "Jane Austen", "9780141439587")
VILLETTE = Book(4, "Villette", "Charlotte Brontë", "9780140434798")
TRANSLATED = Book(4, "Villette (übersetzt)", "Charlotte Brontë", "9780140434798")


def titles(books: Sequence[Book]) -> list[str]:
    """The titles of some books."""
    return [book.title for book in books]


def status(response: Response | httpx.Response) -> int:
    """The status of an answer."""
    return response.status_code


def status_and_data(response: Response) -> tuple[int, object]:
    """The status of an answer and its value."""
    return response.status_code, response.data


def desk(member: Member) -> str:
    """Where somebody works."""
    return member.desk


def has_another_token(members: Sequence[Member]) -> bool:
    """Whether the second was asked with another token than the first."""
    first, second = members
    return 0 < first.token < second.token


def closing(library: Library) -> object:
    """Close a client in the way of its world: `close()` or `aclose()`."""
    return getattr(library, "aclose" if library.awaits else "close")()


verbs: Section = Section("the six verbs")


@verbs.call(VILLETTE, "POST /books")
def create(library: Library) -> object:
    """A new book, from its fields."""
    return library.books.create(title="Villette", author="Charlotte Brontë", isbn="9780140434798")


@verbs.call(VILLETTE, "GET /books/4")
def get(library: Library) -> object:
    """One book, by its id."""
    return library.books.get(4)


@verbs.call(["Emma", "Persuasion", "Middlemarch", "Villette"], "GET /books", sees=titles)
def list_all(library: Library) -> object:
    """Every book, one after the other."""
    return library.books.list()


@verbs.call(["Emma", "Persuasion"], "GET /books?author=Jane%20Austen", sees=titles)
def list_some(library: Library) -> object:
    """The books of one author, in a list."""
    return library.books.list(author="Jane Austen").collect()


@verbs.call(TRANSLATED, "PATCH /books/4")
def update(library: Library) -> object:
    """Change some of its fields (PATCH)."""
    return library.books.update(4, title="Villette (übersetzt)")


@verbs.call(VILLETTE, "PUT /books/4")
def replace(library: Library) -> object:
    """Put another in its place (PUT)."""
    return library.books.replace(4, VILLETTE)


@verbs.call(None, "DELETE /books/4")
def delete(library: Library) -> object:
    """Remove it."""
    return library.books.delete(4)


parts: Section = Section("a resource below another")


@parts.call(Review(1, 5, "a joy"), "POST /books/1/reviews")
def create_below(library: Library) -> object:
    """A new review of a book."""
    return library.books(1).reviews.create(stars=5, text="a joy")


@parts.call([Review(1, 5, "a joy")], "GET /books/1/reviews")
def list_below(library: Library) -> object:
    """The reviews of a book."""
    return library.books(1).reviews.list()


operations: Section = Section("operations, of one step and of several")


@operations.call(EMMA, "GET /books/isbn/9780141439587")
def find(library: Library) -> object:
    """An operation of one step."""
    return library.books.find("9780141439587")


@operations.call(None, "GET /books/isbn/0")
def find_nothing(library: Library) -> object:
    """A declared status is no error: 404 is None."""
    return library.books.find("0")


@operations.call(Loan(1, 1, "ada", date(2026, 1, 26), "main hall"), "POST /loans")
def borrow(library: Library) -> object:
    """A new loan; a hook says from which desk."""
    return library.loans.create(book=1, member="ada")


@operations.call("due on 2026-02-09", "POST /loans/1/renewal", sees=lambda loan: f"due on {loan.due}")
def renew(library: Library) -> object:
    """An operation below an item."""
    return library.loans.renew(1, days=14)


@operations.call("garden", "POST /loans", sees=lambda loan: loan.desk)
def borrow_elsewhere(library: Library) -> object:
    """A view of the client with a header of its own."""
    return library.with_options(headers={"X-Desk": "garden"}).loans.create(book=2, member="ada")


@operations.call(2, "GET /loans?member=ada", "DELETE /loans/1", "DELETE /loans/2")
def return_all(library: Library) -> object:
    """Several steps, written once: a list, and a deletion for each."""
    return library.loans.return_all("ada")


@operations.call(Inventory(1, 3), "POST /inventories", "GET /inventories/1", "GET /inventories/1")
def take_inventory(library: Library) -> object:
    """Several steps that wait in between, until the server is done."""
    return library.inventories.take()


forms: Section = Section("other forms of a call")


@forms.call((HTTPStatus.OK, EMMA), "GET /books/1", sees=status_and_data)
def raw(library: Library) -> object:
    """The answer with its status, headers and attempts."""
    return library.books.get.raw(1)


@forms.call(HTTPStatus.NOT_FOUND, "GET /books/99", sees=status)
def raw_error(library: Library) -> object:
    """A raw answer is no error, whatever its status."""
    return library.books.get.raw(99)


@forms.call(3, "GET /books/export", sees=len)
def stream(library: Library) -> object:
    """An open answer, line by line."""
    return library.books.export.stream()


@forms.call(EMMA, "GET /books/1")
def described(library: Library) -> object:
    """A call as a value, performed later."""
    return library.execute(library.books.get.op(1))


@forms.call(HTTPStatus.OK, "GET /books/1", sees=status)
def plain_verb(library: Library) -> object:
    """Any path, without a resource."""
    return library.get("/books/1")


@forms.call((HTTPStatus.OK, EMMA), "GET /books/1?full=true", sees=status_and_data)
def builder(library: Library) -> object:
    """A one-off call, piece by piece."""
    return library.build().get("/books/1").params({"full": True}).returns(Book).execute()


@forms.call(HTTPStatus.OK, "GET /books/1", sees=status)
def as_httpx(library: Library) -> object:
    """A plain httpx client on the same pool."""
    return library.as_httpx().get("/books/1")


errors: Section = Section("errors")


@errors.call(Failure("NotFound", 404, "no book has the id 99"), "GET /books/99")
def not_found(library: Library) -> object:
    """An undeclared 404, with the problem details of the API."""
    return library.books.get(99)


@errors.call(Failure("BadRequest", 422, "a book needs a value of 'title'"), "POST /books")
def unprocessable(library: Library) -> object:
    """422: the server refuses what was sent."""
    return library.books.create(title="", author="nobody", isbn="0")


@errors.call(Loan(3, 3, "bob", date(2026, 1, 26), "main hall"), "POST /loans")
def borrow_first(library: Library) -> object:
    """A loan to be in the way of the next."""
    return library.loans.create(book=3, member="bob")


@errors.call(Failure("Conflict", 409, "the book 3 is lent already"), "POST /loans")
def conflict(library: Library) -> object:
    """409: the book is out."""
    return library.loans.create(book=3, member="ada")


@errors.call(Failure("InputError"))
def nothing_sent(library: Library) -> object:
    """A value that cannot be sent is refused before it is."""
    return library.books.get("")


@errors.call(Failure("DeadlineExceeded"), "GET /appraisal")
def too_late(library: Library) -> object:
    """A deadline that passes."""
    return library.with_options(deadline=0.2).get("/appraisal")


credentials: Section = Section("tokens that live for a second")


@credentials.call("main hall", "GET /staff/me", sees=desk)
def signed_in(library: Library) -> object:
    """Each call has shown a token so far: this one says whose it is."""
    return library.staff.me()


@credentials.call(True, *["GET /staff/me"] * 2, sees=has_another_token)  # noqa: FBT003 - what is expected
def outlived(library: Library) -> object:
    """A token ends, and nobody notices: the next is had in its time."""
    return library.staff.shift()


trouble: Section = Section("an API that misbehaves")


@trouble.call(Branch("north", "Mill Lane"), *["GET /branches/north"] * 3)
def overloaded(library: Library) -> object:
    """503, twice: it is asked again, each time after a longer wait."""
    return library.branches.get("north")


@trouble.call(Branch("east", "Harbour Street"), *["GET /branches/east"] * 2)
def throttled(library: Library) -> object:
    """429: it is asked again when it says so."""
    return library.branches.get("east")


@trouble.call(Branch("south", "Station Road"), *["GET /branches/south"] * 2)
def slow(library: Library) -> object:
    """An answer that takes too long is given up, and asked for again."""
    return library.branches.get.with_options(attempt_timeout=0.2)("south")


@trouble.call(Branch("west", "Castle Hill"), *["GET /branches/west"] * 2)
def dropped(library: Library) -> object:
    """The line drops instead of an answer: reading can be done twice."""
    return library.branches.get("west")


@trouble.call(Failure("NoAnswer"), "POST /branches/west/orders")
def not_doubled(library: Library) -> object:
    """Writing cannot: the order may have arrived, so nobody sends it again."""
    return library.branches.order("west", book=1)


@trouble.call(Order(2, "south", 1), *["POST /branches/south/orders"] * 2)
def keyed(library: Library) -> object:
    """With a key it can: the server does it once, however often it comes."""
    return library.branches.order.with_options(idempotency_key="order-1")("south", book=1)


@trouble.call([Order(2, "south", 1)], "GET /branches/south/orders")
def done_once(library: Library) -> object:
    """As it has."""
    return library.branches.orders("south")


end: Section = Section("the end")


@end.call(None)
def close(library: Library) -> object:
    """Close the client."""
    return closing(library)


@end.call(Failure("ClientClosed"))
def closed(library: Library) -> object:
    """A closed client refuses."""
    return library.books.get(1)


SCRIPT: tuple[Call, ...] = tuple(
    call for section in (verbs, parts, operations, forms, credentials, errors, trouble, end) for call in section.calls
)
