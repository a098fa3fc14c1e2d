"""What is left out, what is null, and what nobody declared: UNSET, Fields and Extras."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypedDict

import cattrs
import httpx
import msgspec
import pydantic
import pytest
from attrs import Factory, define

from restkit import JSON, UNSET, Client, Extras, Fields, M, MsgPack, Resource, Unset, rename
from tests.client.worlds import World
from tests.codec.trials import misfit, places, read, refused, written


@define
class Patch:
    """A model whose fields may be left out."""

    id: int
    name: str | Unset | None = UNSET
    rate: Decimal | Unset = UNSET
    tags: list[str] | Unset = UNSET


@dataclass
class Simple:
    """A dataclass with one."""

    name: str | Unset = UNSET


@define
class Kept:
    """A model that keeps what it does not know."""

    id: int
    more: Extras = Factory(dict)


@rename("camel")
@define
class KeptRenamed:
    """One whose fields are called otherwise on the wire."""

    user_id: int
    other_fields: Extras = Factory(dict)


@define
class Holder:
    """A model that holds one."""

    inner: list[Kept]


class Song(TypedDict):
    """A model that is a dict."""

    song_title: str


@define
class User:
    """A model."""

    user_id: int
    full_name: str | None = None
    tags: set[str] = Factory(set)


def test_a_field_that_is_unset_is_left_out() -> None:
    """Where None is null."""
    users = [Patch(1), Patch(1, None), Patch(1, "x", Decimal(1), [])]

    assert '[{"id":1},{"id":1,"name":null},{"id":1,"name":"x","rate":"1","tags":[]}]' == written(users)
    assert ["{}", '{"name":"x"}'] == [written(each) for each in (Simple(), Simple("x"))]


def test_unset_never_comes_from_the_wire(codec: JSON) -> None:
    """A field that is absent has its default; its name as a value is text."""
    assert Patch(1) == read(Patch, '{"id":1}', codec)
    assert Patch(1, "unset", Decimal("1.10")) == read(Patch, '{"id":1,"name":"unset","rate":1.10}', codec)
    assert Simple("unset") == read(Simple, '{"name":"unset"}', codec)
    assert ["expected list[str] @ $.tags"] == places(Patch, '{"id":1,"tags":"unset"}', codec)


def test_unset_is_left_out_of_every_object() -> None:
    """It has no place in a list."""
    assert '{"a":[{}]}' == written({"a": [{"b": UNSET}]})
    assert ("json.a[0]", "is UNSET, and cannot be left out here") == refused({"a": [UNSET]})


def test_unknown_fields_are_kept_and_given_back(codec: JSON) -> None:
    """Also one with the name of the field that keeps them."""
    found = read(Kept, '{"id":1,"x":[1.5],"more":null}', codec)

    assert Kept(1, {"x": [1.5], "more": None}) == found
    assert '{"x":[1.5],"more":null,"id":1}' == written(found, codec)


def test_what_is_kept_does_not_go_before_what_is_known() -> None:
    """If somebody has put the same name there."""
    assert '{"id":1}' == written(Kept(1, {"id": 2}))


def test_kept_fields_are_not_unknown() -> None:
    """To a codec that refuses those."""
    strict = JSON(unknown="refuse")

    assert Holder([Kept(1, {"x": 2})]) == read(Holder, '{"inner":[{"id":1,"x":2}]}', strict)
    assert "$.y" == misfit(Holder, '{"inner":[],"y":1}', strict).path


def test_kept_fields_have_their_names_of_the_wire() -> None:
    """Only fields that are known are renamed."""
    found = read(KeptRenamed, '{"userId":1,"zip_code":2}')

    assert KeptRenamed(1, {"zip_code": 2}) == found
    assert '{"zip_code":2,"userId":1}' == written(found)


def test_kept_fields_may_be_wrong_to_write() -> None:
    """Their place is named as all others."""
    assert ("json.more.x", "is not a finite number") == refused(Kept(1, {"x": float("nan")}))


FIELDS: list[Any] = [
    (JSON(), Fields(User, {"user_id": 1, "full_name": None, "x": UNSET}), '{"user_id":1,"full_name":null}'),
    (JSON(rename="camel"), Fields(User, {"user_id": 1, "full_name": None}), '{"userId":1,"fullName":null}'),
    (JSON(rename="camel"), Fields(User, {"of_no_field": 1}), '{"of_no_field":1}'),
    (JSON(rename="camel"), Fields(User, {"friend": User(1)}), '{"friend":{"userId":1,"fullName":null,"tags":[]}}'),
    (JSON(rename="camel"), Fields(Song, {"song_title": "a"}), '{"songTitle":"a"}'),
    (JSON(rename="camel"), Fields(Any, {"song_title": "a"}), '{"song_title":"a"}'),
    (JSON(rename="camel"), {"data": Fields(User, {"user_id": 1})}, '{"data":{"userId":1}}'),
    (JSON(), Fields(User, {"tags": {"a"}}), '{"tags":["a"]}'),
    (JSON(cattrs.Converter()), Fields(User, {"user_id": 1, "x": UNSET}), '{"user_id":1}'),
]


@pytest.mark.parametrize(("codec", "fields", "body"), FIELDS)
def test_some_fields_of_a_model_are_written(codec: JSON, fields: Fields, body: str) -> None:
    """By their names on the wire."""
    assert body == written(fields, codec)


def test_a_wrong_value_among_them_is_named_by_its_field() -> None:
    """As in any dict."""
    naive = dt.datetime(2024, 5, 6)  # noqa: DTZ001 - that is what is refused

    assert ("json.full_name", "is a time without a zone") == refused(Fields(User, {"full_name": naive}))
    assert ("json.tags", "is a set, which has no order") == refused({"tags": {"a"}})


class Users(Resource[User, M], path="users"):
    """Users."""


class Acme(Client[M], base_url="https://acme.test"):
    """Their API."""

    users: Users[M]


@pytest.mark.parametrize("codec", [JSON(rename="camel"), MsgPack(rename="camel")])
def test_an_update_sends_what_is_given(world: World, codec: JSON | MsgPack) -> None:
    """None as null, UNSET not at all, under the names of the wire."""
    bodies: list[object] = []

    def answer(request: httpx.Request) -> httpx.Response:
        bodies.append(codec.decoder(Any)(request.content))
        return httpx.Response(200, content=codec.encode({"userId": 7}))

    client = world.client(Acme, transport=httpx.MockTransport(answer), codec=codec)
    found = [
        world(client.users.update(7, full_name=None, tags=UNSET)),
        world(client.users.create(user_id=7, full_name="Ada")),
        world(client.users.create(User(7, "Ada"))),
    ]

    assert [User(7)] * 3 == found
    assert [
        {"fullName": None},
        {"userId": 7, "fullName": "Ada"},
        {"userId": 7, "fullName": "Ada", "tags": []},
    ] == bodies


class Track(msgspec.Struct, rename="camel"):
    """A Struct that names its fields itself."""

    full_title: str


class Singer(pydantic.BaseModel):
    """A model of pydantic that does."""

    full_name: str = pydantic.Field(alias="fullName")
    birth_year: int = pydantic.Field(default=0, serialization_alias="born")


class Songs(Resource[Track, M], path="songs"):
    """Songs."""


class Singers(Resource[Singer, M], path="singers"):
    """Singers."""


class Choir(Client[M], base_url="https://choir.test"):
    """Their API."""

    songs: Songs[M]
    singers: Singers[M]


def test_models_that_name_their_fields_themselves(world: World) -> None:
    """What `create` is given goes out under these names, whatever the codec does to others'."""
    bodies: list[object] = []

    def answer(request: httpx.Request) -> httpx.Response:
        bodies.append(json.loads(request.content))
        return httpx.Response(200, json={"fullTitle": "Sea", "fullName": "Ann"})

    client = world.client(Choir, transport=httpx.MockTransport(answer), codec=JSON(rename="pascal"))
    _ = world(client.songs.create(full_title="Sea"))
    _ = world(client.singers.update(7, full_name="Ann", birth_year=1990))

    assert [{"fullTitle": "Sea"}, {"fullName": "Ann", "born": 1990}] == bodies
