"""What breaks with a real Kinto breaks as it should, and shows no password."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from examples.kinto import Fault, Kinto, Post, signed_in
from restkit import AttemptStarted, BadRequest, DecodeError, Forbidden, InputError, RestkitError, Unauthorized
from tests.client.worlds import World
from tests.examples.conftest import PASSWORD
from tests.examples.shown import everything_of

pytestmark = pytest.mark.server

CODED = base64.b64encode(f"ann:{PASSWORD}".encode()).decode()


def test_a_field_of_the_wrong_type_is_named(world: World, kinto: Any, bucket: str, posts: Any) -> None:
    """By its path in the whole answer, without its value."""
    body = {"data": {"id": "odd", "title": 4711}}
    world(kinto.post(f"buckets/{bucket}/collections/posts/records", json=body))

    with pytest.raises(DecodeError) as caught:
        world(posts.get("odd"))

    assert ("$.data.title", "expected str", False) == (
        caught.value.path,
        caught.value.expected,
        "4711" in everything_of(caught.value),
    )


def test_a_field_of_the_wrong_type_in_a_list_is_named(world: World, kinto: Any, bucket: str, posts: Any) -> None:
    """With the item's number."""
    body = {"data": {"id": "odd", "title": 4711}}
    world(kinto.post(f"buckets/{bucket}/collections/posts/records", json=body))

    with pytest.raises(DecodeError) as caught:
        _ = list(world.items(posts.list()))

    assert "$.data[0].title" == caught.value.path


@pytest.mark.parametrize("name", ["..", ".", "", "../x", "a/b", "a b", "ä", "%2e%2e", "a?b", "a#b", "a\r\nb"])
def test_a_name_that_would_change_the_path_is_not_sent(world: World, address: str, name: str) -> None:
    """It is refused by whoever would use it."""
    events: list[object] = []
    kinto = world.client(Kinto, base_url=address, headers=signed_in("ann", PASSWORD), observers=[events.append])

    with pytest.raises(InputError) as caught:
        world(kinto.buckets("b").collections("c").records.get(name))

    assert ("id", []) == (caught.value.field, [each for each in events if isinstance(each, AttemptStarted)])


def test_a_name_that_kinto_does_not_like_is_kintos_to_refuse(world: World, posts: Any) -> None:
    """It says why."""
    with pytest.raises(BadRequest) as caught:
        world(posts.get("~"))

    assert Fault(107, "Invalid parameters", "path: Invalid object id") == caught.value.data


def stranger(world: World, address: str, bucket: str) -> Any:
    """Look at what is another's."""
    return world.client(Kinto, base_url=address, headers=signed_in("eve", PASSWORD)).buckets.get(bucket)


def nobody(world: World, address: str, bucket: str) -> Any:
    """Look without saying who one is."""
    return world.client(Kinto, base_url=address).buckets.get(bucket)


@pytest.mark.parametrize(("look", "expected"), [(stranger, Forbidden), (nobody, Unauthorized)])
def test_what_is_anothers_cannot_be_seen(world: World, address: str, bucket: str, look: Any, expected: Any) -> None:
    """Whoever asks is told so."""
    with pytest.raises(expected):
        world(look(world, address, bucket))


def unreachable(world: World, _: Any) -> Any:
    """Ask a server that is not there."""
    client = world.client(Kinto, base_url="http://127.0.0.1:1/v1", headers=signed_in("ann", PASSWORD))
    return client.buckets.get("b")


FAILURES: list[Any] = [
    pytest.param(lambda _, posts: posts.get("nowhere"), id="missing"),
    pytest.param(lambda _, posts: posts.save(Post(id="looms", last_modified=1, title="")), id="late"),
    pytest.param(lambda _, posts: posts.get("~"), id="bad"),
    pytest.param(lambda _, posts: posts.get("a/b"), id="odd"),
    pytest.param(unreachable, id="unreachable"),
]


@pytest.mark.parametrize("fail", FAILURES)
def test_no_error_holds_the_password(world: World, posts: Any, fail: Any) -> None:
    """Neither as it is nor as it is sent."""
    with pytest.raises(RestkitError) as caught:
        world(fail(world, posts))

    shown = everything_of(caught.value)
    assert [False, False] == [PASSWORD in shown, CODED in shown]


def test_nothing_that_is_shown_holds_the_password(kinto: Any, posts: Any) -> None:
    """Neither the client, nor its settings, nor a call as curl."""
    shown = f"{kinto!r} {kinto.settings!r} {kinto.as_curl(posts.get.op('a'))}"

    assert [False, False] == [PASSWORD in shown, CODED in shown]
