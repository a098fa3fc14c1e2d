"""The request builder."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from attrs import define

from restkit import InputError, NotFound, Op
from tests.client.worlds import World
from tests.loopback import Loopback


@define
class User:
    """A model."""

    id: int
    name: str


@pytest.mark.parametrize("verb", ["get", "post", "put", "patch", "delete"])
def test_a_builder_has_the_verbs(world: World, server: Loopback, verb: str) -> None:
    """Each names the method and the path."""
    client = world.client(base_url=server.url)

    answer = world(getattr(client.build(), verb)("/echo/1").execute())

    assert (verb.upper(), "/echo/1") == (answer.data["method"], answer.data["target"])


def test_a_builder_collects_what_is_sent(world: World, server: Loopback) -> None:
    """Headers and parameters add up, the later ones go first."""
    build = world.client(base_url=server.url).build().post("/echo")

    build = build.headers({"X-A": "1", "X-B": "1"}).headers({"X-B": "2"})
    build = build.params({"a": 1, "b": 1}).params({"b": 2}).body({"name": "Ada"})
    said = world(build.execute()).data

    assert ("/echo?a=1&b=2", '{"name":"Ada"}', "1", "2") == (
        said["target"],
        said["body"],
        said["headers"]["x-a"],
        said["headers"]["x-b"],
    )


def test_a_builder_takes_any_content(world: World, server: Loopback) -> None:
    """Bytes, text, or a form; the last one is sent."""
    build = world.client(base_url=server.url).build().request("put", "/echo")

    bodies = [
        world(each.execute()).data["body"]
        for each in (build.content(b"raw"), build.body(1).form({"a": "b"}), build.form({"a": "b"}).content("text"))
    ]

    assert ["raw", "a=b", "text"] == bodies


def test_a_builder_sends_files(world: World, server: Loopback) -> None:
    """As httpx takes them."""
    build = world.client(base_url=server.url).build().post("/echo")

    said = world(build.form({}, files={"f": b"inside"}).execute()).data

    assert "inside" in said["body"]


def test_a_builder_is_a_value(world: World, server: Loopback) -> None:
    """Each method gives a new one, so a half-written call can be used twice."""
    half = world.client(base_url=server.url).build().get("/echo")

    paths = [world(half.params({"page": page}).execute()).data["target"] for page in (1, 2)]

    assert ["/echo?page=1", "/echo?page=2"] == paths


def test_a_builder_declares_its_answer(world: World) -> None:
    """`returns` is what `data` becomes."""
    client = world.mocked(lambda _: httpx.Response(200, json={"id": 1, "name": "Ada"}))

    answer = world(client.build().get("/users/1").returns(User).execute())

    assert User(1, "Ada") == answer.data


def test_a_builder_raises_for_an_error_status(world: World, server: Loopback) -> None:
    """Unless told otherwise."""
    build = world.client(base_url=server.url).build().get("/users/9")

    assert 404 == world(build.raises(False).execute()).status_code  # noqa: FBT003 - a switch, in a sentence of its own
    with pytest.raises(NotFound):
        world(build.execute())


def test_a_builder_takes_options(world: World) -> None:
    """And refuses wrong ones at once."""
    build = world.mocked(lambda _: httpx.Response(200)).build().get("/x")

    assert {"deadline": 3.0} == build.options(deadline=3).op().options
    with pytest.raises(InputError, match="deadline"):
        build.options(deadline=0)


def test_a_builder_gives_its_call_as_a_value(world: World) -> None:
    """To be executed, composed or shown."""
    build = world.mocked(lambda _: httpx.Response(200)).build()

    assert Op[Any]("GET", "/x?a=1", "/x") == build.get("/x?a=1").op()


def test_a_builder_without_a_path_is_refused(world: World) -> None:
    """There is nothing to send yet."""
    with pytest.raises(InputError) as caught:
        world(world.mocked(lambda _: httpx.Response(200)).build().execute())

    assert ("path", "is missing") == (caught.value.field, caught.value.reason)
