"""The forms in which authors write resources, and how annotations are resolved."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Generic

import httpx
import pytest
from attrs import define
from typing_extensions import TypeVar

from restkit import Client, ConfigError, M, Op, Resource, Resources, operation
from restkit.resources import below
from tests.client.worlds import World

if TYPE_CHECKING:
    from nowhere import Ghost  # type: ignore[import-not-found]

T = TypeVar("T")


@define
class Post:
    """A model."""

    id: int
    title: str


class Client1(Client[M], base_url="https://api.test"):
    """Annotated before its resources exist."""

    users: Users[M]
    written: Instances[M]
    group: Group[M]
    ghosts: Ghosts[M]
    plain: int


class Posts(Resource[Post, M], path="/posts"):
    """A resource below others."""


class Base(Resource[T, M]):
    """What the resources of one API have in common."""

    @operation
    def touch(self, id: int) -> Op[T]:
        """Touch one."""
        return self.call("POST", "{id}/touch", id=id)


class Users(Base[Post, M], path="users"):
    """Of a generic base, with sub-resources."""

    posts: Posts[M]
    friends: Users[M]


class Instances(Resource[Post, M], path="written"):
    """Its sub-resource is written as an instance."""

    posts = Posts[M]()


class Group(Resources[M]):
    """A group has no path of its own."""

    users: Users[M]
    inner: Inner[M]


class Inner(Resources[M]):
    """A group within a group."""

    posts: Posts[M]


class Ghosts(Resources[M]):
    """Its model is imported for type checkers only."""

    lost: Ghost
    wrong: Users[M, M]  # type: ignore[type-arg]
    broken: "1 +"  # type: ignore[valid-type] # noqa: F722

    @operation
    def find(self) -> Op[Ghost]:
        """Its answer cannot be resolved."""
        return self.call("GET", "ghost")


def post(request: httpx.Request) -> httpx.Response:
    """Answer where the request went."""
    return httpx.Response(200, json={"id": 1, "title": request.url.path})


def where(world: World, call: Any) -> str:
    """Where a call goes."""
    return str(world(call).title)


def test_a_resource_is_found_by_its_annotation(world: World) -> None:
    """Forward references work, and so does a generic base."""
    client = world.mocked(post, Client1)

    assert Post(1, "/users/7") == world(client.users.get(7))


def test_a_generic_base_hands_down_its_operations(world: World) -> None:
    """What it answers is the subclass's model."""
    client = world.mocked(post, Client1)

    assert Post(1, "/users/7/touch") == world(client.users.touch(7))


@pytest.mark.parametrize("path", ["users", "users/"])
def test_a_template_may_be_a_query_alone(path: str) -> None:
    """No segment comes between."""
    assert f"{path}?kind=x" == below(path, "?kind=x")


def test_a_resource_hangs_below_an_item(world: World) -> None:
    """Of its parent, of its own kind, and of several ids."""
    users = world.mocked(post, Client1).users

    assert ["/users/7/posts/2", "/users/7/users/8/posts/2", "/users/a/b/posts/2", "/users/posts/2"] == [
        where(world, each)
        for each in (
            users(7).posts.get(2),
            users(7).friends(8).posts.get(2),
            users("a", "b").posts.get(2),
            users.posts.get(2),
        )
    ]


def test_a_resource_can_be_written_as_an_instance(world: World) -> None:
    """`posts = Posts[M]()`."""
    written = world.mocked(post, Client1).written

    assert ["/written/3/posts/2", "/written/posts/2"] == [
        where(world, each) for each in (written(3).posts.get(2), written.posts.get(2))
    ]


def test_a_group_adds_no_path(world: World) -> None:
    """Nor does one within it."""
    group = world.mocked(post, Client1).group

    assert ["/users/1", "/posts/2"] == [where(world, group.users.get(1)), where(world, group.inner.posts.get(2))]


def test_a_resource_is_made_once(world: World) -> None:
    """When it is first used."""
    client = world.mocked(post, Client1)

    assert client.users is client.users


def test_routes_name_the_places_of_values(world: World) -> None:
    """What metrics and errors call a call, whatever its values."""
    users = world.mocked(post, Client1).users

    assert ["users/{id}", "users/{id}/posts/{id}", "users/{id}/{id}/posts"] == [
        users.get.op(1).route,
        users(7).posts.get.op(2).route,
        users("a", "b").posts.list.op().route,
    ]


def test_classes_inside_functions_are_found(world: World) -> None:
    """Models, resources and clients of a test or a script."""

    @define
    class Song:
        """A model."""

        id: int
        title: str

    class Songs(Resource[Song, M], path="songs"):
        """A resource."""

        verses: Verses[M]

        @operation
        def best(self) -> Op[list[Song]]:
            """The best ones."""
            return self.call("GET", "best")

    class Verses(Resource[Song, M], path="verses"):
        """A resource below it."""

    class Music(Client[M], base_url="https://api.test"):
        """The client."""

        songs: Songs[M]

    def answer(request: httpx.Request) -> httpx.Response:
        one = {"id": 1, "title": request.url.path}
        return httpx.Response(200, json=[one] if request.url.path.endswith("best") else one)

    client = world.mocked(answer, Music)

    assert (Song(1, "/songs/1/verses/2"), [Song(1, "/songs/best")]) == (
        world(client.songs(1).verses.get(2)),
        world(client.songs.best()),
    )


def test_a_subclass_of_a_resource_keeps_its_path_unless_it_has_one(world: World) -> None:
    """And its model."""

    class Members(Users[M]):
        """The same place."""

    class Admins(Users[M], path="admins"):
        """Another place."""

    class Api(Client[M]):
        """The client."""

        members: Members[M]
        admins: Admins[M]

    client = world.mocked(post, Api)

    assert [Post(1, "/users/1"), Post(1, "/admins/1")] == [world(client.members.get(1)), world(client.admins.get(1))]


WRONG = [
    pytest.param("lost", "'Ghost' cannot be found at run time", "outside `if TYPE_CHECKING:`", id="type-checking"),
    pytest.param("wrong", "is no type", "correct it", id="no-type"),
    pytest.param("broken", "is no type", "correct it", id="syntax"),
]


@pytest.mark.parametrize(("name", "reason", "remedy"), WRONG)
def test_an_annotation_that_cannot_be_resolved_says_why(world: World, name: str, reason: str, remedy: str) -> None:
    """With the usual remedy."""
    ghosts = world.mocked(post, Client1).ghosts

    with pytest.raises(ConfigError) as caught:
        getattr(ghosts, name)

    assert (f"Ghosts.{name}", True, True) == (
        caught.value.field,
        reason in caught.value.reason,
        remedy in caught.value.remedy,
    )


def test_an_answer_that_cannot_be_resolved_says_why(world: World) -> None:
    """When the operation is used."""
    client = world.mocked(post, Client1)

    with pytest.raises(ConfigError, match="'Ghost' cannot be found at run time"):
        world(client.ghosts.find())


def test_an_annotation_that_is_no_resource_is_no_attribute(world: World) -> None:
    """`plain: int` promises a value that nobody set."""
    client = world.mocked(post, Client1)

    with pytest.raises(AttributeError, match="no attribute 'plain'"):
        _ = client.plain


def test_a_resource_without_a_client_says_so() -> None:
    """It describes, and has nobody to perform."""
    with pytest.raises(ConfigError, match="hangs on no client"):
        Users().get(1)  # type: ignore[misc]


def test_a_resource_on_its_class_is_itself() -> None:
    """For people who look at the class."""
    assert Posts is type(Instances.posts)


def test_a_paginator_must_be_one() -> None:
    """The class keyword is looked at where it is written."""
    with pytest.raises(ConfigError, match="is no paginator"):

        class Wrong(Resource[Post, M], path="x", pages="next"):  # type: ignore[arg-type]
            """Text."""


def test_an_id_must_be_a_segment(world: World) -> None:
    """An empty one would reach the collection."""
    from restkit import InputError

    users = world.mocked(post, Client1).users

    with pytest.raises(InputError) as caught:
        users("")

    assert "id" == caught.value.field


MODERN = '''
from attrs import define
from restkit import Client, M, Op, Resource, Resources, operation, Sync, Async

@define
class Song:
    id: int
    title: str

class Base[T, W: (Sync, Async)](Resource[T, W]):
    @operation
    def touch(self, id: int) -> Op[T]:
        """Touch one."""
        return self.call("POST", "{id}/touch", id=id)

class Verses[W: (Sync, Async)](Resource[Song, W], path="verses"): ...

class Songs[W: (Sync, Async)](Base[Song, W], path="songs"):
    verses: Verses[W]

class Music[W: (Sync, Async)](Client[W], base_url="https://api.test"):
    songs: Songs[W]
'''


@pytest.mark.skipif(sys.version_info < (3, 12), reason="the syntax of PEP 695 came with Python 3.12")
def test_the_syntax_of_pep_695_works(world: World) -> None:
    """`class Songs[M: (Sync, Async)](Resource[Song, M])`."""
    module = SimpleNamespace(__name__="tests.resources.modern")
    sys.modules[module.__name__] = module  # type: ignore[assignment]
    exec(MODERN, vars(module))  # noqa: S102 - it would be a syntax error here, on older Pythons

    client = world.mocked(post, module.Music)

    assert [module.Song(1, "/songs/1/verses/2"), module.Song(1, "/songs/3/touch")] == [
        world(client.songs(1).verses.get(2)),
        world(client.songs.touch(3)),
    ]


def test_a_free_type_variable_means_anything(world: World) -> None:
    """`class Base(Resource[T, M])` used as it is: its answers are plain data."""

    class Anything(Resource[T, M], Generic[T, M], path="x"):
        """Without a model."""

        @operation
        def pair(self) -> Op[list[T]]:
            """Two of them."""
            return self.call("GET", returns=None)

    class Api(Client[M]):
        """The client."""

        things: Anything[Any, M]

    client = world.mocked(post, Api)

    assert {"id": 1, "title": "/x/1"} == world(client.things.get(1))


@pytest.mark.parametrize("path", ["data.", ".", ("data", "")])
def test_a_data_path_has_no_empty_name(path: Any) -> None:
    """It is refused when the resource is declared."""
    with pytest.raises(ConfigError, match="data_path has an empty name"):
        type("Wrapped", (Resource,), {}, path="wrapped", data_path=path)
