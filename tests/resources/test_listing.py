"""Lists: items, pages, all at once, the first; and the protocol by which a paginator finds the next page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from attrs import define, evolve, frozen

from restkit import Client, Codec, Flow, M, NotFound, Op, Page, Resource, Response
from tests.client.worlds import World


@define
class User:
    """A model."""

    id: int


@frozen
class Numbered:
    """Pages by number, in an envelope: what a paginator takes."""

    parameter: str = "page"

    def reader(self, codec: Codec, item: Any) -> Callable[[httpx.Response], Page[Any]]:
        """The items, and the number of the page after them."""
        opened, items = codec.decoder(dict[str, Any]), codec.decoder(list[item])

        def read(response: httpx.Response) -> Page[Any]:
            envelope = opened(response.content)
            return Page(items(codec.encode(envelope["items"])), response, envelope.get("next"))

        return read

    def following(self, op: Op[Page[Any]], page: Page[Any]) -> Op[Page[Any]] | None:
        """The same call for another number."""
        if page.cursor is None:
            return None
        return evolve(op, params={**dict(op.params or {}), self.parameter: page.cursor})


class Whole(Resource[User, M], path="whole"):
    """One page."""


class Paged(Resource[User, M], path="paged", pages=Numbered()):
    """Two pages."""


class Acme(Client[M]):
    """The client."""

    whole: Whole[M]
    paged: Paged[M]


class Server:
    """Serves both, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer a page."""
        self.asked.append(request.url.query.decode())
        if request.url.path == "/whole":
            return httpx.Response(200, json=[{"id": 1}, {"id": 2}])
        if request.url.params.get("page") == "2":
            return httpx.Response(200, json={"items": [{"id": 3}]})
        return httpx.Response(200, json={"items": [{"id": 1}, {"id": 2}], "next": 2})


ALL = {"whole": [User(1), User(2)], "paged": [User(1), User(2), User(3)]}


@pytest.mark.parametrize("name", ["whole", "paged"])
def test_a_listing_gives_its_items(world: World, name: str) -> None:
    """Over all pages."""
    resource = getattr(world.mocked(Server(), Acme), name)

    assert ALL[name] == list(world.items(resource.list()))


@pytest.mark.parametrize("name", ["whole", "paged"])
def test_a_listing_is_collected(world: World, name: str) -> None:
    """In one list."""
    resource = getattr(world.mocked(Server(), Acme), name)

    assert ALL[name] == world(resource.list().collect())


def test_a_listing_gives_its_pages(world: World) -> None:
    """Each with its items and its answer."""
    client = world.mocked(Server(), Acme)

    pages = list(world.items(client.paged.list().pages()))

    assert [(2, [User(1), User(2)], 200), (1, [User(3)], 200)] == [
        (len(page), list(page), page.http.status_code) for page in pages
    ]


def test_a_listing_has_a_first_item(world: World) -> None:
    """Or none; only one page is asked for."""
    server = Server()
    client = world.mocked(server, Acme)
    empty = world.mocked(lambda _: httpx.Response(200, json=[]), Acme)

    assert (User(1), None, [""]) == (
        world(client.paged.list().first()),
        world(empty.whole.list().first()),
        server.asked,
    )


def test_nothing_is_sent_before_it_is_iterated(world: World) -> None:
    """A listing is a promise."""
    server = Server()

    listing = world.mocked(server, Acme).paged.list(team="red")

    assert ([], True) == (server.asked, repr(listing).endswith("Pages of paged>"))


def test_pages_are_fetched_as_they_are_needed(world: World) -> None:
    """The second one when the first is used up, with the parameters of the first."""
    server = Server()
    items = world.items(world.mocked(server, Acme).paged.list(team="red"))

    _ = [next(items), next(items)]
    before = list(server.asked)
    _ = list(items)

    assert (["team=red"], ["team=red", "team=red&page=2"]) == (before, server.asked)


def test_a_listing_can_be_iterated_twice(world: World) -> None:
    """It begins anew."""
    listing = world.mocked(Server(), Acme).paged.list()

    assert [ALL["paged"]] * 2 == [list(world.items(listing)) for _ in range(2)]


def test_a_page_is_a_described_call(world: World) -> None:
    """`.op` gives the first page."""
    client = world.mocked(Server(), Acme)

    page = world(client.execute(client.paged.list.op()))

    assert (Page, [User(1), User(2)], 2) == (type(page), page.items, page.cursor)


def test_first_pages_are_equal_by_their_parts(world: World) -> None:
    """As all described calls are: paginators and models included."""
    client = world.mocked(Server(), Acme)
    op = client.paged.list.op()

    assert (op, False, False) == (
        client.paged.list.op(),
        op == client.whole.list.op(),
        evolve(op, returns=int) == evolve(op, returns=op.returns),
    )


def test_a_page_is_shown_by_its_length() -> None:
    """Its items may hold secrets."""
    assert "<Page of 2>" == repr(Page([1, 2], httpx.Response(200)))


def test_a_page_can_be_had_raw(world: World) -> None:
    """`.raw` gives the Response of the first page."""
    client = world.mocked(Server(), Acme)

    answer = world(client.whole.list.raw())

    assert (Response, [User(1), User(2)]) == (type(answer), answer.data.items)


def test_a_listing_is_a_step_of_a_flow(world: World) -> None:
    """`collect` in a flow."""
    client = world.mocked(Server(), Acme)

    def steps() -> Flow[int]:
        users = yield from client.paged.list.collect()
        return len(users)

    assert 3 == world(client.execute(steps()))


def test_a_listing_that_fails_raises(world: World) -> None:
    """Where it is iterated."""
    client = world.mocked(lambda _: httpx.Response(404), Acme)

    with pytest.raises(NotFound):
        _ = list(world.items(client.whole.list()))


def test_a_listing_takes_options(world: World) -> None:
    """As any call does."""
    client = world.mocked(lambda request: httpx.Response(200, json=[{"id": int(request.headers["x-id"])}]), Acme)

    assert [User(9)] == list(world.items(client.whole.list.with_options(headers={"X-Id": "9"})()))
