"""What fields are called on the wire, both ways, and in errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypedDict

import httpx
import msgspec
import pytest
from attrs import define, field

from restkit import JSON, Client, ConfigError, M, Resource, rename
from restkit.codec.renaming import wire_names
from tests.client.worlds import World
from tests.codec.trials import misfit, read, written


@define
class Account:
    """A class of attrs whose names have several words."""

    user_id: int
    created_at: str = ""
    class_: str = ""
    _secret: str = ""
    __deep_id: str = field(default="", alias="deep")


@dataclass
class Row:
    """A dataclass."""

    row_id: int
    the_rows: list[Row] | None = None


class Song(TypedDict):
    """A TypedDict."""

    song_title: str


@rename("pascal", kind="@type")
@define
class Marked:
    """A class that says itself what it is called."""

    kind: str
    user_id: int = 0


class Derived(Marked):
    """A class that inherits that."""


@rename(kind="$type")
@define
class Half:
    """A class that says it of one field, and leaves the others to its codec."""

    kind: str
    user_id: int = 0


@rename("camel")
@dataclass
class Camel:
    """A class that is named in one way, within others."""

    user_id: int


@define
class Holder:
    """A class that leaves its own names to its codec."""

    one_item: Camel


class Point(msgspec.Struct, rename="pascal"):
    """A Struct, which says it itself."""

    map_x: int


STYLES: list[Any] = [
    ("camel", ["userId", "createdAt", "class", "_secret", "_AccountDeepId"]),
    ("pascal", ["UserId", "CreatedAt", "Class", "_Secret", "_AccountDeepId"]),
    ("kebab", ["user-id", "created-at", "class", "_secret", "_Account-deep-id"]),
    ("alias", ["user_id", "created_at", "class_", "secret", "deep"]),
    (str.upper, ["USER_ID", "CREATED_AT", "CLASS_", "_SECRET", "_ACCOUNT__DEEP_ID"]),
    (None, ["user_id", "created_at", "class_", "_secret", "_Account__deep_id"]),
]


@pytest.mark.parametrize(("style", "names"), STYLES)
def test_names_are_changed_by_a_style(style: Any, names: list[str]) -> None:
    """Underscores before the first word belong to it; one behind the last kept a word of Python's apart."""
    assert names == list(wire_names(Account, style).values())


SENT: list[Any] = [
    (JSON(rename="camel"), Row(1, [Row(2)]), '{"rowId":1,"theRows":[{"rowId":2,"theRows":null}]}'),
    (JSON(rename="kebab"), Row(1), '{"row-id":1,"the-rows":null}'),
    (JSON(rename=str.upper), Row(1), '{"ROW_ID":1,"THE_ROWS":null}'),
    (JSON(), Marked("a", 1), '{"@type":"a","UserId":1}'),
    (JSON(), Derived("a", 1), '{"@type":"a","UserId":1}'),
    (JSON(rename="camel"), Marked("a", 1), '{"@type":"a","UserId":1}'),
    (JSON(), Half("a", 1), '{"$type":"a","user_id":1}'),
    (JSON(rename="camel"), Half("a", 1), '{"$type":"a","userId":1}'),
    (JSON(rename="kebab"), Holder(Camel(1)), '{"one-item":{"userId":1}}'),
    (JSON(rename="camel"), Point(1), '{"MapX":1}'),
    (JSON(rename="alias"), Account(1, "", "", "s"), None),
]


@pytest.mark.parametrize(("codec", "value", "body"), SENT)
def test_a_model_is_sent_and_read_by_these_names(codec: JSON, value: object, body: str | None) -> None:
    """What `@rename` says of a class goes before what its codec says."""
    sent = written(value, codec)

    assert body in {None, sent}
    assert value == read(type(value), sent, codec)


def test_a_dict_is_sent_as_it_is() -> None:
    """Nobody knows that it is a TypedDict; it is renamed when it is read."""
    codec = JSON(rename="camel")

    assert {"song_title": "a"} == read(Song, '{"songTitle":"a"}', codec)
    assert '{"song_title":"a"}' == written({"song_title": "a"}, codec)


def test_an_error_names_a_field_as_on_the_wire() -> None:
    """Where the sender of the body will find it."""
    codec = JSON(rename="camel")

    assert "$.rowId" == misfit(Row, "{}", codec).path
    assert "$[0].theRows[1].rowId" == misfit(list[Row], '[{"rowId":1,"theRows":[{"rowId":1},{}]}]', codec).path
    assert "$.songTitle" == misfit(Song, '{"songTitle":1}', codec).path
    assert "$['@type']" == misfit(Marked, "{}").path
    assert "$['one-item'].userId" == misfit(Holder, '{"one-item":{}}', JSON(rename="kebab")).path.replace(
        ".one-item", "['one-item']"
    )


def test_a_name_that_does_not_exist_is_refused() -> None:
    """With the one that was probably meant, or all."""
    with pytest.raises(ConfigError, match=r"^rename\(row_ib\) on Row is no field of it; did you mean 'row_id'\?"):
        rename(row_ib="x")(Row)
    with pytest.raises(ConfigError, match="its fields are row_id, the_rows"):
        rename(zzz="x")(Row)
    with pytest.raises(ConfigError, match="rename is 'snail'; choose one of camel, pascal, kebab and alias"):
        rename("snail")  # type: ignore[arg-type] # that is what is refused


class Rows(Resource[Row, M], path="rows", codec=JSON(rename="camel")):
    """Items in the style of one part of an API."""


class Others(Resource[Row, M], path="others"):
    """Items in the style of the rest."""


class Acme(Client[M], base_url="https://acme.test"):
    """That API."""

    rows: Rows[M]
    others: Others[M]


def test_a_resource_may_have_names_of_its_own(world: World) -> None:
    """By a codec of its own."""

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"rowId": 1} if "rows" in request.url.path else {"row_id": 2})

    client = world.client(Acme, transport=httpx.MockTransport(answer))

    assert [Row(1), Row(2)] == [world(client.rows.get(1)), world(client.others.get(2))]
