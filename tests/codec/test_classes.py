"""Classes of every library become what they are, and say where a body does not fit."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import InitVar, dataclass
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Final, Generic, NewType, NotRequired, Required, TypedDict, TypeVar

import attrs
import cattrs
import msgspec
import pydantic
import pytest
import typing_extensions
from attrs import Factory, define, field

from restkit import JSON, ConfigError, InputError, MsgPack
from restkit.codec.converter import Manner
from restkit.codec.exact import is_exact
from tests.codec.trials import misfit, places, read, written

T = TypeVar("T")


@define
class User:
    """A class of attrs."""

    id: int
    name: str = "x"


@define
class Admin(User):
    """One that inherits."""

    level: int = 0


class Guest(User):
    """One that inherits without a decorator."""


@define
class Node:
    """One that names itself."""

    name: str
    kids: list[Node] = Factory(list)
    by: dict[str, Node] = Factory(dict)
    up: Node | None = None


@define
class Page(Generic[T]):
    """One that takes an argument."""

    items: list[T]
    next: str | None = None


@define
class Book(Generic[T]):
    """One that takes it within others."""

    pages: list[Page[T]] | None = None
    both: tuple[T, T] | None = None


@define
class Users(Page[User]):
    """One that has given it."""

    total: int = 0


@dataclass
class Row(Generic[T]):
    """A dataclass that takes an argument."""

    one: T
    more: list[T] = dataclasses.field(default_factory=list)


UserId = NewType("UserId", int)
Friend = NewType("Friend", User)


@define
class Remarked:
    """One whose types have remarks, some of which cannot be hashed."""

    a: Annotated[int, []]
    b: Annotated[list[Annotated[int, {}]], "x"] = Factory(list)
    c: Final[int] = 3
    d: UserId = UserId(0)
    e: Annotated[User, []] = Factory(lambda: User(0))
    kind: ClassVar[str] = "no field"


@dataclass
class Doubling:
    """A dataclass with an `__init__` of its own."""

    x: int

    def __init__(self, x: int) -> None:
        self.x = 2 * x


@dataclass
class Counting:
    """A dataclass that is made in more steps than one."""

    x: int
    y: int = dataclasses.field(init=False, default=5)
    by: InitVar[int] = 1

    def __post_init__(self, by: int) -> None:
        """Add."""
        self.x += by


@define
class Positive:
    """A class with a validator, and a last step."""

    x: int = field(validator=attrs.validators.gt(0))

    def __attrs_post_init__(self) -> None:
        self.x += 1


@dataclass
class Étoile:  # noqa: PLC2401 - that is what this is about
    """A dataclass with names that msgspec does not find in a body."""

    éclat: int  # noqa: PLC2401 - likewise


class Song(TypedDict):
    """A TypedDict, whose marks are text here."""

    title: str
    year: NotRequired[int]


class Hymn(Song, total=False):
    """One that inherits, and needs only what it says."""

    verses: Required[int]
    tune: typing_extensions.ReadOnly[str]


class Tune(typing_extensions.TypedDict):
    """One of another module."""

    key: typing_extensions.ReadOnly[typing_extensions.Required[str]]


class Shelf(TypedDict, Generic[T]):
    """One that takes an argument."""

    items: list[T]


class Shelves(Shelf[User]):
    """One that has given it."""

    place: NotRequired[int]


class Point(msgspec.Struct, rename="camel"):
    """A Struct with its own names."""

    map_x: int
    map_y: int = 0


class Strict(msgspec.Struct, forbid_unknown_fields=True):
    """A Struct that says what it refuses."""

    x: Annotated[int, msgspec.Meta(gt=0)]


class Person(pydantic.BaseModel):
    """A model of pydantic with its own names."""

    first_name: str = pydantic.Field(alias="firstName")
    age: int = 0


@pydantic.dataclasses.dataclass
class Pet:
    """A dataclass of pydantic."""

    name: str


@define
class Household:
    """A class that holds those of others."""

    people: list[Person]
    place: Point
    song: Song | None = None


TAKEN: list[Any] = [
    (User, '{"id":1,"zip":2}', User(1)),
    (Admin, '{"id":1,"level":2}', Admin(1, "x", 2)),
    (Guest, '{"id":1}', Guest(1)),
    (list[User], '[{"id":1}]', [User(1)]),
    (Node, '{"name":"a","kids":[{"name":"b"}]}', Node("a", [Node("b")])),
    (Node, '{"name":"a","by":{"x":{"name":"b"}},"up":{"name":"c"}}', Node("a", [], {"x": Node("b")}, Node("c"))),
    (Page[User], '{"items":[{"id":1}],"next":"n"}', Page([User(1)], "n")),
    (Page[int], '{"items":[1]}', Page([1])),
    (Book[int], '{"pages":[{"items":[1]}],"both":[1,2]}', Book([Page([1])], (1, 2))),
    (Users, '{"items":[{"id":1}],"total":1}', Users([User(1)], None, 1)),
    (Row[User], '{"one":{"id":1},"more":[{"id":2}]}', Row(User(1), [User(2)])),
    (UserId, "1", 1),
    (Friend, '{"id":1}', User(1)),
    (Annotated[int, []], "1", 1),
    (list[Annotated[int, []]] | None, "[1]", [1]),
    (Remarked, '{"a":1,"b":[2],"e":{"id":1}}', Remarked(1, [2], 3, UserId(0), User(1))),
    (Doubling, '{"x":1}', Doubling(1)),
    (Counting, '{"x":1,"y":9}', Counting(1)),
    (Positive, '{"x":1}', Positive(1)),
    (Étoile, '{"éclat":1}', Étoile(1)),
    (Étoile, '{"\\u00e9clat":1}', Étoile(1)),
    (Song, '{"title":"a","more":1}', {"title": "a"}),
    (Song, '{"title":"a","year":1}', {"title": "a", "year": 1}),
    (Hymn, '{"title":"a","verses":3,"tune":"b"}', {"title": "a", "verses": 3, "tune": "b"}),
    (Tune, '{"key":"c"}', {"key": "c"}),
    (Shelf[User], '{"items":[{"id":1}]}', {"items": [User(1)]}),
    (Shelf, '{"items":[1.5]}', {"items": [1.5]}),
    (Shelves, '{"items":[{"id":1}],"place":2}', {"items": [User(1)], "place": 2}),
    (Point, '{"mapX":1,"more":2}', Point(1)),
    (Strict, '{"x":1}', Strict(1)),
    (Person, '{"firstName":"Ada","age":"36"}', Person(firstName="Ada", age=36)),
    (list[Person], '[{"firstName":"Ada"}]', [Person(firstName="Ada")]),
    (Pet, '{"name":"Rex"}', Pet("Rex")),
    (
        Household,
        '{"people":[{"firstName":"Ada"}],"place":{"mapX":1},"song":{"title":"a"}}',
        Household([Person(firstName="Ada")], Point(1), {"title": "a"}),
    ),
]


@pytest.mark.parametrize(("declared", "body", "value"), TAKEN)
def test_a_body_becomes_its_class(codec: JSON, declared: Any, body: str, value: object) -> None:
    """Fields that it does not know are ignored."""
    assert value == read(declared, body, codec)


REFUSED: list[Any] = [
    (User, "{}", ["a required field @ $.id"]),
    (User, "[]", ["expected User @ $"]),
    (User, '{"id":"x","name":1}', ["expected int @ $.id", "expected str @ $.name"]),
    (list[User], '[{"id":1},{"id":null}]', ["expected int @ $[1].id"]),
    (Admin, '{"id":1,"level":"2"}', ["expected int @ $.level"]),
    (
        Node,
        '{"name":"a","kids":[{"name":1}],"by":{"x":{"up":{}}}}',
        [
            "expected str @ $.kids[0].name",
            "a required field @ $.by.x.name",
            "a required field @ $.by.x.up.name",
        ],
    ),
    (Page[User], '{"items":[{"id":1},{"id":"x"}]}', ["expected int @ $.items[1].id"]),
    (
        Book[int],
        '{"pages":[{"items":["x"]}],"both":[1,"y"]}',
        ["expected int @ $.pages[0].items[0]", "expected int @ $.both[1]"],
    ),
    (Users, '{"items":[{}]}', ["a required field @ $.items[0].id"]),
    (Row[int], '{"one":"x"}', ["expected int @ $.one"]),
    (Friend, '{"id":"x"}', ["expected int @ $.id"]),
    (Remarked, '{"a":"x","b":[1,"y"],"d":"z"}', ["expected int @ $.a", "expected int @ $.b[1]", "expected int @ $.d"]),
    (Positive, '{"x":0}', ["expected Positive @ $"]),
    (Song, '{"year":"x"}', ["a required field @ $.title", "expected int @ $.year"]),
    (Song, "[]", ["expected Song @ $"]),
    (Hymn, "{}", ["a required field @ $.title", "a required field @ $.verses"]),
    (Tune, "{}", ["a required field @ $.key"]),
    (Shelves, '{"items":[{"id":"x"}]}', ["expected int @ $.items[0].id"]),
    (Point, '{"mapX":"x","mapY":"y"}', ["expected int @ $.mapX"]),
    (Point, '{"mapY":1}', ["a required field @ $.mapX"]),
    (list[Point], '[{"mapX":1},{"mapX":null}]', ["expected int @ $[1].mapX"]),
    (Strict, '{"x":1,"y":2}', ["no such field @ $.y"]),
    (Strict, '{"x":0}', ["expected int @ $.x"]),
    (
        Person,
        '{"firstName":1,"age":"x"}',
        ["expected string (string_type) @ $.firstName", "expected int (int_parsing) @ $.age"],
    ),
    (list[Person], "[{}]", ["a required field @ $[0].firstName"]),
    (Pet, '{"name":1}', ["expected string (string_type) @ $.name"]),
    (
        Household,
        '{"people":[{}],"place":{},"song":{}}',
        [
            "a required field @ $.people[0].firstName",
            "a required field @ $.place.mapX",
            "a required field @ $.song.title",
        ],
    ),
]


@pytest.mark.parametrize(("declared", "body", "found"), REFUSED)
def test_a_body_that_does_not_fit_is_refused_by_its_places(
    codec: JSON, declared: Any, body: str, found: list[str]
) -> None:
    """All of them, by their names on the wire; of a Struct msgspec says the first only."""
    assert found == places(declared, body, codec)


def test_at_most_twenty_places_are_named() -> None:
    """And how many more there are."""
    error = misfit(list[int], '["x"' + ',"x"' * 29 + "]")

    assert ("$[0]", 21, True) == (error.path, str(error).count(";") + 1, str(error).endswith("$[19]; and 10 more"))


def test_a_long_or_strange_name_cannot_spoil_a_path() -> None:
    """It is quoted, and cut."""
    path = misfit(dict[str, int], f'{{"{"n" * 90}":"x"}}').path

    assert f"$['{'n' * 64}']" == path


class Plain:
    """A class that says nothing of its fields."""


@define
class HoldsPlain:
    """A class with such a field."""

    plain: Plain


@define
class Astray:
    """A class with a type that nobody knows."""

    where: Nowhere  # type: ignore[name-defined] # noqa: F821 - that is what is refused


class Lost(TypedDict):
    """A TypedDict with one."""

    where: Nowhere  # type: ignore[name-defined] # noqa: F821 - likewise


UNREADABLE: list[Any] = [
    (Plain, "Plain is nothing that a body is read as; declare an attrs class, or give the codec a converter"),
    (list[Plain], "Plain is nothing"),
    (Plain | None, "Plain is nothing"),
    (HoldsPlain, "Plain is nothing"),
    (complex, "complex is nothing"),
    (Callable[[int], str], "Callable[[int], str] is nothing"),
    (list["Forward"], "Forward"),  # noqa: F821 - that is what is refused
    (Astray, "Astray cannot be read as a body: name 'Nowhere' is not defined; define or import"),
    (list[Astray], "list[Astray] cannot be read as a body: name 'Nowhere' is not defined"),
    (Lost, "Lost cannot be read as a body: name 'Nowhere' is not defined"),
    (Page, "Page cannot be read as a body: Missing type for generic argument T"),
]


@pytest.mark.parametrize(("declared", "said"), UNREADABLE)
def test_a_type_that_nothing_can_be_read_as_is_refused(codec: JSON, declared: Any, said: str) -> None:
    """By name, with a remedy, when it is asked for."""
    with pytest.raises(ConfigError) as caught:
        codec.decoder(declared)

    assert said in str(caught.value)


def test_a_class_of_a_function_is_read_where_its_types_are_known() -> None:
    """Its annotations are text here, so attrs must be told."""

    @define
    class Inner:
        """A class that only this function knows."""

        x: int

    @define
    class Outer:
        """Another, which names it."""

        inner: Inner

    attrs.resolve_types(Outer, localns=locals())

    assert Outer(Inner(1)) == read(Outer, '{"inner":{"x":1}}')
    assert ["expected int @ $.inner.x"] == places(Outer, '{"inner":{"x":"y"}}')


def test_a_name_for_a_type_is_what_it_stands_for(codec: JSON) -> None:
    """PEP 695, as it can be written on every Python."""
    users = typing_extensions.TypeAliasType("users", list[User])
    prices = typing_extensions.TypeAliasType("prices", dict[str, Decimal])

    assert [User(1)] == read(users, '[{"id":1}]', codec)
    assert {"a": Decimal("1.10")} == read(prices, '{"a":1.10}', codec)
    assert ["expected int @ $[0].id"] == places(users, '[{"id":"x"}]', codec)


@pytest.mark.parametrize(
    ("declared", "exact"),
    [
        (Doubling, False),
        (Counting, False),
        (Remarked, False),
        (Guest, False),
        (Positive, True),
        (Admin, True),
        (Node, True),
        (Page[int], False),
        (Point, True),
        (Song, False),
        (Astray, False),
    ],
)
def test_only_classes_that_are_made_by_their_fields_are_read_by_msgspec(declared: Any, exact: bool) -> None:  # noqa: FBT001 - a parameter
    """An `__init__` of their own would be passed over."""
    assert exact is is_exact(declared, Manner())


def test_unknown_fields_can_be_refused() -> None:
    """In classes of attrs, dataclasses and TypedDicts; Structs and pydantic say it themselves."""
    strict = JSON(unknown="refuse")

    assert ["no such field @ $.y", "no such field @ $.z"] == places(User, '{"id":1,"z":1,"y":2}', strict)
    assert ["no such field @ $[0].z", "expected int @ $[1].id"] == places(
        list[User], '[{"id":1,"z":1},{"id":"x"}]', strict
    )
    assert ["no such field @ $.z"] == places(Song, '{"title":"a","z":1}', strict)
    assert Point(1) == read(Point, '{"mapX":1,"z":1}', strict)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"unknown": "keep"}, 'unknown is \'keep\'; pass "ignore" or "refuse"'),
        ({"rename": "snail"}, "rename is 'snail'; choose one of camel, pascal, kebab and alias"),
        ({"zone": "UTC"}, "zone is of type str; pass one such as datetime.UTC"),
        ({"converter": cattrs.Converter(), "rename": "camel"}, "converter is given, and rename"),
        ({"converter": cattrs.Converter(), "unknown": "refuse"}, "converter is given, and rename"),
    ],
)
@pytest.mark.parametrize("kind", [JSON, MsgPack])
def test_a_wrong_setting_of_a_codec_is_refused(kind: Any, settings: dict[str, Any], said: str) -> None:
    """By name, with a remedy."""
    with pytest.raises(ConfigError) as caught:
        kind(**settings)

    assert said in str(caught.value)


def test_a_decoder_is_made_once() -> None:
    """For each type and place."""
    codec = JSON()

    assert codec.decoder(User) is codec.decoder(User)
    assert codec.decoder(User) is not codec.decoder(User, ("data",))


def test_pydantic_says_itself_what_it_writes() -> None:
    """By its aliases; what it cannot write is refused as the whole that it is to us."""
    assert '{"firstName":"Ada","age":0}' == written(Person(firstName="Ada"))

    class Odd(pydantic.BaseModel):
        """A model that holds anything."""

        x: Any

    with pytest.raises(InputError, match="json is of type Odd"):
        JSON().encode(Odd(x=object()))
