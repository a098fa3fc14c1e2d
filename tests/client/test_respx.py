"""respx in its default mode mocks below restkit's own transports."""

from __future__ import annotations

import httpx
import pytest
import respx

from restkit import NotFound
from tests.client.worlds import World


def test_a_mocked_route_answers(world: World) -> None:
    """In all worlds, with nothing said to restkit."""
    with respx.mock:
        route = respx.get("https://api.test/users/7").respond(json={"id": 7})
        answer = world(world.client(base_url="https://api.test").get("/users/7"))

    assert ({"id": 7}, 1) == (answer.data, route.call_count)


def test_a_mocked_status_is_raised(world: World) -> None:
    """As a real one would be."""
    with respx.mock:
        respx.get("https://api.test/users/7").respond(404)
        with pytest.raises(NotFound):
            world(world.client(base_url="https://api.test").get("/users/7"))


def test_a_mocked_error_is_translated(world: World) -> None:
    """As a real one would be."""
    from restkit import ConnectError

    with respx.mock:
        respx.get("https://api.test/users/7").mock(side_effect=httpx.ConnectError)
        with pytest.raises(ConnectError):
            world(world.client(base_url="https://api.test").get("/users/7"))
