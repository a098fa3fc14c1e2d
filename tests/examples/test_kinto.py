"""The SDK of Kinto on a real Kinto: what it writes, reads, changes, refuses to overwrite, and deletes."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from attrs import evolve

from examples.kinto import Fault, Post
from restkit import UNSET, NotFound, PreconditionFailed
from tests.client.worlds import World
from tests.examples.conftest import Script

pytestmark = pytest.mark.server


def as_kept(world: World, kinto: Any, bucket: str) -> dict[str, Any]:
    """What Kinto keeps of the post, whatever the model makes of it."""
    data: dict[str, Any] = world(kinto.get(f"buckets/{bucket}/collections/posts/records/engines")).data["data"]
    return {name: value for name, value in data.items() if name != "last_modified"}


def test_something_is_created_under_its_name(post: Post) -> None:
    """And comes back with its version."""
    assert evolve(post, last_modified=1) == Post(id="engines", last_modified=1, title="Engines", text="Wheels.")


def test_something_is_created_under_a_name_of_kintos(world: World, posts: Any) -> None:
    """From its fields."""
    made = world(posts.create(title="Looms"))

    assert ("Looms", str(uuid.UUID(made.id))) == (made.title, made.id)


def test_a_name_is_taken_once(world: World, kinto: Any, bucket: str) -> None:
    """Whoever comes later is told so, in Kinto's own words."""
    with pytest.raises(PreconditionFailed) as caught:
        world(kinto.buckets.add(bucket))

    assert Fault(114, "Precondition Failed", "Resource was modified meanwhile") == caught.value.data


def test_something_is_fetched(world: World, posts: Any, post: Post) -> None:
    """By its name."""
    assert post == world(posts.get("engines"))


def test_the_version_is_in_the_headers_too(world: World, posts: Any, post: Post) -> None:
    """As an ETag."""
    assert post.etag == world(posts.get.raw("engines")).headers["ETag"]


def test_everything_is_listed(world: World, posts: Any, post: Post) -> None:
    """In the order that was asked for."""
    later = world(posts.create(title="Looms"))

    assert [post, later] == list(world.items(posts.list(_sort="last_modified")))


def test_a_list_is_filtered(world: World, posts: Any, post: Post) -> None:
    """By Kinto, on any field."""
    world(posts.create(title="Looms"))

    assert [post] == list(world.items(posts.list(title="Engines")))


@pytest.mark.usefixtures("post")
def test_a_list_is_one_page(world: World, posts: Any) -> None:
    """Where the next one is, Kinto says in a header that nobody follows yet."""
    later = world(posts.create(title="Looms"))

    assert [later] == list(world.items(posts.list(_sort="-last_modified", _limit=1)))
    assert "_token=" in world(posts.list.raw(_limit=1)).headers["Next-Page"]


def test_a_field_that_is_left_out_stays(world: World, kinto: Any, bucket: str, posts: Any, post: Post) -> None:
    """UNSET is not sent."""
    world(posts.edit(post, title="Looms", text=UNSET))

    assert {"id": "engines", "title": "Looms", "text": "Wheels."} == as_kept(world, kinto, bucket)


def test_null_is_stored(world: World, kinto: Any, bucket: str, posts: Any, post: Post) -> None:
    """None is sent as null."""
    world(posts.edit(post, text=None))

    assert {"id": "engines", "title": "Engines", "text": None} == as_kept(world, kinto, bucket)


def test_fields_are_changed_by_their_names(world: World, posts: Any, post: Post) -> None:
    """`update` is the verb that every resource has."""
    changed = world(posts.update("engines", text=None))

    assert evolve(post, text=None, last_modified=0) == evolve(changed, last_modified=0)


def test_a_change_of_an_old_version_is_refused(world: World, posts: Any, post: Post) -> None:
    """What came first stands."""
    first = world(posts.edit(post, title="Looms"))

    with pytest.raises(PreconditionFailed) as caught:
        world(posts.edit(post, title="Mills"))

    assert (412, first) == (caught.value.status, world(posts.get("engines")))


def test_something_is_replaced(world: World, posts: Any, post: Post) -> None:
    """If nobody has changed it meanwhile."""
    saved = world(posts.save(evolve(post, title="Looms", text=None)))

    assert ("Looms", None, True) == (saved.title, saved.text, saved.last_modified > post.last_modified)


def test_an_old_version_does_not_replace_a_new_one(world: World, posts: Any, post: Post) -> None:
    """It is refused."""
    world(posts.save(post))

    with pytest.raises(PreconditionFailed):
        world(posts.save(post))


def test_what_has_not_changed_does_not_come_again(world: World, posts: Any, post: Post) -> None:
    """A 304 is None."""
    assert None is world(posts.newer(post))


def test_what_has_changed_comes_again(world: World, posts: Any, post: Post) -> None:
    """As it is now."""
    changed = world(posts.edit(post, title="Looms"))

    assert changed == world(posts.newer(post))


def test_something_is_deleted(world: World, posts: Any, post: Post) -> None:
    """And then it is not found."""
    assert None is world(posts.delete(post.id))

    with pytest.raises(NotFound) as caught:
        world(posts.get(post.id))

    assert (404, "buckets/{id}/collections/{id}/records/{id}") == (caught.value.status, caught.value.route)


def test_a_bucket_is_deleted_with_all_that_is_in_it(world: World, kinto: Any, bucket: str, posts: Any) -> None:
    """When it is made again, it is empty."""
    world(kinto.buckets.delete(bucket))
    world(kinto.buckets.add(bucket))
    world(kinto.buckets(bucket).collections.add("posts"))

    assert [] == list(world.items(posts.list()))


def test_the_script_runs(script: Script, address: str) -> None:
    """Blocking first, then awaiting."""
    assert [
        "bucket: blog",
        "collection: posts",
        "edited: None",
        "too late: Fault(errno=114, error='Precondition Failed', message='Resource was modified meanwhile')",
        "attached: Übersicht.txt 6",
        "listed: ['Wheels']",
    ] == script("kinto.py", address)
