"""Generated models and bodies for them: any class that an author may write, any JSON that a server may send.

The same seed makes the same. A body is mostly what its model declares; about a third have something else in some place.
"""

from __future__ import annotations

import base64
import datetime as dt
import enum
import json
import random
import uuid
from collections.abc import Callable
from dataclasses import field as dataclass_field
from dataclasses import make_dataclass
from decimal import Decimal
from typing import Any, Literal, TypedDict

import attrs
import msgspec
from attrs import frozen, validators

from restkit import JSON, DecodeError
from restkit.codec.exact import is_exact


class Colour(enum.Enum):
    """An enum of texts."""

    RED = "red"
    BLUE = "blue"


class Level(enum.IntEnum):
    """An enum that is a number."""

    LOW = 1
    HIGH = 2


class Word(enum.StrEnum):
    """An enum that is text."""

    YES = "yes"
    NO = "no"


class Mixed(enum.Enum):
    """An enum of both."""

    ONE = 1
    TWO = "two"


class Row(TypedDict, total=False):
    """A TypedDict."""

    name: str
    size: int


class Struct(msgspec.Struct):
    """A Struct."""

    name: str
    size: int = 0


class Thorough(JSON):
    """JSON that is read by cattrs alone."""

    def direct(self, declared: Any, path: Any) -> None:
        """None."""


Value = Callable[[random.Random], object]
MOMENTS = ["2024-05-06T12:00:00Z", "2024-05-06T12:00:00.25+02:00", "2024-05-06T12:00:00"]
SCALARS: list[tuple[Any, Value]] = [
    (int, lambda dice: dice.choice([0, -1, 7, 2**31, 2**63, 2**70, dice.randrange(10**6)])),
    (str, lambda dice: dice.choice(["", "a", "é🎉", "null", "1", "2024-05-06", "\u0000\u202e", "x" * 40])),
    (float, lambda dice: dice.choice([0.0, -0.0, 1.5, 1e300, 3, -7, 0.1])),
    (bool, lambda dice: dice.random() < 0.5),
    (Any, lambda dice: anything(dice, 2)),
    (
        dt.datetime,
        lambda dice: dice.choice(["2024-05-06T12:00:00Z", "2024-05-06T12:00:00.25+02:00", "2024-05-06T12:00:00"]),
    ),
    (dt.date, lambda dice: dice.choice(["2024-05-06", "1999-12-31"])),
    (dt.time, lambda dice: dice.choice(["12:00:00", "12:00:00.5Z"])),
    (dt.timedelta, lambda dice: dice.choice(["PT1H", "P1DT2S"])),
    (Decimal, lambda dice: dice.choice(["1.10", 3, 0.1, 1.10, "1E+2"])),
    (uuid.UUID, lambda dice: str(uuid.UUID(int=dice.getrandbits(128)))),
    (bytes, lambda dice: base64.b64encode(dice.randbytes(4)).decode()),
    (Colour, lambda dice: dice.choice(["red", "blue"])),
    (Level, lambda dice: dice.choice([1, 2])),
    (Word, lambda dice: dice.choice(["yes", "no"])),
    (Literal["a", "b"], lambda dice: dice.choice(["a", "b"])),
    (Literal[1, 2], lambda dice: dice.choice([1, 2])),
    (Row, lambda dice: {"name": "x", "size": 1, "more": dice.choice([None, 1])}),
    (Struct, lambda dice: dice.choice([{"name": "x"}, {"name": "x", "size": 2, "more": None}])),
]
HASHABLE = [each for each in SCALARS if each[0] in {int, str, bool, dt.date, uuid.UUID, Colour}]
NAMES = ["id", "name", "size", "created_at", "items", "next", "class_", "kind", "data", "é"]


@frozen
class Kind:
    """A declared type, and how a value for it is made."""

    declared: Any
    value: Value


def kind_of(dice: random.Random, depth: int) -> Kind:
    """A type of any form."""
    if depth == 0 or dice.random() < 0.5:
        return Kind(*dice.choice(SCALARS))
    return dice.choice([a_list, a_tuple, a_pair, a_set, a_dict, an_optional, a_union, a_class])(dice, depth - 1)


def a_list(dice: random.Random, depth: int) -> Kind:
    """A list."""
    inner = kind_of(dice, depth)
    return Kind(list[inner.declared], lambda dice: [inner.value(dice) for _ in range(dice.randrange(4))])


def a_tuple(dice: random.Random, depth: int) -> Kind:
    """A tuple of one kind."""
    inner = kind_of(dice, depth)
    return Kind(tuple[inner.declared, ...], lambda dice: [inner.value(dice) for _ in range(dice.randrange(3))])


def a_pair(dice: random.Random, depth: int) -> Kind:
    """A tuple of two kinds."""
    one, two = kind_of(dice, depth), kind_of(dice, depth)
    return Kind(tuple[one.declared, two.declared], lambda dice: [one.value(dice), two.value(dice)])


def a_set(dice: random.Random, _: int) -> Kind:
    """A set."""
    declared, value = dice.choice(HASHABLE)
    kind = dice.choice([set, frozenset])
    return Kind(kind[declared], lambda dice: [value(dice) for _ in range(dice.randrange(2))])


def a_dict(dice: random.Random, depth: int) -> Kind:
    """A dict of texts, or of whole numbers."""
    inner, key = kind_of(dice, depth), dice.choice([str, str, int])
    names = ["1", "22"] if key is int else NAMES
    return Kind(
        dict[key, inner.declared],  # type: ignore[valid-type] # types are values here
        lambda dice: {dice.choice(names): inner.value(dice) for _ in range(dice.randrange(3))},
    )


def an_optional(dice: random.Random, depth: int) -> Kind:
    """A type, or null."""
    inner = kind_of(dice, depth)
    return Kind(inner.declared | None, lambda dice: None if dice.random() < 0.3 else inner.value(dice))


def a_union(dice: random.Random, _: int) -> Kind:
    """One of two scalars."""
    (one, of_one), (two, of_two) = dice.sample(SCALARS[:5] + SCALARS[5:13], 2)
    return Kind(one | two if Any not in {one, two} else Any, lambda dice: dice.choice([of_one, of_two])(dice))


def a_class(dice: random.Random, depth: int) -> Kind:
    """An attrs class or a dataclass, sometimes with what msgspec alone would read otherwise."""
    fields = {name: kind_of(dice, depth) for name in dice.sample(NAMES, dice.randrange(1, 5))}
    optional = {name for name in fields if dice.random() < 0.3}
    made = of_attrs(dice, fields, optional) if dice.random() < 0.7 else of_dataclasses(fields, optional)

    def value(dice: random.Random) -> object:
        given = {name: kind.value(dice) for name, kind in fields.items() if name not in optional or dice.random() < 0.5}
        if dice.random() < 0.2:
            given["unknown"] = anything(dice, 1)
        return given

    return Kind(made, value)


def of_attrs(dice: random.Random, fields: dict[str, Kind], optional: set[str]) -> type:
    """An attrs class."""
    odd = dice.choice([*fields]) if dice.random() < 0.2 else ""
    made: dict[str, Any] = {}
    for name, kind in sorted(fields.items(), key=lambda item: item[0] in optional):
        options: dict[str, Any] = {"type": kind.declared}
        if name in optional:
            options["default"] = None
        if name == odd:
            options |= dice.choice(ODD)
        made[name] = attrs.field(**options)
    # Keywords only: a field with a default may then stand before one without.
    return attrs.make_class("Model", made, frozen=dice.random() < 0.3, slots=dice.random() < 0.7, kw_only=True)


ODD: list[dict[str, Any]] = [
    {"alias": "other"},
    {"converter": attrs.converters.optional(str)},
    {"validator": validators.optional(validators.instance_of((str, int, float)))},
    {"default": attrs.Factory(lambda self: type(self).__name__, takes_self=True)},
    {"init": False, "default": 1},
    {"default": attrs.Factory(list)},
]


def of_dataclasses(fields: dict[str, Kind], optional: set[str]) -> type:
    """A dataclass."""
    return make_dataclass(
        "Model",
        [
            (name, kind.declared, dataclass_field(default=None)) if name in optional else (name, kind.declared)
            for name, kind in fields.items()
        ],
        kw_only=True,
    )


def anything(dice: random.Random, depth: int) -> object:
    """Any JSON."""
    if depth == 0 or dice.random() < 0.6:
        return dice.choice([None, True, False, 0, 1, -1, 1.0, 0.5, 2**70, "", "a", "1", "red", "2024-05-06", [], {}])
    if dice.random() < 0.5:
        return [anything(dice, depth - 1) for _ in range(dice.randrange(3))]
    return {dice.choice(NAMES): anything(dice, depth - 1) for _ in range(dice.randrange(3))}


def spoiled(value: object, dice: random.Random) -> object:
    """A value with something else in some place."""
    if isinstance(value, dict) and value and dice.random() < 0.8:
        name = dice.choice([*value])
        if dice.random() < 0.2:
            return {other: each for other, each in value.items() if other != name}
        return {**value, name: spoiled(value[name], dice)}
    if isinstance(value, list) and value and dice.random() < 0.8:
        place = dice.randrange(len(value))
        return [*value[:place], spoiled(value[place], dice), *value[place + 1 :]]
    return anything(dice, 2)


def body(kind: Kind, dice: random.Random) -> bytes:
    """A body for a type, as a server may send it."""
    value = kind.value(dice)
    return json.dumps(spoiled(value, dice) if dice.random() < 0.35 else value).encode()


def told(codec: JSON, declared: Any, content: bytes) -> str:
    """What becomes of a body: its value with all types, or where it is wrong."""
    try:
        return repr(codec.decoder(declared)(content))
    except DecodeError as error:
        return f"{error.path} {error}"


def differences(seed: int, bodies: int) -> tuple[int, list[str]]:
    """One generated type and bodies for it: how many were read both ways, and what was read differently.

    Of a type that msgspec does not read exactly both are the thorough way: that is not counted.
    """
    dice = random.Random(seed)  # noqa: S311 - makes examples, guards nothing
    kind = a_class(dice, 2)
    direct, thorough = JSON(), Thorough()
    found: list[str] = []
    for _ in range(bodies):
        content = body(kind, dice)
        one, two = told(direct, kind.declared, content), told(thorough, kind.declared, content)
        if one != two:
            found.append(f"seed {seed}: {content!r}: {one} / {two}")
    return bodies if is_exact(kind.declared, direct.manner) else 0, found
