"""Some fields of a model, by their names here: what `create(...)` and `update(...)` send."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from restkit.unset import UNSET

if TYPE_CHECKING:
    from restkit.codec.renaming import Style


class Fields(dict[str, object]):
    """A dict whose names are those of a model's fields, so that a codec that renames those renames these.

    For any other codec it is a dict.
    """

    __slots__ = ("model",)
    model: Any
    """A type, of any form."""

    def __init__(self, model: Any, fields: Mapping[str, object]) -> None:  # noqa: ANN401 - a type, of any form
        super().__init__(fields)
        self.model = model


def named(fields: Fields, style: Style | None) -> dict[str, object]:
    """The fields that are given, by their names on the wire, in a codec that renames by `style`."""
    given = {name: each for name, each in fields.items() if each is not UNSET}
    if fields.model is Any:
        return given
    from restkit.codec.anatomy import origin_of
    from restkit.codec.renaming import wire_names

    names = wire_names(origin_of(fields.model), style)
    return {names.get(name, name): each for name, each in given.items()}
