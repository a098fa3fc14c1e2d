"""Names for types, and classes with arguments, as Python 3.12 has them."""

from __future__ import annotations

import sys
import types
from typing import Any

import pytest

from restkit import JSON
from tests.codec.trials import places, read

SOURCE = """
from attrs import define

type Ids = list[int]
type Pet = Cat | Dog
type Pair[T] = tuple[T, T]

@define
class Cat:
    lives: int

@define
class Dog:
    name: str
    friends: list[Pet] | None = None
    ids: Ids | None = None

@define
class Page[T]:
    items: list[T]
    ends: tuple[T, T] | None = None
"""


@pytest.fixture
def models() -> Any:
    """A module that an older Python cannot even read."""
    if sys.version_info < (3, 12):
        pytest.skip("this Python has no `type` statement")
    module = types.ModuleType(__name__)
    exec(compile(SOURCE, __file__, "exec", dont_inherit=True), vars(module))  # noqa: S102 - it stands above
    return module


def test_a_name_is_what_it_stands_for(codec: JSON, models: Any) -> None:
    """Wherever it is used."""
    assert [1] == read(models.Ids, "[1]", codec)
    assert (1, 2) == read(models.Pair[int], "[1,2]", codec)
    assert [models.Cat(9), models.Dog("a")] == read(list[models.Pet], '[{"lives":9},{"name":"a"}]', codec)
    assert models.Dog("a", [models.Cat(9)], [1]) == read(
        models.Dog, '{"name":"a","friends":[{"lives":9}],"ids":[1]}', codec
    )


def test_a_class_is_given_its_argument(codec: JSON, models: Any) -> None:
    """Wherever that stands in it."""
    assert models.Page([1], (1, 2)) == read(models.Page[int], '{"items":[1],"ends":[1,2]}', codec)


def test_an_error_says_where(codec: JSON, models: Any) -> None:
    """As without it."""
    assert ["expected int @ $.ids[0]"] == places(models.Dog, '{"name":"a","ids":["x"]}', codec)
    assert ["expected int @ $.ends[1]"] == places(models.Page[int], '{"items":[],"ends":[1,"x"]}', codec)
