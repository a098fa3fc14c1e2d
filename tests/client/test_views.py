"""Views: the same client with other timeouts, headers or parameters."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from restkit import Client, ClientClosed, InputError, M, Op, Resource
from tests.client.worlds import World
from tests.loopback import Loopback


class Users(Resource[Any, M], path="echo/users"):
    """A resource."""


class Acme(Client[M], headers={"X-App": "acme", "X-Class": "1"}, params={"v": "1"}):
    """A client."""

    users: Users[M]


def test_a_view_adds_headers_and_parameters(world: World, server: Loopback) -> None:
    """To those there are; the same name is replaced."""
    client = world.client(Acme, base_url=server.url)

    view = client.with_options(headers={"x-app": "view", "X-View": "1"}, params={"v": "2", "w": "3"})
    said = world(view.get("/echo")).data

    assert ("/echo?v=2&w=3", "view", "1", "1") == (
        said["target"],
        *(said["headers"][name] for name in ("x-app", "x-class", "x-view")),
    )


def test_a_view_leaves_its_client_as_it_is(world: World, server: Loopback) -> None:
    """Making one changes nothing."""
    client = world.client(Acme, base_url=server.url)

    _ = client.with_options(headers={"X-View": "1"}, params={"w": "3"})
    said = world(client.get("/echo")).data

    assert ("/echo?v=1", False) == (said["target"], "x-view" in said["headers"])


def test_a_view_of_a_view_has_both(world: World, server: Loopback) -> None:
    """Later ones go first."""
    client = world.client(Acme, base_url=server.url)

    view = client.with_options(headers={"X-A": "1", "X-B": "1"}).with_options(headers={"X-B": "2"}, params={"z": 1})
    view = view.with_options(timeout=3)
    said = world(view.get("/echo")).data

    assert ("/echo?v=1&z=1", "1", "2") == (said["target"], said["headers"]["x-a"], said["headers"]["x-b"])


def test_a_views_resources_are_its_own(world: World, server: Loopback) -> None:
    """Also where the client's had been used before."""
    client = world.client(Acme, base_url=server.url)
    world(client.users.get(1))

    said = world(client.with_options(headers={"X-View": "1"}).users.get(1))

    assert "1" == said["headers"]["x-view"]


def test_a_resource_can_have_options(world: World, server: Loopback) -> None:
    """For all its calls."""
    client = world.client(Acme, base_url=server.url)

    said = world(client.users(7).with_options(headers={"X-View": "1"}).get(2))

    assert ("1", "/echo/users/7/2?v=1") == (said["headers"]["x-view"], said["target"])


def test_a_call_can_have_options(world: World, server: Loopback) -> None:
    """For this one use of it."""
    client = world.client(Acme, base_url=server.url)

    said = world(client.users.get.with_options(params={"w": "1"})(2))

    assert "/echo/users/2?v=1&w=1" == said["target"]


def test_a_view_and_its_client_share_connections(world: World, server: Loopback) -> None:
    """One pool."""
    client = world.client(base_url=server.url)

    world(client.get("/echo"))
    world(client.with_options(timeout=9).get("/echo"))

    assert [1, 1] == [each.connection for each in server.received]


def test_closing_a_view_closes_the_client(world: World, server: Loopback) -> None:
    """There is one end of it all."""
    client = world.client(base_url=server.url)
    view = client.with_options(timeout=9)

    world.close(view)

    assert (True, True) == (view.is_closed, client.is_closed)
    with pytest.raises(ClientClosed):
        world(client.get("/echo"))


def test_the_options_of_a_call_go_before_those_of_a_view(world: World) -> None:
    """Call, view, client, class: the nearest is heard."""
    seen: list[Any] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.extensions["timeout"]["read"])
        return httpx.Response(200)

    client = world.mocked(answer, timeout=9, deadline=None)
    view = client.with_options(timeout=8)

    world(client.get("/x"))
    world(view.get("/x"))
    world(view.get("/x", timeout=7))
    world(view.execute(Op("GET", "x", returns=None, options={"timeout": httpx.Timeout(6)})))

    assert [9, 8, 7, 6] == seen


WRONG = [
    pytest.param({"time_out": 1}, "time_out", "did you mean 'timeout'?", id="misspelt"),
    pytest.param({"base_url": "https://x.test"}, "base_url", "there are auth, timeout", id="of-the-client"),
    pytest.param({"timeout": True}, "timeout", "pass a number of seconds", id="no-number"),
    pytest.param({"deadline": float("inf")}, "deadline", "above 0", id="endless"),
    pytest.param({"deadline": 10**400}, "deadline", "above 0", id="beyond-float"),
    pytest.param({"headers": {"a b": "c"}}, "headers['a b']", "letters, digits and dashes", id="header"),
    pytest.param({"params": {"a": object()}}, "params['a']", "pass text", id="parameter"),
]


@pytest.mark.parametrize(("options", "field", "remedy"), WRONG)
def test_a_wrong_option_is_refused(world: World, options: dict[str, Any], field: str, remedy: str) -> None:
    """By name, when the view is made."""
    client = world.mocked(lambda _: httpx.Response(200))

    with pytest.raises(InputError) as caught:
        client.with_options(**options)

    assert (field, True) == (caught.value.field, remedy in caught.value.remedy)
