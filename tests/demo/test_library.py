"""The embedded API itself: what it refuses, and how."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from restkit.demo.api import Api
from restkit.demo.call import code_of
from restkit.demo.trial import with_its_id


@pytest.fixture
def library() -> Iterator[httpx.Client]:
    """A plain httpx client of a running library."""
    with Api() as api, httpx.Client(base_url=api.url, trust_env=False) as client:
        yield client


@pytest.mark.parametrize(
    ("request_line", "body", "status", "detail"),
    [
        ("GET /", {}, 404, "there is no GET /"),
        ("PUT /books", {}, 404, "there is no PUT /books"),
        ("GET /books/1/2", {}, 404, "there is no GET /books/1/2"),
        ("GET /books/x", {}, 404, "no book has the id x"),
        ("GET /books/isbn/0", {}, 404, "no book has the ISBN 0"),
        ("PATCH /books/1", {"title": ""}, 422, "a book needs a value of 'title'"),
        ("POST /books", {"title": "Emma", "author": "Jane Austen"}, 422, "a book needs a value of 'isbn'"),
        ("POST /loans", {}, 404, "no book has the id None"),
        ("POST /loans", {"book": 1}, 422, "a loan needs a value of 'member'"),
        ("GET /loans/1", {}, 404, "no loan has the id 1"),
        ("POST /loans/1/renewal", {"days": 1}, 404, "no loan has the id 1"),
        ("GET /inventories/1", {}, 404, "no inventory has the id 1"),
        ("GET /branches/nowhere", {}, 404, "there is no branch nowhere"),
    ],
)
def test_refusals_are_problems(
    library: httpx.Client, request_line: str, body: object, status: int, detail: str
) -> None:
    """What cannot be done is refused with problem details (RFC 9457) and a request id."""
    response = library.request(*request_line.split(), json=body)

    assert (response.status_code, response.headers["content-type"], response.headers["x-request-id"]) == (
        status,
        "application/problem+json",
        "request-1",
    )
    assert (response.json()["status"], response.json()["detail"]) == (status, detail)


def test_connection_is_kept_alive(library: httpx.Client) -> None:
    """Answers of every kind leave the connection usable for the next one."""
    answers = [library.get("/books/export"), library.delete("/books/1"), library.get("/books/1"), library.get("/books")]
    streams = {id(answer.extensions["network_stream"]) for answer in answers}

    assert [answer.status_code for answer in answers] == [200, 204, 404, 200]
    assert len(streams) == 1


def test_failed_change_changes_nothing(library: httpx.Client) -> None:
    """A refused row takes no id, and leaves the table as it was."""
    before = library.get("/books").json()
    _ = library.post("/books", json={"title": "Emma"})
    added = library.post("/books", json={"title": "Villette", "author": "Charlotte Brontë", "isbn": "1"}).json()

    assert (added["id"], library.get("/books").json()) == (4, [*before, added])


def test_answer_without_an_id_is_refused() -> None:
    """The demo's hook insists on the request id that the API promises."""
    with pytest.raises(ValueError, match="no request id"):
        with_its_id(httpx.Response(200))


def test_code_is_what_is_written() -> None:
    """A call is shown as its source has it, wherever the function stands."""

    def call() -> object:
        """A call."""
        return sorted("ba", reverse=True)

    assert code_of(call) == "sorted('ba', reverse=True)"
