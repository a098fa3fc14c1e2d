"""In a client: what is declared wrongly is refused before a byte is sent, what comes wrongly when it is read."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from attrs import define

from restkit import Client, ConfigError, DecodeError, M, Op, Resource, operation
from tests.client.worlds import World
from tests.loopback import Loopback


@define
class Cat:
    """A class."""

    name: str


@define
class Dog:
    """A class that nothing tells from it."""

    name: str


class Plain:
    """A class that nothing is read as."""


class Pets(Resource[Cat, M], path="users"):
    """Items that are declared wrongly."""

    @operation
    def either(self) -> Op[Cat | Dog]:
        """A union that cannot be told apart."""
        return self.call("GET", "1")

    @operation
    def plain(self) -> Op[list[Plain]]:
        """A class that says nothing of its fields."""
        return self.call("GET", "1")


class Acme(Client[M]):
    """Their API."""

    pets: Pets[M]


@pytest.mark.parametrize(("name", "said"), [("either", "Cat | Dog"), ("plain", "Plain")])
@pytest.mark.parametrize("form", ["__call__", "raw"])
def test_a_wrong_declaration_is_refused_before_a_byte_is_sent(
    world: World, server: Loopback, name: str, said: str, form: str
) -> None:
    """Not when the answer has come."""
    client = world.client(Acme, base_url=server.url)

    with pytest.raises(ConfigError, match=said.replace("|", r"\|")):
        world(getattr(getattr(client.pets, name), form)())
    assert [] == server.received


@pytest.mark.parametrize("form", ["execute", "raw"])
def test_a_wrong_further_answer_is_refused_before_a_byte_is_sent(world: World, server: Loopback, form: str) -> None:
    """It would come with some status only, and hide that."""
    client = world.client(base_url=server.url)

    with pytest.raises(ConfigError, match="Plain is nothing that a body is read as"):
        world(getattr(client, form)(Op("GET", "/echo", returns=Cat, answers={404: None, 409: Plain})))
    assert [] == server.received


def test_a_wrong_error_model_is_refused_when_the_client_is_made(world: World) -> None:
    """Not with the first error, which it would hide."""
    with pytest.raises(ConfigError, match="Plain is nothing that a body is read as"):
        world.client(base_url="https://acme.test", error_model=Plain)


def test_a_wrong_answer_is_refused_when_it_is_read(world: World) -> None:
    """With its place and the facts of its call."""
    answer: Any = httpx.Response(200, json=[{"name": "Tom"}, {"name": 7}])
    client = world.mocked(lambda _: answer)

    with pytest.raises(DecodeError) as caught:
        world(client.execute(Op("GET", "pets", returns=list[Cat])))

    assert ("$[1].name", "expected str", 200) == (caught.value.path, caught.value.expected, caught.value.status)
