"""The six verbs that a resource has for free, on a real API with state."""

from __future__ import annotations

import uuid
from typing import Any

import httpx
import pytest
from attrs import define

from restkit import (
    BareResource,
    Client,
    Creates,
    Deletes,
    Gets,
    InputError,
    Lists,
    M,
    NotFound,
    Replaces,
    Resource,
    Updates,
)
from tests.client.worlds import World
from tests.loopback import Loopback


@define
class User:
    """A model."""

    id: int = 0
    name: str = ""
    age: int = 0


class Users(Resource[User, M], path="users"):
    """All verbs."""


class Logs(Gets[User, M], Lists[User, M], path="users"):
    """Two of them."""


class Bare(BareResource[User, M], path="users"):
    """None of them."""


class Acme(Client[M]):
    """The client."""

    users: Users[M]
    logs: Logs[M]
    bare: Bare[M]


def test_an_item_is_created_from_its_fields(world: World, server: Loopback) -> None:
    """`create(name=...)`."""
    client = world.client(Acme, base_url=server.url)

    assert User(1, "Ada") == world(client.users.create(name="Ada"))


def test_an_item_is_created_from_an_item(world: World, server: Loopback) -> None:
    """`create(User(...))`."""
    client = world.client(Acme, base_url=server.url)

    assert User(5, "Ada", 36) == world(client.users.create(User(5, "Ada", 36)))


def test_an_item_is_not_created_from_both(world: World, server: Loopback) -> None:
    """Nobody could say which one it would be."""
    client = world.client(Acme, base_url=server.url)

    with pytest.raises(InputError) as caught:
        world(client.users.create(User(), name="Ada"))

    assert ("item", []) == (caught.value.field, server.received)


def test_an_item_is_fetched(world: World, server: Loopback) -> None:
    """`get(id)`."""
    server.items["users/7"] = {"id": 7, "name": "Ada", "age": 36}

    assert User(7, "Ada", 36) == world(world.client(Acme, base_url=server.url).users.get(7))


@pytest.mark.parametrize("id", [uuid.UUID(int=1), "a b", True])
def test_an_id_may_be_of_several_kinds(world: World, id: Any) -> None:
    """Each written in its one way."""
    client = world.mocked(lambda request: httpx.Response(200, json={"name": str(request.url)}), Acme)
    written = {True: "true", "a b": "a%20b"}.get(id, str(id))

    assert f"https://api.test/users/{written}" == world(client.users.get(id)).name


def test_an_item_is_changed_in_part(world: World, server: Loopback) -> None:
    """`update(id, ...)` is PATCH: a field that is left out is left as it is."""
    server.items["users/7"] = {"id": 7, "name": "Ada", "age": 36}

    answer = world(world.client(Acme, base_url=server.url).users.update(7, age=37))

    assert (User(7, "Ada", 37), "PATCH", b'{"age":37}') == (
        answer,
        server.received[0].method,
        server.received[0].body,
    )


def test_an_item_is_replaced(world: World, server: Loopback) -> None:
    """`replace(id, item)` is PUT."""
    server.items["users/7"] = {"id": 7, "name": "Ada", "age": 36}

    answer = world(world.client(Acme, base_url=server.url).users.replace(7, User(7, "Bo")))

    assert (User(7, "Bo"), "PUT") == (answer, server.received[0].method)


def test_an_item_is_deleted(world: World, server: Loopback) -> None:
    """`delete(id)` answers nothing."""
    server.items["users/7"] = {"id": 7}

    answer = world(world.client(Acme, base_url=server.url).users.delete(7))

    assert (None, {}) == (answer, server.items)


def test_an_item_that_is_not_there_is_not_found(world: World, server: Loopback) -> None:
    """With the route of its resource."""
    with pytest.raises(NotFound) as caught:
        world(world.client(Acme, base_url=server.url).users.get(9))

    assert "users/{id}" == caught.value.route


def test_items_are_listed(world: World, server: Loopback) -> None:
    """`list(**params)`."""
    server.items |= {"users/1": {"id": 1}, "users/2": {"id": 2}}

    found = list(world.items(world.client(Acme, base_url=server.url).users.list(status="active")))

    assert ([User(1), User(2)], "/users?status=active") == (found, server.received[0].target)


def test_a_resource_can_have_fewer_verbs(world: World, server: Loopback) -> None:
    """Those it is made of."""
    server.items["users/1"] = {"id": 1}
    client = world.client(Acme, base_url=server.url)

    assert User(1) == world(client.logs.get(1))
    assert [True, True, False, False, False, False] == [
        hasattr(client.logs, verb) for verb in ("get", "list", "create", "update", "replace", "delete")
    ]


def test_a_bare_resource_has_no_verbs() -> None:
    """It is a path and a model."""
    assert [] == [verb for verb in ("get", "list", "create", "update", "replace", "delete") if hasattr(Bare, verb)]


def test_each_verb_is_a_class() -> None:
    """And `Resource` is all of them."""
    assert all(issubclass(Resource, verb) for verb in (Gets, Lists, Creates, Updates, Replaces, Deletes))
