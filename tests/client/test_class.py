"""Client classes: settings of the class, the two worlds, and what is wrong at run time."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from typing import Any

import httpx
import pytest

from restkit import Async, AsyncClient, Client, ConfigError, M, Resource, Resources, Sync
from tests.client.worlds import World
from tests.loopback import Loopback


class Acme(Client[M], base_url="https://acme.test/v1", timeout=7, headers={"X-A": "1"}, params={"v": 1}):
    """The Acme API."""


class Beta(Acme[M], base_url="https://beta.test", headers={"X-B": "2"}, params={"w": 2}):
    """Another one, with more."""


class Users(Resource[Any, M], path="echo"):
    """A resource."""


class Catalogue(Resources[M]):
    """Resources to compose a client of."""

    users: Users[M]


class Music(Catalogue[Sync], Client):
    """A client in three classes: this one blocks."""


class AsyncMusic(Catalogue[Async], AsyncClient):
    """And this one awaits."""


def test_settings_of_the_class_are_defaults() -> None:
    """Those of the constructor go first."""
    settings = [Acme().settings, Acme(timeout=3, base_url="https://other.test").settings]

    assert [("https://acme.test/v1", 7), ("https://other.test", 3)] == [
        (str(each.base_url), each.timeout.read) for each in settings
    ]


def test_headers_and_parameters_add_up() -> None:
    """From class to subclass to constructor."""
    settings = Beta(headers={"X-C": "3", "x-a": "9"}, params={"w": 3}).settings

    assert ({"x-a": "9", "x-b": "2", "x-c": "3"}, {"v": 1, "w": 3}) == (dict(settings.headers), settings.params)


def test_a_subclass_leaves_its_base_as_it_is() -> None:
    """Settings are values."""
    assert ({"x-a": "1"}, {"v": 1}) == (dict(Acme().settings.headers), Acme().settings.params)


def test_a_wrong_class_keyword_is_refused_where_it_is_written() -> None:
    """When the class is made, not when it is used."""
    with pytest.raises(ConfigError, match="did you mean 'base_url'"):

        class Wrong(Client[M], bsae_url="https://x.test"):  # type: ignore[call-arg]
            """Misspelt."""


def test_the_awaiting_class_is_a_subclass() -> None:
    """`Acme[Async]` is a real class, always the same one, and knows where it comes from."""
    other = Acme[Async]

    assert (True, True, True, True, "Acme[Async]", "The Acme API.", __name__) == (
        other is Acme[Async],
        issubclass(other, Acme),
        other[Sync] is Acme,
        other[Async] is other,
        other.__name__,
        other.__doc__,
        other.__module__,
    )


def test_the_awaiting_class_is_one_whoever_asks_first() -> None:
    """Also if another thread asks while it is being made."""
    found: list[type] = []

    class Asked(Client[M]):
        """Asks for its own other world."""

        def __init_subclass__(cls, **settings: Any) -> None:
            super().__init_subclass__(**settings)
            if not found:
                found.append(cls)
                thread = threading.Thread(target=lambda: found.append(Asked[Async]), daemon=True)
                thread.start()
                thread.join(10.0)

    other = Asked[Async]

    assert ([other], True) == (found[1:], other is Asked[Async])


def test_the_blocking_class_is_itself() -> None:
    """`Acme[Sync]` is `Acme`; `AsyncClient` is `Client[Async]`."""
    assert (Acme, Client[Async]) == (Acme[Sync], AsyncClient)


def test_a_subclass_of_an_awaiting_class_awaits() -> None:
    """And its other world blocks."""

    class Mine(Acme[Async]):
        """Derived."""

    assert (True, False, "Mine[Sync]") == (Mine.awaits, Mine[Sync].awaits, Mine[Sync].__name__)


def test_a_type_variable_gives_a_generic_alias() -> None:
    """`class Beta(Acme[M])`."""
    assert (Beta, (M,)) == (Beta[M].__origin__, Beta[M].__args__)  # type: ignore[misc]


def test_the_form_with_a_class_for_each_world_works(world: World, server: Loopback) -> None:
    """Resources composed of a group; one class blocks, the other awaits."""
    kind = AsyncMusic if world.awaits else Music

    said = world(world.client(kind, base_url=server.url).users.get(7))

    assert ("/echo/7", world.awaits) == (said["target"], kind.awaits)


def test_a_client_is_shown_by_name_and_base_url() -> None:
    """Without secrets, of which a base URL can hold none."""
    assert ["<Acme https://acme.test/v1>", "<Acme[Async] https://acme.test/v1>", "<Client>"] == [
        repr(Acme()),
        repr(Acme[Async]()),
        repr(Client()),
    ]


def test_a_blocking_client_refuses_async_with() -> None:
    """At run time as well as for type checkers."""

    async def enter() -> None:
        """The wrong kind of `with`."""
        async with Acme():  # type: ignore[misc]
            pass

    with pytest.raises(ConfigError, match="use `with`"):
        asyncio.run(enter())


def test_an_awaiting_client_refuses_with() -> None:
    """At run time as well as for type checkers."""
    with pytest.raises(ConfigError, match="use `async with`"), Acme[Async]():  # type: ignore[misc]
        pass


def test_an_awaiting_client_refuses_close() -> None:
    """It would have to await."""
    with pytest.raises(ConfigError, match=r"use await client.aclose\(\)"):
        Acme[Async]().close()  # type: ignore[misc]


def test_a_blocking_client_refuses_aclose() -> None:
    """It has nothing to await."""
    with pytest.raises(ConfigError, match=r"use client.close\(\)"):
        asyncio.run(Acme().aclose())  # type: ignore[misc]


def test_a_blocking_client_works_inside_a_running_loop(server: Loopback) -> None:
    """As in a notebook (B29)."""

    async def main() -> int:
        """What runs on the loop."""
        with Client(base_url=server.url) as client:
            return client.get("/echo").status_code

    assert 200 == asyncio.run(main())


def test_importing_restkit_loads_next_to_nothing() -> None:
    """Neither httpx nor attrs."""
    code = "import sys, restkit; print(sorted({'httpx', 'attrs', 'cattrs', 'msgspec', 'anyio'} & set(sys.modules)))"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 - this Python

    assert "[]\n" == done.stdout


def test_a_client_makes_no_connection_before_it_is_used(world: World, server: Loopback) -> None:
    """Making one costs nothing on the wire, and it need not be closed then."""
    _ = world.client(base_url=server.url)

    assert 0 == server.connections


def test_an_attribute_that_is_none_is_named(world: World) -> None:
    """As Python does, so that getattr and copy work."""
    client = world.mocked(lambda _: httpx.Response(200))

    with pytest.raises(AttributeError, match="'nothing'"):
        _ = client.nothing
