"""A quarter of the redirect matrix, on real sockets; the whole of it is a campaign."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator

import pytest

from tests.campaign.redirects import CARRIERS, CELLS, CODES, WAYS, Came, Cell, play_in, share, wrong
from tests.campaign.redirects_places import Places, running
from tests.campaign.wire_worlds import WORLDS
from tests.client.worlds import World


@pytest.fixture(scope="module")
def places() -> Iterator[Places]:
    """The servers."""
    with running() as made:
        yield made


@pytest.mark.parametrize("turn", range(len(WORLDS)), ids=[world.name for world in WORLDS])
def test_no_credential_leaves_its_origin(places: Places, turn: int) -> None:
    """And within it, all that was sent before is sent again."""
    found = play_in(WORLDS[turn], share(len(CELLS) // 4, turn), places)

    assert {} == {str(cell): said for cell, came in found if (said := wrong(cell, came))}


def test_a_quarter_has_everything() -> None:
    """Each code, each change of origin, each carrier."""
    cells = share(len(CELLS) // 4, 0)

    assert (set(CODES), {each.name for each in WAYS}, {each.name for each in CARRIERS}) == (
        {cell.code for cell in cells},
        {cell.way.name for cell in cells},
        {cell.carrier.name for cell in cells},
    )


def test_all_of_it_is_all_of_it() -> None:
    """Whatever the turn."""
    assert sorted(map(str, CELLS)) == sorted(map(str, share(len(CELLS), 2)))


def cell(way: str, carrier: str = "X-Api-Key by call") -> Cell:
    """The cell of a 302."""
    return next(each for each in CELLS if (each.code, each.way.name, each.carrier.name) == (302, way, carrier))


@pytest.mark.parametrize(
    ("way", "came", "said"),
    [
        ("other host", Came(200, (("a", True), ("b", True))), "hop to b: carried=True"),
        ("and back", Came(200, (("a", True), ("b", False), ("a", True))), "hop to a: carried=True"),
        ("case and dot", Came(200, (("a", True), ("a", False))), "hop to a: carried=False"),
        ("other host", Came(200, (("a", False), ("b", False))), "the first request had no credential"),
        ("other host", Came(None, (("a", True),)), "it ended with a refusal"),
        ("https to http", Came(200, (("a", True), ("b", False))), "2 requests arrived, at a, b"),
    ],
)
def test_what_is_wrong_is_named(way: str, came: Came, said: str) -> None:
    """So that the matrix cannot pass by looking away."""
    assert said in wrong(cell(way), came)


def test_no_credential_leaves_its_origin_behind_a_proxy(world: World, places: Places) -> None:
    """The proxy has its own with each request."""
    proxy = f"http://me:pw@127.0.0.1:{places.ports['http']}"
    start, end = (f"http://{host}/{world.name}" for host in ("api.test", "other.test"))
    places.answers[start] = (302, end)
    client = world.client(base_url="http://api.test", proxy=proxy, redirects=True, headers={"X-Api-Key": "canary"})
    world(client.get(world.name))

    own = f"Proxy-Authorization: Basic {b64encode(b'me:pw').decode()}".encode()
    assert [(start, True, True), (end, True, False)] == [
        (each.target, own in each.raw, b"canary" in each.raw) for each in places.arrived if each.target in {start, end}
    ]
